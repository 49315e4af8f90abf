"""Child processes that live no longer than their parent, and the one error all servers share."""

import contextlib
import ctypes
import fcntl
import io
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

# A Unix socket's path must fit into sun_path with its closing zero byte (unix(7)).
SOCKET_PATH_LIMIT = 107

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class Trouble(Exception):
    """A server cannot run here; the text is one sentence for the person at the terminal."""


def spawn(
    argv: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    user: tuple[int, int] | None = None,
    death_signal: int = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start `argv` in a session of its own, its output appended to `log`.

    `user` is (uid, gid) to become; only root may give it. The child receives `death_signal` when
    the THREAD that called spawn ends, so call it from a thread that lives as long as the server.
    """
    parent = os.getpid()

    with open(log, "ab", opener=private) as output:
        return subprocess.Popen(
            [str(part) for part in argv],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env) if env is not None else None,
            cwd=cwd,
            start_new_session=True,
            preexec_fn=lambda: tie_to_parent(parent, death_signal),
            user=user[0] if user else None,
            group=user[1] if user else None,
            extra_groups=[] if user else None,
        )


def tie_to_parent(parent: int, death_signal: int) -> None:
    """Have the system send us `death_signal` when the process `parent` dies (prctl(2)).

    Must come after a change of user, which would undo it.
    """
    _libc.prctl(_PR_SET_PDEATHSIG, death_signal)
    if os.getppid() != parent:
        os._exit(1)


def run(
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    user: tuple[int, int] | None = None,
    cwd: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run `argv` to its end as `user` and return its output as text."""
    return subprocess.run(
        [str(part) for part in argv],
        capture_output=True,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        env=dict(env) if env is not None else None,
        cwd=cwd,
        check=False,
        user=user[0] if user else None,
        group=user[1] if user else None,
        extra_groups=[] if user else None,
    )


def wait_until(
    ready: Callable[[], bool],
    child: subprocess.Popen[bytes],
    *,
    name: str,
    log: Path,
    log_start: int = 0,
    timeout: float,
) -> None:
    """Return once `ready()` says so; Trouble when `child` ends first or `timeout` s pass."""
    limit = time.monotonic() + timeout
    while not ready():
        if child.poll() is not None:
            raise Trouble(f"{name} stopped while starting: {last_words(log, log_start)}")
        if time.monotonic() > limit:
            raise Trouble(f"{name} did not answer within {timeout:.0f} s; its log is {log}")
        time.sleep(0.02)


def last_words(log: Path, start: int = 0) -> str:
    """The line of `log` after byte `start` that explains a failure."""
    with contextlib.suppress(OSError):
        text = log.read_bytes()[start:].decode(errors="replace")
        lines = [line for line in text.splitlines() if line.strip()]
        if any("No space left on device" in line for line in lines[-20:]):
            return f"the disk is full; free some space and start again (log: {log})"
        for line in reversed(lines[-20:]):
            if "FATAL" in line or "PANIC" in line or "Error" in line:
                return f"{line.strip()} (log: {log})"
        if lines:
            return f"{lines[-1].strip()} (log: {log})"
    return f"it left no message (log: {log})"


def stop(child: subprocess.Popen[bytes], *signals: int, patience: float = 10) -> None:
    """End `child`: each of `signals` in turn, `patience` seconds apart, then SIGKILL."""
    for number in (*signals, signal.SIGKILL):
        if child.poll() is not None:
            return
        child.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(patience)
    child.wait()


def identity(pid: int) -> str:
    """What tells the process `pid` from any other that had or will have its number; "" if gone."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        # The name in brackets may hold spaces; field 22 is the start in ticks since boot (proc(5)).
        started = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""
    return f"{pid} {started} {boot}"


def end_orphan(note: Path, *signals: int, patience: float = 10) -> None:
    """End the process whose identity `note` holds, left over when its parent was killed."""
    try:
        known = note.read_text()
        pid = int(known.split()[0])
    except (OSError, ValueError, IndexError):
        return
    for number in (*signals, signal.SIGKILL):
        limit = time.monotonic() + patience
        with contextlib.suppress(ProcessLookupError):
            if identity(pid) == known:
                os.kill(pid, number)
        while identity(pid) == known and time.monotonic() < limit:
            time.sleep(0.05)


def end_all_in(directory: Path, patience: float = 10) -> None:
    """End every process whose working directory is `directory`, with SIGQUIT and then SIGKILL."""
    for number in (signal.SIGQUIT, signal.SIGKILL):
        limit = time.monotonic() + patience
        for pid in _all_in(directory):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        while found := _all_in(directory):
            if time.monotonic() > limit:
                break
            time.sleep(0.05)
        if not found:
            return


def _all_in(directory: Path) -> list[int]:
    found = []
    for place in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):
            if place.readlink() == directory:
                found.append(int(place.parent.name))
    return found


class Claim:
    """An exclusive hold on a directory; the system lets go of it when the process dies."""

    def __init__(self, directory: Path, refusal: str) -> None:
        """Hold `directory/lock` or raise Trouble with `refusal`."""
        # Whoever may open it may hold it, so nobody else may.
        self._file: io.TextIOWrapper | None = open(  # noqa: SIM115 - held until released
            directory / "lock", "a+", opener=private
        )
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            raise Trouble(refusal) from None

    def release(self) -> None:
        """Let go; a second call does nothing."""
        if self._file is not None:
            self._file.close()
            self._file = None


def socket_directory(wanted: Path, longest_name: str, owner: tuple[int, int]) -> Path:
    """A 0700 directory of `owner` for Unix sockets: `wanted`, or a short one when it is too long.

    The short one's path is remembered in `wanted.parent/<wanted.name>-at`, so that a later start
    uses it again.
    """
    if len(os.fsencode(wanted / longest_name)) <= SOCKET_PATH_LIMIT:
        make_private(wanted, owner)
        return wanted
    note = wanted.parent / f"{wanted.name}-at"
    with contextlib.suppress(OSError):
        known = Path(note.read_text())
        status = known.lstat()
        if status.st_uid == owner[0] and known.is_dir() and not known.is_symlink():
            return known
    place = Path(tempfile.mkdtemp(prefix="motcua-", dir="/tmp"))
    make_private(place, owner)
    note.write_text(str(place))
    return place


def private(path: str, flags: int) -> int:
    """An `opener` for `open`: a file that comes into being is for its owner alone."""
    return os.open(path, flags, 0o600)


def make_private(directory: Path, owner: tuple[int, int]) -> None:
    """Make `directory` exist, belong to `owner`, and be closed to everyone else."""
    directory.mkdir(mode=0o700, exist_ok=True)
    status = directory.stat()
    if (status.st_uid, status.st_gid) != owner:
        os.chown(directory, *owner)
    directory.chmod(0o700)


def remove(directory: Path) -> None:
    """Remove a tree; one that is already gone is no error."""
    shutil.rmtree(directory, ignore_errors=True)
