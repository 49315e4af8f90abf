from uuid import UUID

import asyncpg
import pytest

from app.people.shapes import Actor
from app.trail.queries import lines_of
from app.trail.service import record
from infra.ids import uuid7
from tenants import db, work
from tenants.shapes import Tenant

LAN = Actor(
    kind="officer", name="Nguyễn Thị Lan", id=uuid7(), address="127.0.0.9", request_id="r-1"
)


async def test_an_act_says_who_what_and_under_which_rule(tenant: Tenant) -> None:
    subject = ("dossier", uuid7())
    async with work.work():
        await record(LAN, "dossier.receive", subject, detail={"step": 2}, basis="Điều 17")
    row = await db.tenant.fetch_row("select * from trail")
    assert row is not None
    assert (row["actor_id"], row["request_id"], row["address"]) == (str(LAN.id), "r-1", "127.0.0.9")
    (line,) = await lines_of(subject)
    assert (line.actor_name, line.detail, line.basis) == (LAN.name, {"step": 2}, "Điều 17")


async def test_an_act_rolled_back_leaves_no_trail(tenant: Tenant) -> None:
    with pytest.raises(ZeroDivisionError):
        async with work.work():
            await record(LAN, "dossier.receive", ("dossier", "1"))
            raise ZeroDivisionError
    assert await lines_of(("dossier", "1")) == []


@pytest.mark.asvs("16.4.2")
@pytest.mark.parametrize("change", ["update trail set act = 'x'", "delete from trail"])
async def test_nobody_edits_the_trail(tenant: Tenant, change: str) -> None:
    await record(LAN, "dossier.receive", ("dossier", "1"))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await db.tenant.execute(change)


async def test_the_trail_is_read_page_by_page_newest_first(tenant: Tenant) -> None:
    for number in range(5):
        await record(LAN, f"act.{number}", ("dossier", "1"))
    first = await lines_of(("dossier", "1"), limit=2)
    last: UUID = first[-1].id
    rest = await lines_of(("dossier", "1"), before=last, limit=10)
    assert [line.act for line in (*first, *rest)] == [f"act.{n}" for n in (4, 3, 2, 1, 0)]
