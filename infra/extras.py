"""Optional programs of the system for tests: a browser, and peers to test interoperation with.

Nothing here is needed to run the product. Whatever cannot be installed is left out in one line,
and the tests that want it say why they are skipped.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / ".data"
# A failed attempt is not repeated for a day.
PATIENCE_SECONDS = 24 * 3600
LIMIT_SECONDS = 240

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# program that proves the presence -> packages
PEERS = {
    "bearerbox": ("kannel", "kannel-extras"),
    "radosgw": ("radosgw", "ceph-mon", "ceph-osd", "ceph-common"),
    "clamd": ("clamav-daemon",),
    "nginx": ("nginx",),
    "promtool": ("prometheus",),
}
NPM_PEER = "oidc-provider@9.13.3"


def main() -> int:
    """Install what the argument names; always succeeds."""
    DATA.mkdir(exist_ok=True, mode=0o711)
    if "browser" in sys.argv[1:]:
        install_browser()
    if "peers" in sys.argv[1:]:
        install_peers()
    return 0


def browser() -> str | None:
    """The path of a Chromium that can be driven, if the machine has one."""
    for name in BROWSERS:
        path = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/bin:/snap/bin")
        # Ubuntu's package is only a script that asks for a snap.
        if path and subprocess.run([path, "--version"], capture_output=True).returncode == 0:
            return path
    return None


def install_browser() -> None:
    """Have a Chromium, if the system's own packages offer one."""
    if browser() is None and not apt(("chromium", "fonts-noto-core"), become_root=True):
        say("no Chromium here and none could be installed: browser tests will be skipped")


def install_peers() -> None:
    """Have the peers, in a machine that is ours alone: only as root, never through sudo."""
    missing = [p for program, packages in PEERS.items() if not found(program) for p in packages]
    if missing and not apt(missing, become_root=False):
        say(f"not installed: {', '.join(missing)}; tests against them will be skipped")
    target = DATA / "peers"
    if not (target / "node_modules" / "oidc-provider").exists() and shutil.which("npm"):
        target.mkdir(exist_ok=True)
        command = ["npm", "install", "--prefix", str(target), "--ignore-scripts", "--no-audit"]
        # Its own three tries wait for more than a minute before they give up.
        command += ["--no-fund", "--no-package-lock", "--fetch-retries=1"]
        attempt("npm", [*command, "--fetch-retry-mintimeout=1000", NPM_PEER])


def found(program: str) -> bool:
    """Whether `program` is there, on the path or where Debian keeps daemons."""
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") is not None


def apt(packages: tuple[str, ...] | list[str], *, become_root: bool) -> bool:
    """Install Debian packages without questions and without starting their services."""
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if shutil.which("apt-get") is None or (prefix and not (become_root and sudo_works())):
        return False
    base = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]
    base += ["-o", "DPkg::Lock::Timeout=60"]
    name = f"apt-{packages[0]}"
    with no_services(bool(prefix)):
        if attempt(name, [*base, "install", "--no-install-recommends", *packages]):
            return True
        (DATA / f"{name}.failed").unlink(missing_ok=True)
        return attempt(f"{name}-update", [*base, "update"]) and attempt(
            name, [*base, "install", "--no-install-recommends", *packages]
        )


def sudo_works() -> bool:
    """Whether sudo needs no password."""
    return (
        shutil.which("sudo") is not None
        and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0
    )


@contextmanager
def no_services(through_sudo: bool) -> Iterator[None]:
    """Keep freshly installed daemons from being started (invoke-rc.d asks this file)."""
    policy = Path("/usr/sbin/policy-rc.d")
    ours = not through_sudo and not policy.exists()
    if ours:
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
    try:
        yield
    finally:
        if ours:
            policy.unlink(missing_ok=True)


def attempt(name: str, command: list[str]) -> bool:
    """Run `command` within the time limit; a failure is remembered for a day."""
    failed = DATA / f"{name}.failed"
    if failed.exists() and time.time() - failed.stat().st_mtime < PATIENCE_SECONDS:
        return False
    say(f"Installing for tests: {name} (log: .data/{name}.log)")
    with (DATA / f"{name}.log").open("w") as log:
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                timeout=LIMIT_SECONDS,
            )
            succeeded = done.returncode == 0
        except (subprocess.TimeoutExpired, OSError):
            succeeded = False
    if not succeeded:
        failed.touch()
    return succeeded


def say(text: str) -> None:
    """Tell the person at the terminal."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
