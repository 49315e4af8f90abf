"""The bulk of the rows comes while the joining province is at work."""

import asyncio
from contextvars import Context

from app.leaving import loading
from app.merging import ahead, closing, moving, notes, planning, telling
from app.merging.owning import apart
from app.merging.sides import sides
from app.onestop.dossiers import service
from infra.ids import uuid7
from tenants import db
from tenants.work import work
from tests import cast
from tests.merging.conftest import decided, elsewhere, filed
from tests.onestop.dossiers.story import agency, on_paper


async def test_what_they_do_while_the_bulk_comes_comes_as_well(worked, joining, monkeypatch):
    """Acts, new people, a person who becomes known on both sides, a draft thrown away."""
    monkeypatch.setattr(ahead, "LEAST", 1)
    plan = decided(await elsewhere(planning.plan(joining, worked)))

    async def close():
        await cast.at(joining, _busy())
        await cast.at(worked, cast.citizen("Giàng Thị Mỷ", "my.giang"))
        await closing.shut(joining)

    async with sides(worked, joining) as both:
        moving_in = moving.move(both, uuid7(), plan, bytes(32), close)
        await asyncio.create_task(moving_in, context=Context())
        known = await notes.read(both.ours, joining.id)
        await telling.remember(both, known, set())
        assert await _unlike(both) == {}
        assert await loading.orphans(both.ours) == []
    assert await db.tenant.fetch_value("select count(*) from citizen") == 3


async def _busy():
    mai, there = await cast.officer(cast.OUTSIDER), await agency("ubnd-phuong-lao-cai")
    waiting = await db.tenant.fetch_value(
        "select code from dossier where status = 1 order by code limit 1"
    )
    async with work():
        await service.receive(mai, waiting, None)
    async with work():
        await service.intake(mai, on_paper(full_name="Lý Văn Tả"))
    await filed(await cast.citizen("Lò Thị Hoa", "hoa.lo"), there)
    await db.tenant.execute("delete from draft where dossier_id is null")


async def _unlike(both):
    """For each table how many rows are not here as they were there, or are missing."""
    found = {}
    for table in both.going:
        was, digest = apart("was", table.name), telling.digest_of(table)
        count = await both.ours.fetchval(
            f"select count(*) from {was} w left join {table.name} t"
            f" on {telling.key_of(table)} = w.key where {digest} is distinct from w.digest"
        )
        if count:
            found[table.name] = count
    return found
