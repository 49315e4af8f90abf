"""Senders whose line may fall, and what they leave behind."""

from collections.abc import AsyncIterator
from pathlib import Path

from storage import queries, service, staging, uploads
from storage.shapes import (
    Upload,
)
from storage.store import store_of
from tenants.current import current
from tests.storage import samples

HUNG, LAN = "citizen:hung", "citizen:lan"
PDF = samples.pdf(3)


class Line:
    """A sender's line: gives chunks, and falls after some bytes when told to."""

    def __init__(self, content: bytes, *, falls_after: int | None = None, size: int = 64) -> None:
        self.content, self.falls_after, self.size = content, falls_after, size

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self.content), self.size):
            if self.falls_after is not None and start >= self.falls_after:
                raise ConnectionError
            yield self.content[start : start + self.size]


async def begin(content: bytes = PDF, name: str = "don.pdf", owner: str = HUNG) -> Upload:
    return await uploads.begin(
        owner, target="draft:1", slot="p1", file_name=name, size=len(content)
    )


async def send(upload: Upload, content: bytes, at: int = 0, **line: int) -> int:
    return await uploads.append(upload.owner, upload.id, at, aiter(Line(content, **line)))


async def finish(upload: Upload) -> Upload:
    return await uploads.finish(upload.owner, upload.id, service.nowhere)


async def bytes_of(upload: Upload) -> bytes:
    stored = await queries.found(upload.id)
    assert stored is not None
    return b"".join([chunk async for chunk in store_of(current()).read(stored.key)])


def files_left() -> list[Path]:
    return list(staging.folder().iterdir())
