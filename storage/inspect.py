"""The last look at a file before it is stored: what it is, how large, and its digest."""

import hashlib
from pathlib import Path

import msgspec

from storage import kinds, names, pdf, pictures, threads
from storage.shapes import FileRefused


class Inspected(msgspec.Struct, frozen=True, kw_only=True):
    """What a file turned out to be."""

    sha256: bytes
    size: int  # bytes
    media_type: str
    file_name: str


async def inspect(path: Path, file_name: str, limit: int) -> Inspected:
    """The facts of the finished file at `path`; `limit` in bytes.

    Raises FileRefused: empty, too_large, unknown_type, wrong_extension, encrypted, broken,
    no_pages, too_many_dots.
    """
    return await threads.run(threads.PARSING, look, path, file_name, limit)


def look(path: Path, file_name: str, limit: int) -> Inspected:
    """The same, blocking."""
    size = path.stat().st_size
    check_size(size, limit)
    name, kind = _agreed(path, names.clean(file_name))
    if kind is kinds.PDF:
        pdf.check(path)
    elif kind in (kinds.PNG, kinds.JPEG):
        pictures.check(path)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
    return Inspected(sha256=digest, size=size, media_type=kind.media_type, file_name=name)


def check_size(size: int, limit: int) -> None:
    """Raise FileRefused when a file of `size` bytes is empty or above `limit`."""
    if size <= 0:
        raise FileRefused("empty")
    if size > limit:
        raise FileRefused("too_large")


def check_name(file_name: str) -> None:
    """Raise FileRefused when a name alone shows that the file will not be taken."""
    extension = names.extension(names.clean(file_name))
    if extension and not any(extension in kind.extensions for kind in kinds.ALLOWED):
        raise FileRefused("unknown_type")


def _agreed(path: Path, name: str) -> tuple[str, kinds.Kind]:
    """The name with its kind; a name without an extension gets the right one."""
    kind = kinds.sniff(path)
    extension = names.extension(name)
    if kind is None:
        known = any(extension in allowed.extensions for allowed in kinds.ALLOWED)
        raise FileRefused("wrong_extension" if known else "unknown_type")
    if not extension:
        return names.clean(f"{name}.{kind.extensions[0]}"), kind
    if extension not in kind.extensions:
        raise FileRefused("wrong_extension")
    return name, kind
