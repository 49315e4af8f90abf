"""From a living cluster into the archive and back, to the second, beside the neighbour."""

import asyncio
import hashlib
import shutil
import signal
import sys
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from app import backups
from app.cli.backup import TROUBLES
from infra import clock
from infra.clock import now
from infra.ids import uuid7
from infra.settings import settings
from storage import service
from storage.store import store_of
from tenants import db, provision
from tenants.backup import (
    base,
    catalogue,
    copies,
    dumps,
    keyring,
    looking,
    marks,
    places,
    queries,
    restoring,
)
from tenants.backup.counting import contents
from tenants.backup.layout import key_blob, tenant_home
from tenants.backup.retiring import retire
from tenants.backup.rules import Worry
from tenants.backup.shapes import BackupError, KeyGone
from tenants.backup.shredding import remove_blobs, shred
from tenants.clusters import owner
from tenants.current import acting_for
from tenants.work import work
from tests.backup.conftest import CLUSTER
from tests.ports import free_port
from tests.storage import samples


async def write(tenant, count):
    """Rows in a table nobody else fills."""
    with acting_for(tenant):
        async with work():
            for _ in range(count):
                await db.tenant.execute(
                    "insert into upload (id, owner, target, slot, file_name, size, state,"
                    " created_at, expires_at) values ($1, 'citizen:hung', 'draft:1', 'a', 'a.pdf',"
                    " 5, 'abandoned', $2, $2)",
                    *(uuid7(), now()),
                )


async def keep_paper(tenant):
    with acting_for(tenant):
        await store_of(tenant).prepare()
        return await service.keep(samples.pdf(), "giấy.pdf", "citizen:hung")


async def held(tenant):
    async with owner(CLUSTER, tenant.database) as connection:
        moment = await connection.fetchval("select clock_timestamp()")
        return moment, await contents(connection)


async def lose_everything(tenant, paper):
    async with owner(CLUSTER, tenant.database) as connection:
        await connection.execute("delete from upload; delete from stored_object")
    await store_of(tenant).remove(paper.key)


async def work_on(neighbour, stop):
    """The neighbour's day: every write is answered."""
    written = 0
    while not stop.is_set():
        await write(neighbour, 1)
        written += 1
        await asyncio.sleep(0.05)
    return written


async def test_a_tenant_comes_back_to_the_second_before_while_its_neighbour_works(
    kept, make_tenant, monkeypatch
):
    tenant, neighbour = await make_tenant(cluster=CLUSTER), await make_tenant(cluster=CLUSTER)
    paper = await keep_paper(tenant)
    await write(tenant, 5)
    first = await base.take(CLUSTER)
    await dumps.take(tenant)
    assert await backups.tonight_files(tenant) == 2  # the same paper in two places
    await write(tenant, 40)
    assert await marks.take(tenant) and await marks.take(neighbour)
    at, before = await held(tenant)
    await asyncio.sleep(0.01)
    await lose_everything(tenant, paper)
    await write(neighbour, 3)
    await kept.up_to_now()

    stop = asyncio.Event()
    neighbours = asyncio.create_task(work_on(neighbour, stop))
    found = await backups.restore(tenant.slug, at, own=False)
    assert found.loaded.tables == before
    assert before["upload"][0] == 45 + 1
    assert (found.files.brought_back, found.files.missing) == (1, [])
    kept_as = await backups.switch(tenant.slug, "Vân Anh", "xóa nhầm")
    stop.set()
    assert await neighbours > 0

    await stands_as(tenant, before, paper)
    await led_back_no_further(tenant, kept_as, first)

    await drilled(tenant, neighbour)
    await copied_and_tampered(kept, first)
    await seen_at_once(kept, neighbour, first, monkeypatch)
    await shredded(kept, tenant, neighbour, at, monkeypatch)


async def stands_as(tenant, before, paper):
    """Every row, the paper's bytes, and that it is written on."""
    _, after = await held(tenant)
    assert after == before
    with acting_for(tenant):
        content = b"".join([chunk async for chunk in store_of(tenant).read(paper.key)])
        assert hashlib.sha256(content).digest() == paper.sha256
        assert await db.tenant.fetch_value("select count(*) from upload") == 46
        async with work():
            await db.tenant.execute("delete from upload where false")


async def led_back_no_further(tenant, kept_as, first):
    """What was set aside is shut; there is nothing to switch to, and nothing before the base."""
    with pytest.raises(asyncpg.PostgresError):
        async with owner(CLUSTER, kept_as):
            pass
    with pytest.raises(BackupError, match="nothing is loaded"):
        await backups.switch(tenant.slug, "Vân Anh", "lần nữa")
    with pytest.raises(BackupError, match="reaches back"):
        await restoring.from_cluster(tenant, first.began_at - timedelta(days=1))


async def drilled(tenant, neighbour):
    """The newest base is restored to each mark, and the tenant's own copy to its snapshot."""
    drills = {(each.tenant_slug, each.tables > 40): each for each in await backups.drill(CLUSTER)}
    assert set(drills) == {(tenant.slug, True), (neighbour.slug, True)}
    rows = await db.control.fetch(
        "select kind, passed, trail, failure from restore_drill where tenant_slug = $1 order by at",
        tenant.slug,
    )
    assert [(row["kind"], row["passed"], row["trail"]) for row in rows] == [
        ("cluster", True, "whole"),
        ("dump", True, "whole"),
    ], rows


