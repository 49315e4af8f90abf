"""Files of a bag: written aside with their digest, then renamed: each is whole or absent."""

import hashlib
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from app.leaving.journal import File

WORK = ".motcua-export"  # in the bag's folder while it is being made


class Writing:
    """`with Writing(bag, "data/x.jsonl") as out: out.write(b"…")`; then `out.file` tells of it."""

    def __init__(self, bag: Path, path: str, *, durable: bool = True) -> None:
        self._target = bag / path
        self._half = bag / WORK / f"half-{os.getpid()}-{path.replace('/', '-')}"
        self._path = path
        self._durable = durable
        self._digest = hashlib.sha256()
        self.size = 0
        self.lines = 0

    def __enter__(self) -> Self:
        self._out = self._half.open("wb", buffering=1 << 18)
        return self

    def write(self, content: bytes) -> None:
        """Add bytes, and count their lines."""
        self._out.write(content)
        self._digest.update(content)
        self.size += len(content)
        self.lines += content.count(b"\n")

    @property
    def file(self) -> File:
        """What was written."""
        return File(self._path, self._digest.hexdigest(), self.size)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None and self._durable:
            self._out.flush()
            os.fsync(self._out.fileno())
        self._out.close()
        if kind is not None:
            self._half.unlink(missing_ok=True)
            return
        self._target.parent.mkdir(parents=True, exist_ok=True)
        self._half.replace(self._target)


def written(bag: Path, path: str, content: bytes | str) -> File:
    """A small file of the bag, written at once."""
    with Writing(bag, path) as out:
        out.write(content.encode() if isinstance(content, str) else content)
    return out.file
