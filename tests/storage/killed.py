"""A process that uploads until it is killed: `python -m tests.storage.killed SLUG`."""

import asyncio
import sys
from collections.abc import AsyncIterator

from storage import service, uploads
from tenants import registry
from tenants.current import acting_for
from tests.storage import samples

PDF = samples.pdf(weight=200_000)
OWNER = "citizen:hung"


async def main(slug: str) -> None:
    """Upload after upload, a word on standard output at each begun one."""
    await registry.reload()
    tenant = await registry.by_slug(slug)
    assert tenant is not None
    with acting_for(tenant):
        while True:
            await one()


async def one() -> None:
    """One upload from begin to end, in small chunks."""
    about = {"target": "draft:1", "slot": "p1", "file_name": "a.pdf"}
    upload = await uploads.begin(OWNER, **about, size=len(PDF))
    print(upload.id, flush=True)
    await uploads.append(OWNER, upload.id, 0, chunks())
    await uploads.finish(OWNER, upload.id, service.nowhere)


async def chunks() -> AsyncIterator[bytes]:
    """The file as a line brings it."""
    for start in range(0, len(PDF), 8192):
        yield PDF[start : start + 8192]
        await asyncio.sleep(0)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
