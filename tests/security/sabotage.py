"""Break the product on purpose, one thing at a time, and see which test notices.

`python -m tests.security.sabotage [--only WORDS] [--jobs N] [--hasty] [--list]`: each sabotage is
done to a copy of the tree; its own quick tests are run, and if they stay green all that could
notice. The table says which test caught it; one that nobody caught ends the run with status 1. A
sabotage whose text no longer stands in its file ends the run before it begins: a sabotage that does
nothing would look like a test that sees nothing.
"""

import argparse
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tests.security.routes import ONLY
from tests.security.sabotages import SABOTAGES, Sabotage

HOUSE = Path(__file__).parents[2]
_COPIED = ("app", "billing", "storage", "tenants", "infra", "tests", "docs", "pyproject.toml")
_LEFT_OUT = shutil.ignore_patterns("__pycache__", ".data", "*.pyc")
# What is run when a sabotage's own tests see nothing.
_WIDER = (
    "tests/security", "tests/house", "tests/tenants", "tests/doors", "tests/people",
    "tests/storage", "tests/trail", "tests/billing", "tests/onestop",
)  # fmt: skip
# It sees that the text is gone, which is no merit.
_NOT_COUNTED = "--ignore=tests/security/test_sabotages.py"
_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)
_UNREADABLE = re.compile(r"errors? during collection|^ERROR collecting", re.MULTILINE)


class Caught(NamedTuple):
    """By what a sabotage was noticed; `test` is empty for one that survived."""

    sabotage: Sabotage
    test: str
    wider: bool = False


def outdated(house: Path = HOUSE) -> list[str]:
    """Sabotages whose text does not stand exactly once in its file."""
    return [
        f"{each.file}: {each.name}"
        for each in SABOTAGES
        if not (house / each.file).is_file() or (house / each.file).read_text().count(each.old) != 1
    ]


def main() -> int:
    """Run the sabotages and print the table."""
    asked = _arguments()
    if wrong := outdated():
        print("these sabotages no longer match the code:", *wrong, sep="\n  ", file=sys.stderr)
        return 2
    chosen = [each for each in SABOTAGES if asked.only.lower() in each.name.lower()]
    if asked.list:
        print(*(each.name for each in chosen), sep="\n")
        return 0
    with tempfile.TemporaryDirectory(prefix="sabotage-") as place:
        copies = [_copy(Path(place) / str(number)) for number in range(asked.jobs)]
        named = sorted({test for each in chosen for test in each.tests})
        if red := "" if asked.hasty else _run(copies[0], named):
            print(f"nothing was broken yet and {red} is red", file=sys.stderr)
            return 2
        found = _all(chosen, copies)
    return _told(found)


def _arguments() -> argparse.Namespace:
    reader = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    reader.add_argument("--only", default="", help="those whose name has these words")
    reader.add_argument("--jobs", type=int, default=2, help="how many at once, each in a copy")
    reader.add_argument("--hasty", action="store_true", help="believe that all is green unbroken")
    reader.add_argument("--list", action="store_true", help="only their names")
    return reader.parse_args()


def _copy(place: Path) -> Path:
    place.mkdir(parents=True)
    for name in _COPIED:
        source = HOUSE / name
        if source.is_dir():
            shutil.copytree(source, place / name, ignore=_LEFT_OUT, symlinks=True)
        else:
            shutil.copy2(source, place / name)
    return place


def _all(chosen: list[Sabotage], copies: list[Path]) -> list[Caught]:
    free: queue.Queue[Path] = queue.Queue()
    for copy in copies:
        free.put(copy)

    def one(sabotage: Sabotage) -> Caught:
        copy = free.get()
        try:
            found = _done(sabotage, copy)
        finally:
            free.put(copy)
        print(f"{'caught' if found.test else 'SURVIVED'}: {sabotage.name}", flush=True)
        return found

    with ThreadPoolExecutor(len(copies)) as hands:
        return list(hands.map(one, chosen))


def _done(sabotage: Sabotage, copy: Path) -> Caught:
    """Break it, look who notices, mend it."""
    path = copy / sabotage.file
    whole, at = path.read_text(), path.stat().st_mtime_ns
    path.write_text(whole.replace(sabotage.old, sabotage.new))
    # A second may be all that tells old bytecode from new.
    os.utime(path, ns=(at, at + 10_000_000_000))
    try:
        if test := _run(copy, list(sabotage.tests), sabotage.doors):
            return Caught(sabotage, test)
        return Caught(sabotage, _run(copy, list(_WIDER)), wider=True)
    finally:
        path.write_text(whole)
        os.utime(path, ns=(at, at))


def _run(copy: Path, tests: list[str], doors: str = "") -> str:
    """The first test that is red, or nothing. Raises RuntimeError when the code cannot be read."""
    command = [sys.executable, "-m", "pytest", "-n", "0", "-x", "-p", "no:cacheprovider"]
    command += [_NOT_COUNTED, *tests]
    chosen = {**os.environ, ONLY: doors}
    done = subprocess.run(command, cwd=copy, env=chosen, capture_output=True, text=True)
    if _UNREADABLE.search(done.stdout) or done.returncode not in (0, 1):
        raise RuntimeError(f"{tests}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    found = _FAILED.search(done.stdout)
    return found[1] if found else ""


def _told(found: list[Caught]) -> int:
    longest = max((len(each.sabotage.name) for each in found), default=0)
    print()
    for each in found:
        by = each.test or "nobody"
        print(f"{each.sabotage.name:<{longest}}  {by}{'  (not its own test)' * each.wider}")
    survived = [each for each in found if not each.test]
    print(f"\n{len(found) - len(survived)} of {len(found)} sabotages were caught")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
