"""Makes this folder ready to run: checks the machine, then installs the locked packages.

    python3 infra/bootstrap.py [--production] [--browser] [--peers] [--clean]

Standard library only, and written so that any Python 3 can read it: whoever has an old one gets
a sentence, not a syntax error. A second call costs nothing; a call after an interrupted one goes
on where that stopped.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = VENV / "setup.log"
OLDEST = (3, 11)
NEEDED_BYTES = 2 * 1024**3


class Trouble(Exception):
    """Something the person at the terminal must change; the text says what, in one sentence."""


def main(arguments: "list[str]") -> int:
    """Do what the arguments ask; answer the exit code."""
    try:
        if "--clean" in arguments:
            return run_module("infra.clean") if PYTHON.exists() else 0
        check_python()
        with extras([word[2:] for word in arguments if word in ("--browser", "--peers")]):
            prepare("run.txt" if "--production" in arguments else "dev.txt")
    except Trouble as trouble:
        print("motcua: " + str(trouble), file=sys.stderr)
        return 1
    except OSError as error:
        place = f" ({error.filename})" if error.filename else ""
        print(f"motcua: {error.strerror or error}{place}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nmotcua: interrupted; the same command goes on from here", file=sys.stderr)
        return 130
    return 0


@contextmanager
def extras(names: "list[str]") -> "Iterator[None]":
    """Beside what is done within: most of that is computing, most of this is waiting for others."""
    command = [sys.executable, "-m", "infra.extras", *names]
    beside = subprocess.Popen(command, cwd=str(ROOT)) if names else None
    try:
        yield
    except BaseException:
        if beside:
            beside.terminate()
        raise
    finally:
        if beside:
            beside.wait()


def check_python() -> None:
    """Go on with a Python that is new enough, if need be another one of this machine."""
    if sys.version_info >= OLDEST:
        return
    for minor in range(20, OLDEST[1] - 1, -1):
        other = shutil.which(f"python3.{minor}")
        if other and works(other):
            os.execv(other, [other, str(Path(__file__).resolve()), *sys.argv[1:]])
    found = ".".join(map(str, sys.version_info[:2]))
    raise Trouble(
        f"Python 3.11 or newer is needed, but {sys.executable} is {found}: "
        "install a newer one, or name it with PYTHON=/path/to/python3"
    )


def works(python: str) -> bool:
    """Whether `python` runs at all and is new enough (a name on the path may be an empty shim)."""
    question = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    try:
        answer = subprocess.run([python, "-c", question], stderr=subprocess.DEVNULL, check=False)
    except OSError:
        return False
    return answer.returncode == 0


def prepare(lock_name: str) -> None:
    """Make .venv hold exactly what the lock names."""
    lock = ROOT / "infra" / "locks" / lock_name
    stamp = VENV / "stamp"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if is_ready(stamp, wanted):
        return
    check_machine()
    with open(str(ROOT / "pyproject.toml")) as guard:
        # Two set-ups of one folder would spoil each other: the second waits.
        fcntl.flock(guard, fcntl.LOCK_EX)
        if is_ready(stamp, wanted):
            return
        ensure_venv()
        install(lock)
        write_command()
        stamp.write_text(wanted)


def is_ready(stamp: Path, wanted: str) -> bool:
    """Whether an earlier call finished with this very lock and its Python still exists."""
    return PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted


def check_machine() -> None:
    """Refuse early what would only fail after minutes."""
    if not sys.platform.startswith("linux"):
        raise Trouble("the embedded servers are built for Linux; use Linux, a container or WSL")
    if sys.maxsize <= 2**32:
        raise Trouble("the embedded servers need a 64-bit Python")
    if not os.access(str(ROOT), os.W_OK):
        raise Trouble(f"{ROOT} cannot be written by this user: clone it where you may write")
    free = shutil.disk_usage(str(ROOT)).free
    if free < NEEDED_BYTES and not PYTHON.exists():
        raise Trouble(
            f"{ROOT} has {free // 1024**2} MB free, but 2048 MB are needed: free some space"
        )


def ensure_venv() -> None:
    """A virtual environment with a working pip; a broken or half-made one is made anew."""
    if PYTHON.exists() and pip_works():
        return
    print("Setting up: virtual environment in .venv", flush=True)
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError:
        raise Trouble(
            "this Python has no venv module: on Debian or Ubuntu run "
            "apt-get install python3-venv as root, then repeat the command"
        ) from None
    try:
        venv.create(str(VENV), clear=True, with_pip=True, symlinks=True)
    except subprocess.CalledProcessError as error:
        raise Trouble(f"the virtual environment could not be made: {error}") from None


def pip_works() -> bool:
    """Whether .venv's own Python is new enough and finds pip."""
    question = f"import sys, pip; sys.exit(sys.version_info < {OLDEST})"
    return subprocess.run([str(PYTHON), "-c", question], stderr=subprocess.DEVNULL).returncode == 0


def install(lock: Path) -> None:
    """Install the lock; every file must have the digest the lock names."""
    print(f"Setting up: packages of infra/locks/{lock.name} (a few minutes)", flush=True)
    command = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-input"]
    command += ["--disable-pip-version-check", "--progress-bar", "off", "-r", str(lock)]
    # The lock names everything there is; looking for more takes seconds.
    command += ["--no-deps"]
    if lock.name != "run.txt":
        # Most of what development installs is hardly ever loaded; Python compiles what is.
        command += ["--no-compile"]
    with open(str(LOG), "w") as log:
        done = subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, cwd=str(ROOT))
    if done.returncode != 0:
        raise Trouble(explain(LOG.read_text(errors="replace")))


def explain(output: str) -> str:
    """One sentence out of pip's output."""
    if "No space left on device" in output:
        return "the disk became full while installing: free some space, then repeat the command"
    if "DO NOT MATCH THE HASHES" in output:
        return f"a downloaded package is not the one that was locked; see {LOG}"
    if "NewConnectionError" in output or "name resolution" in output or "timed out" in output:
        return "the package index cannot be reached: check the network, then repeat the command"
    if "No matching distribution" in output or "not a supported wheel" in output:
        return f"a package has no build for this machine and Python; see {LOG}"
    return f"the packages could not be installed; see {LOG}"


def write_command() -> None:
    """Put the operator's command `motcua` into .venv/bin."""
    command = VENV / "bin" / "motcua"
    # -P: not the release of the directory it is called in.
    command.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{PYTHON}" -P -m app.cli "$@"\n')
    command.chmod(0o755)


def run_module(*words: str) -> int:
    """Run a module of ours with the new Python; answer its exit code."""
    return subprocess.run([str(PYTHON), "-m", *words], cwd=str(ROOT)).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