async def seen_at_once(kept, neighbour, first, monkeypatch):
    """What is gone from a place, a key that is gone and a place that is away are red by a look."""
    worries = {Worry.MISSING, Worry.PLACE_AWAY}

    async def red():
        await looking.look(CLUSTER)
        (line,) = [each for each in await queries.standings() if each.slug == neighbour.slug]
        return worries & set(line.worries)

    assert await red() == set()
    log = sorted((kept.home / "xa").glob("clusters/*/wal/*"))
    for there in (
        next((kept.home / "xa").glob(f"clusters/*/base/{first.id}/000000")),
        kept.home / "khoa" / key_blob(first.id), *log[1:-1][:1],
    ):  # fmt: skip
        there.rename(kept.home / "aside")
        assert await red() == {Worry.MISSING}, there
        (kept.home / "aside").rename(there)
        assert await red() == set()
    with another_place(monkeypatch, "mat", f"s3+http://a:b@127.0.0.1:{free_port()}/sao-luu"):
        assert await red() == {Worry.PLACE_AWAY}
    assert await red() == set()


@contextmanager
def another_place(monkeypatch, name, address):
    before = settings().backup_places
    places_are = " ".join(f"{name}={address}" for name, address in before.items())
    monkeypatch.setenv("MOTCUA_BACKUP_PLACES", f"{places_are} {name}={address}")
    settings.cache_clear()
    yield
    monkeypatch.setenv("MOTCUA_BACKUP_PLACES", places_are)
    settings.cache_clear()


async def copied_and_tampered(kept, first):
    """The second place takes over where the first was damaged; damage everywhere is refused."""
    assert await copies.copy_all() == []
    assert await copies.verify() == []
    parts = [
        next((kept.home / name).glob(f"clusters/*/base/{first.id}/000000"))
        for name in ("gan", "xa")
    ]
    for number, part in enumerate(parts):
        part.parent.rename(kept.home / f"gone-{number}")
    (fault,) = await copies.verify(first.id)
    assert fault.startswith("no place has the base of")
    for number, part in enumerate(parts):
        (kept.home / f"gone-{number}").rename(part.parent)
    whole = parts[0].read_bytes()
    parts[0].write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert [fault.split(":")[0] for fault in await copies.verify(first.id)] == ["gan"]
    shutil.rmtree(parts[0].parent)
    assert len(await copies.verify(first.id)) == 1
    assert await copies.copy_all() == []
    assert await copies.verify(first.id) == []
    assert parts[0].read_bytes() == whole


async def shredded(kept, tenant, neighbour, at, monkeypatch):
    """Nobody can read the tenant any more, and its neighbour still can be restored."""
    with pytest.raises(BackupError, match="still exists"):
        await shred(tenant)
    await provision.close(tenant)
    await provision.drop(tenant)
    done = await shred(tenant)
    assert done.own_sets >= 1 and done.shared_sets >= 2 and len(done.fresh_bases) == 2
    await removed_where_it_can_be(kept, tenant, monkeypatch)
    with pytest.raises(KeyGone):
        await restoring.from_cluster(neighbour, at)
    left = [f for f in await places.finding("") if f.manifest.tenant_id == tenant.id]
    assert left == []
    await dumps.take(neighbour)
    assert (await restoring.from_own(neighbour, now())).tables["upload"][0] > 3
    states = {each.state for each in await catalogue.newest() if each.tenant_id == tenant.id}
    assert states == {"shredded"}
    await retired(kept)


async def removed_where_it_can_be(kept, tenant, monkeypatch):
    """A place that is away, or a disk that is not there, is not told as cleared."""
    (kept.home / "xa").rename(kept.home / "xa-thao-ra")
    address = f"s3+http://a:b@127.0.0.1:{free_port()}/sao-luu"
    with (
        another_place(monkeypatch, "mat", address),
        pytest.raises(BackupError, match=r"xa holds nothing at all.*mat does not answer"),
    ):
        await remove_blobs(tenant)
    assert list((kept.home / "gan" / tenant_home(tenant.id)).glob("files/*/*")) == []
    (kept.home / "xa-thao-ra").rename(kept.home / "xa")
    assert await remove_blobs(tenant) == ["gan", "xa"]
    assert [f for f in kept.home.glob(f"*/{tenant_home(tenant.id)}/**/*") if f.is_file()] == []


async def retired(kept):
    """Of what is old only the newest is left, in both places, and the keys of the rest are gone."""
    await copies.copy_all()
    with clock.frozen(now() + timedelta(days=400)):
        assert await retire() > 0
    left = [found.manifest for found in await places.finding("")]
    assert sorted(manifest.kind for manifest in left) == ["base", "base", "dump"]
    assert await copies.verify() == []
    eras = [each.id for each in await catalogue.living("wal")]
    assert await keyring.known() == {*eras, *(manifest.id for manifest in left)}


async def test_a_process_killed_while_it_takes_a_backup_leaves_no_set(kept):
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.backup.taking", CLUSTER, cwd=Path(__file__).parents[2]
    )
    while not list((kept.home / "gan").rglob("base/*/0*")):
        assert child.returncode is None
        await asyncio.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    await child.wait()
    assert await places.finding("clusters/") == []
    with pytest.raises(TROUBLES):
        await backups.drill(CLUSTER)
    assert [each.state for each in (await catalogue.newest(1))] == ["running"]
    await catalogue.forget_interrupted("base", CLUSTER)
    assert [each.state for each in (await catalogue.newest(1))] == ["failed"]
