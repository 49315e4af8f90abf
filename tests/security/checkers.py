"""What others' checkers say: our rules of what may flow where, and what is known of packages.

`python -m tests.security.checkers rules advisories`; with `--asked` it fails as well where no list
of advisories could be asked. The checkers lie apart (`infra/locks/tools.txt`), since what they
need contradicts what the product needs.
"""

import hashlib
import json
import os
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.security.syntax import HOUSE, ROOMS

_RULES = HOUSE / "tests/security/rules"
_LOCKS = HOUSE / "infra/locks"
_TOOLS = HOUSE / ".data/tools"
# The trial's own servers and its story serve nobody.
_LEFT_OUT = ("infra/embedded", "app/demo")
Known = dict[str, list[str] | None]  # by package; None of one that could not be asked about
_QUIETLY = ("--metrics=off", "--disable-version-check", "--quiet")


def rules() -> bool:
    """Whether every rule finds its samples, and nothing in the product."""
    tested = _semgrep("--test", ".", where=_RULES)
    apart = [word for room in _LEFT_OUT for word in ("--exclude", room)]
    config = ("--config", str(_RULES.relative_to(HOUSE)), "--error", "--max-lines-per-finding=3")
    found = _semgrep(*config, *apart, *ROOMS, where=HOUSE)
    if tested.returncode:
        print(tested.stdout + tested.stderr)
    if found.returncode:
        print(found.stdout + found.stderr)
    return not tested.returncode and not found.returncode


def advisories(*, asked: bool) -> bool:
    """Whether nothing bad is known of a locked package; `asked`: and every one was asked about."""
    told = [_told(_LOCKS / f"{name}.txt") for name in ("run", "tools")]
    bad = [f"{name}: {', '.join(known)}" for each in told for name, known in each.items() if known]
    whole = all(told) and not any(known is None for each in told for known in each.values())
    print("\n".join(bad), end="\n" if bad else "")
    if not whole:
        print("advisories: no list could be asked about all packages; make audit, where one can")
    return not bad and (whole or not asked)


def _told(lock: Path) -> Known:
    """What the first list that answers knows; nothing at all where none does."""
    lists = (_asked(lock, service) for service in ("pypi", "osv"))
    return next((known for known in lists if any(one is not None for one in known.values())), {})


def _asked(lock: Path, service: str) -> Known:
    words = ("--disable-pip", "--require-hashes", "--format", "json", "--progress-spinner", "off")
    done = _run("pip-audit", "-s", service, *words, "-r", str(lock), where=HOUSE)
    try:
        packages: list[Any] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        return {}
    return {
        each["name"]: None
        if "skip_reason" in each
        else [f"{one['id']} (mended in {', '.join(one['fix_versions'])})" for one in each["vulns"]]
        for each in packages
    }


def _semgrep(*words: str, where: Path) -> subprocess.CompletedProcess[str]:
    return _run("semgrep", "scan", *_QUIETLY, *words, where=where)


def _run(program: str, *words: str, where: Path) -> subprocess.CompletedProcess[str]:
    own = {"SEMGREP_SETTINGS_FILE": str(_TOOLS / "settings.yml"), "SEMGREP_SEND_METRICS": "off"}
    return subprocess.run(
        [str(_TOOLS / "bin" / program), *words],
        cwd=where, env={**os.environ, **own}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def _prepare() -> None:
    """Have exactly what the lock names, by digest."""
    lock, stamp = _LOCKS / "tools.txt", _TOOLS / "stamp"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"Setting up: packages of infra/locks/{lock.name}", flush=True)
    venv.create(_TOOLS, clear=True, with_pip=True)
    words = ("install", "--quiet", "--require-hashes", "--no-deps", "-r", str(lock))
    done = _run("pip", *words, where=HOUSE)
    if done.returncode:
        sys.exit(f"the checkers could not be installed:\n{done.stderr}")
    stamp.write_text(wanted)


def main(words: list[str]) -> int:
    """Run the checkers that are named."""
    _prepare()
    asked = "--asked" in words
    known: dict[str, Callable[[], bool]] = {
        "rules": rules,
        "advisories": lambda: advisories(asked=asked),
    }
    return 0 if all([known[word]() for word in words if word != "--asked"]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
