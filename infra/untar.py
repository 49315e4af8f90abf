"""Unpacking a tar archive as it comes, for another user, into a directory of its own.

The standard library reads a stream of small files at a tenth of the disk's speed; this reads
what PostgreSQL writes, plain files and directories, and refuses everything else.
"""

import asyncio
import os
import tarfile
from collections.abc import AsyncIterable
from pathlib import Path, PurePosixPath

_BLOCK = tarfile.BLOCKSIZE
_SETTLE_BYTES = 16 * 1024 * 1024


async def untar(
    chunks: AsyncIterable[bytes], target: Path, owner: tuple[int, int], *, lasting: bool = False
) -> None:
    """Unpack files and directories under `target`, all belonging to `owner` (uid, gid).

    `lasting`: somebody will wait until all of it is on the disk, so that begins at once. Raises
    ValueError for a member that would leave the directory, for one that is neither file nor
    directory, and when the stream ends too early.
    """
    unpacker = Unpacker(target, owner, lasting=lasting)
    try:
        async for chunk in chunks:
            await asyncio.to_thread(unpacker.feed, chunk)
        unpacker.finish()
    finally:
        unpacker.close()


class Unpacker:
    """Takes an archive in pieces of any size."""

    def __init__(self, target: Path, owner: tuple[int, int], *, lasting: bool = False) -> None:
        self._target = str(target)
        self._lasting = lasting
        self._owner = None if owner == (os.geteuid(), os.getegid()) else owner
        self._header = bytearray()
        self._handle = -1
        self._left = 0  # bytes of the member at hand that have still to come
        self._unsettled = 0  # bytes written since the disk was last told to begin
        self._filling = 0  # bytes that make its length a multiple of a block
        self._ended = False

    def feed(self, chunk: bytes) -> None:
        """The next piece."""
        rest = memoryview(chunk)
        while rest and not self._ended:
            if self._left:
                rest = self._write(rest)
            elif self._filling:
                taken = min(self._filling, len(rest))
                self._filling -= taken
                rest = rest[taken:]
            else:
                rest = self._read_header(rest)

    def finish(self) -> None:
        """The stream is over; raises ValueError when the archive is not."""
        if not self._ended:
            raise ValueError("the archive was cut short")

    def close(self) -> None:
        """Let go of a file left half-written."""
        if self._handle >= 0:
            self._settle(0)
            os.close(self._handle)
            self._handle = -1

    def _write(self, rest: memoryview) -> memoryview:
        written = os.write(self._handle, rest[: self._left])
        self._left -= written
        self._unsettled += written
        self._settle(_SETTLE_BYTES)
        if not self._left:
            self.close()
        return rest[written:]

    def _settle(self, least: int) -> None:
        """Let the disk work while we unpack: else it begins only when memory is full of it."""
        if self._lasting and self._unsettled > least:
            begin = os.lseek(self._handle, 0, os.SEEK_CUR) - self._unsettled
            # On Linux this begins to write what is not written yet, and waits for nothing.
            os.posix_fadvise(self._handle, begin, self._unsettled, os.POSIX_FADV_DONTNEED)
            self._unsettled = 0

    def _read_header(self, rest: memoryview) -> memoryview:
        taken = _BLOCK - len(self._header)
        self._header += rest[:taken]
        if len(self._header) == _BLOCK:
            block = bytes(self._header)
            self._header.clear()
            if block.count(0) == _BLOCK:
                self._ended = True
            else:
                self._begin(_member(block))
        return rest[taken:]

    def _begin(self, member: tarfile.TarInfo) -> None:
        parts = PurePosixPath(member.name).parts
        if ".." in parts or member.name.startswith("/"):
            raise ValueError(f"{member.name} leads out of the directory")
        path = os.path.join(self._target, *parts)
        if member.isdir():
            os.makedirs(path, 0o700, exist_ok=True)
        elif member.isfile():
            self._open(path, member.size)
        else:
            raise ValueError(f"{member.name} is neither a file nor a directory")
        if self._owner:
            os.chown(path, *self._owner)

    def _open(self, path: str, size: int) -> None:
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._left = size
        self._filling = -size % _BLOCK
        if not size:
            self.close()


def _member(block: bytes) -> tarfile.TarInfo:
    try:
        return tarfile.TarInfo.frombuf(block, "utf-8", "strict")
    except tarfile.HeaderError as error:
        raise ValueError(f"this is no tar archive: {error}") from None
