"""Open dossiers and a new version of their workflow: only those chosen move, and only once."""

from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from app.onestop.catalog.shapes import PostKind
from app.onestop.dossiers import refusals
from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.queries.moving import movable_to
from app.onestop.dossiers.service.moving import move
from app.onestop.workflows import service as workflows
from app.onestop.workflows import shelf
from app.onestop.workflows.agencies import ByKey
from app.onestop.workflows.refusals import NotInUse
from app.onestop.workflows.tree import Role, Sequence, Step, Sub, Until, Wait, Workflow
from app.refusals import NotAllowed, NotFound
from tenants import db
from tenants.shapes import Tenant
from tenants.work import work
from tests import cast
from tests.onestop.dossiers.linked import (
    bound,
    holder,
    opened,
    published,
    sound,
    taken_in,
    visits,
    walk_out,
    walk_to,
)
from tests.onestop.dossiers.story import agency
from tests.onestop.dossiers.test_waits import FIRST, LAST, SIGN, WORK, process

LOOK = Step("xem", "Kiểm tra lại", PostKind.SPECIALIST)
THERE = Sub(
    "so", "Sở Tư pháp", ByKey("so-tu-phap"), Role.SUPPORT,
    body=Step("so-xem", "Cho ý kiến", PostKind.SPECIALIST),
)  # fmt: skip


def second(*parts: Any) -> Workflow:
    tree = Sequence((FIRST, *parts, LAST))
    return replace(process(WORK), tree=tree)


def unshared(*parts: Any) -> tuple[Any, ...]:
    return tuple(replace(part, share=0) if isinstance(part, Step) else part for part in parts)


async def at_work(code: str) -> Dossier:
    dossier = await taken_in(code)
    await walk_to(dossier.id, "tham-dinh")
    return dossier


async def moved(dossier: Dossier, to: UUID, step: str | None = None) -> bool:
    thu = await cast.officer(cast.THU)
    async with work():
        return await move(thu, dossier.id, to, step=step)


async def shelved(workflow_id: UUID) -> shelf.Kept:
    found = await shelf.kept(workflow_id)
    assert found is not None
    return found


async def versions(*dossiers: Dossier) -> list[UUID | None]:
    rows = await db.tenant.fetch("select id, workflow_id from dossier")
    pinned = {row["id"]: row["workflow_id"] for row in rows}
    return [pinned[dossier.id] for dossier in dossiers]


async def test_only_those_chosen_move_and_moving_again_changes_nothing(province: Tenant) -> None:
    code = await bound(process(WORK))
    one, other = await at_work(code), await at_work(code)
    new = await published(code, second(WORK, LOOK, SIGN))
    assert await versions(one, other) == [one.workflow_id, one.workflow_id]
    page = await movable_to(await shelved(new))
    assert [(d.code, d.now, d.proposed) for d in page.dossiers] == [
        (d.code, ["Thẩm định"], ["Thẩm định"]) for d in (one, other)
    ]
    (task,) = await opened(one.id)
    assert await moved(one, new)
    assert not await moved(one, new)
    assert await versions(one, other) == [new, one.workflow_id]
    assert [row["id"] for row in await opened(one.id)] == [task["id"]]
    await sound(one.id)
    assert "process xem" in await walk_out(one.id)
    assert "process xem" not in await walk_out(other.id)
    left = "select count(*) from trail where act = 'dossier.change_workflow'"
    assert await db.tenant.fetch_value(left) == 1


async def test_where_it_is_not_plain_a_person_names_the_step(province: Tenant) -> None:
    code = await bound(process(WORK))
    dossier = await at_work(code)
    new = await published(code, second(replace(LOOK, share=50), SIGN))
    assert [d.proposed for d in (await movable_to(await shelved(new))).dossiers] == [None]
    with pytest.raises(refusals.StepNeeded):
        await moved(dossier, new)
    with pytest.raises(refusals.StepNeeded):
        await moved(dossier, new, "khong-co")
    assert await moved(dossier, new, "xem")
    await sound(dossier.id)
    assert [task["node"] for task in await opened(dossier.id)] == ["xem"]
    await walk_out(dossier.id)


async def test_a_new_version_may_bring_another_agency_and_a_wait(province: Tenant) -> None:
    code = await bound(process(WORK))
    first, second_one = await at_work(code), await at_work(code)
    wait = Wait("cho", "Chờ nộp phí", Until.PAYMENT)
    parts = unshared(FIRST, WORK, THERE, wait, SIGN, LAST)
    new = await published(code, replace(process(WORK), tree=Sequence(parts)))
    assert await moved(first, new, "so-xem")
    await sound(first.id)
    (task,) = await opened(first.id)
    assert task["agency_id"] == await agency("so-tu-phap") and len(await visits(first.id)) == 1
    passed = await db.tenant.fetch("select to_agency from handover")
    assert [row["to_agency"] for row in passed] == [task["agency_id"]]
    assert await moved(second_one, new, "cho")
    await sound(second_one.id)
    row = await db.tenant.fetch_row(
        "select status, pause from dossier where id = $1", second_one.id
    )
    assert row is not None and tuple(row) == (6, "financial_duty")
    for dossier in (first, second_one):
        await walk_out(dossier.id)


async def test_leaving_a_wait_behind_sets_the_clock_going(province: Tenant) -> None:
    wait = Wait("cho", "Chờ cơ quan thuế", Until.OUTSIDE)
    code = await bound(process(WORK, wait))
    dossier = await taken_in(code)
    await walk_to(dossier.id, "cho")
    new = await published(code, process(WORK))
    assert await moved(dossier, new, "ky")
    await sound(dossier.id)
    assert await db.tenant.fetch_value("select pause from dossier") is None
    await walk_out(dossier.id)


async def test_what_cannot_move_says_why(province: Tenant) -> None:
    code = await bound(process(WORK))
    done, going = await taken_in(code), await at_work(code)
    await walk_out(done.id)
    new = await published(code, process(WORK))
    with pytest.raises(refusals.AlreadyEnded):
        await moved(done, new)
    elsewhere = await published(await bound(process(WORK, code="khac")), process(WORK))
    with pytest.raises(NotFound):
        await moved(going, elsewhere)
    lan, thu = await holder(agency_id=going.agency_id), await cast.officer(cast.THU)
    with pytest.raises(NotAllowed):
        async with work():
            await move(lan, going.id, new)
    async with work():
        await workflows.retire(thu, new)
    with pytest.raises(NotInUse):
        await moved(going, new)
