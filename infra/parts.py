"""A stream of any length as sealed parts of one size: compressed, encrypted, told apart by number.

Each part is AES-256-GCM with a nonce of its own; its number, and whether it is the last, belong to
what the seal covers. So no part can be changed, left out, moved or taken from another stream, and
a stream that was cut short is known. One key seals one stream (or at most 2**32 parts in all).
"""

import asyncio
import hashlib
import os
import zlib
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Sequence

import msgspec

from infra.archive import Archive, ArchiveUnavailable, BlobMissing
from infra.sealed import BrokenSeal, seal, unseal

PART_BYTES = 8 * 1024 * 1024
# Compressing and sealing run in threads: one part per core, and one on its way to the disk.
AT_ONCE = (os.cpu_count() or 2) + 1
_QUICK = 1  # a higher level of zlib costs five times as much for a tenth of the size


class Written(msgspec.Struct, frozen=True):
    """What a stream became."""

    digests: list[str]  # SHA-256 of each sealed part
    bytes: int  # sealed
    plain_bytes: int


class PartDamaged(Exception):
    """A part is not what was written; its text names it."""


def part_blob(home: str, number: int) -> str:
    """The blob of a part, counted from 0."""
    return f"{home}/{number:06}"


def seal_part(key: bytes, home: str, number: int, last: bool, plain: bytes) -> bytes:
    """One part as it lies in the archive."""
    return seal(key, zlib.compress(plain, _QUICK), _label(home, number, last))


def open_part(key: bytes, home: str, number: int, last: bool, sealed: bytes) -> bytes:
    """The plain bytes of a part; raises PartDamaged."""
    try:
        # The right size from the start spares growing the buffer, a quarter of the time.
        return zlib.decompress(unseal(key, sealed, _label(home, number, last)), bufsize=PART_BYTES)
    except BrokenSeal:
        raise PartDamaged(f"{part_blob(home, number)} was changed, or another key sealed it") from (
            None
        )


async def write(archive: Archive, home: str, key: bytes, chunks: AsyncIterable[bytes]) -> Written:
    """Seal a stream into parts under `home`; even an empty one has a part."""
    waiting: deque[asyncio.Task[tuple[str, int]]] = deque()
    done: list[tuple[str, int]] = []
    number = plain_bytes = 0
    held = b""
    try:
        async for part in _cut(chunks):
            if number or held:
                waiting.append(_storing(archive, home, key, number, False, held))
                number += 1
            held, plain_bytes = part, plain_bytes + len(part)
            while len(waiting) >= AT_ONCE:
                done.append(await waiting.popleft())
        waiting.append(_storing(archive, home, key, number, True, held))
        while waiting:
            done.append(await waiting.popleft())
    finally:
        await _give_up(waiting)
    return Written([digest for digest, _ in done], sum(size for _, size in done), plain_bytes)


async def read(
    archives: Sequence[Archive], home: str, key: bytes, digests: Sequence[str]
) -> AsyncGenerator[bytes, None]:
    """The plain bytes of a stream in order, parts fetched ahead.

    Each part comes from the first of `archives` that has it whole. Raises PartDamaged, and what
    the archives raise.
    """
    waiting: deque[asyncio.Task[bytes]] = deque()
    ahead = iter(range(len(digests)))
    try:
        for _ in digests:
            for number in ahead:
                last = number == len(digests) - 1
                step = _opened(archives, home, key, number, last, digests[number])
                waiting.append(asyncio.create_task(step))
                if len(waiting) >= AT_ONCE:
                    break
            yield await waiting.popleft()
    finally:
        await _give_up(waiting)


async def check(archive: Archive, home: str, digests: Sequence[str]) -> None:
    """Read every part back and compare its digest, without any key; raises PartDamaged."""
    for number, digest in enumerate(digests):
        await fetched([archive], home, number, digest)


def _label(home: str, number: int, last: bool) -> str:
    return f"{home}|{number}|{'last' if last else 'more'}"


async def _cut(chunks: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    gathered = bytearray()
    async for chunk in chunks:
        gathered += chunk
        while len(gathered) >= PART_BYTES:
            yield bytes(gathered[:PART_BYTES])
            del gathered[:PART_BYTES]
    if gathered:
        yield bytes(gathered)


def _storing(
    archive: Archive, home: str, key: bytes, number: int, last: bool, plain: bytes
) -> "asyncio.Task[tuple[str, int]]":
    async def store() -> tuple[str, int]:
        sealed = await asyncio.to_thread(seal_part, key, home, number, last, plain)
        await archive.put(part_blob(home, number), sealed)
        return hashlib.sha256(sealed).hexdigest(), len(sealed)

    return asyncio.create_task(store())


async def _opened(
    archives: Sequence[Archive], home: str, key: bytes, number: int, last: bool, digest: str
) -> bytes:
    sealed = await fetched(archives, home, number, digest)
    return await asyncio.to_thread(open_part, key, home, number, last, sealed)


async def fetched(archives: Sequence[Archive], home: str, number: int, digest: str) -> bytes:
    """One sealed part, from the first of `archives` that has it whole; raises as `read` does."""
    trouble: Exception = PartDamaged(f"{part_blob(home, number)} is in no place")
    for archive in archives:
        try:
            sealed = await archive.get(part_blob(home, number))
        except (ArchiveUnavailable, BlobMissing) as error:
            trouble = error
            continue
        if (await asyncio.to_thread(hashlib.sha256, sealed)).hexdigest() == digest:
            return sealed
        trouble = PartDamaged(f"{part_blob(home, number)} is not what was written")
    raise trouble


async def _give_up(
    waiting: "deque[asyncio.Task[tuple[str, int]]] | deque[asyncio.Task[bytes]]",
) -> None:
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
