"""Nothing is lost and nothing is left lying about when a process is killed at any moment."""

import asyncio
import random
import sys
from datetime import timedelta
from pathlib import Path

from infra import clock
from infra.settings import settings
from storage import queries, service, staging, sweeping, uploads
from storage.shapes import Upload, UploadBusy
from storage.store import store_of
from tenants import db
from tenants.shapes import Tenant
from tests.storage.killed import OWNER, PDF

ROUNDS = 12


async def test_kill_9_at_any_point_leaves_what_can_be_gone_on_with(tenant: Tenant) -> None:
    for _ in range(ROUNDS):
        await run_until_killed(tenant, random.uniform(0, 0.12))
    rows = await db.tenant.fetch("select * from upload order by id")
    assert len(rows) >= ROUNDS
    for row in rows:
        upload = Upload.of(row)
        if upload.unfinished:
            await go_on(upload)
    for row in rows:
        await is_whole(row["id"], tenant)
    with clock.frozen(clock.now() + timedelta(days=9)):
        await sweeping.sweep()
    assert list(staging.folder().iterdir()) == []
    assert len(objects(tenant)) == len(rows)


async def run_until_killed(tenant: Tenant, seconds: float) -> None:
    """Let the uploading process begin an upload, then kill it some time later."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.storage.killed", tenant.slug),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert child.stdout is not None
    assert await child.stdout.readline()
    await asyncio.sleep(seconds)
    child.kill()
    await child.wait()


async def go_on(upload: Upload) -> None:
    """What the citizen's browser does when it comes back."""
    reached = await uploads.offset(upload)

    async def rest():  # type: ignore[no-untyped-def]
        yield PDF[reached:]

    try:
        await uploads.append(OWNER, upload.id, reached, rest())
    except UploadBusy as held:
        raise AssertionError("the lock outlived its process") from held
    await uploads.finish(OWNER, upload.id, service.nowhere)


async def is_whole(identity: object, tenant: Tenant) -> None:
    stored = await queries.found(identity)  # type: ignore[arg-type]
    assert stored is not None
    content = b"".join([chunk async for chunk in store_of(tenant).read(stored.key)])
    assert content == PDF


def objects(tenant: Tenant) -> list[Path]:
    """The files in the tenant's store, half-written ones included."""
    home = Path(settings().storage_root) / tenant.bucket
    return [path for path in home.rglob("*") if path.is_file()]
