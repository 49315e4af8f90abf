"""Between agencies (liên thông): which are entered and left, and with which papers it was handed
over."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.service import asking, tasks, visits
from app.onestop.dossiers.service.opening import Case
from app.onestop.exchange.partners import partner_named
from app.onestop.notices import service as notices
from app.onestop.workflows.agencies import Outside
from app.onestop.workflows.running import Active, Run, active, moved
from app.onestop.workflows.tree import Role, Sub
from app.people.shapes import Actor
from app.trail.service import record
from infra.clock import now
from infra.ids import uuid7
from tenants import db

# Served by task_open.
_HELD = """
select node, agency_id from task where dossier_id = $1 and state = 'open' order by opened_at, id
"""
# Served by paper_by_dossier.
_PAPERS = """
select p.id, encode(o.sha256, 'hex') as sha256
from paper p left join stored_object o on o.id = p.object_id and o.removed_at is null
where p.dossier_id = $1 order by p.added_at, p.id
"""
_HAND_OVER = """
insert into handover (id, dossier_id, from_agency, to_agency, at, by, node, papers)
values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb)
"""
_BASIS = "khoản 6 Điều 19 Nghị định số 118/2025/NĐ-CP"


async def visit(actor: Actor, case: Case, later: Run) -> None:
    """Enter and leave agencies' parts as the run now lies; done twice it changes nothing."""
    dossier, wanted = case.dossier, _parts(case, later)
    open_now = await visits.open_visits(dossier.id)
    for row in open_now:
        if row["node"] not in wanted:
            await _leave(actor, dossier, row)
    there = {row["node"] for row in open_now}
    for node, (sub, around) in wanted.items():
        if node not in there:
            elsewhere = await _enter(actor, case, sub, around)
            if sub.role is Role.SUPPORT and elsewhere:
                await notices.notify(dossier, "CHUYEN_LT", occasion=f"{node}:{dossier.version}")


async def leave(actor: Actor, case: Case) -> None:
    """The dossier is out of its workflow: no agency has it any more."""
    for row in await visits.open_visits(case.dossier.id):
        await _leave(actor, case.dossier, row)


async def hand_over(actor: Actor, case: Case, later: Run) -> None:
    """Write down which agencies have got the work, from whom, and with which papers."""
    opened, closed = moved(case.tree, case.run, later)
    giver = _giver(case, closed)
    if opened and giver is not None:
        await pass_on(actor, case.dossier, giver, opened)


async def pass_on(actor: Actor, dossier: Dossier, giver: UUID, opened: Sequence[str]) -> None:
    """Write it down for every agency that has work only since those tasks were opened."""
    rows = await db.tenant.fetch(_HELD, dossier.id)
    had = {row["agency_id"] for row in rows if row["node"] not in opened} | {giver}
    first = {row["agency_id"]: row["node"] for row in reversed(rows) if row["node"] in opened}
    for agency_id, node in first.items():
        if agency_id not in had:
            await write_down(actor, dossier, giver, agency_id, node)


async def write_down(
    actor: Actor, dossier: Dossier, giver: UUID, taker: UUID, node: str, basis: str = _BASIS
) -> None:
    """One agency has handed the dossier over to another (bàn giao), with these papers; `node` is
    the first work it brings."""
    papers = [dict(row) for row in await db.tenant.fetch(_PAPERS, dossier.id)]
    await db.tenant.execute(
        _HAND_OVER,
        *(uuid7(), dossier.id, giver, taker, now(), actor.officer_id, node),
        msgspec.json.encode(papers).decode(),
    )
    await record(
        actor,
        "dossier.pass_to_agency",
        ("dossier", dossier.id),
        detail={"code": dossier.code, "from": giver, "to": taker, "step": node},
        basis=basis,
    )


async def _enter(actor: Actor, case: Case, sub: Sub, around: tuple[Sub, ...]) -> bool:
    """Enter the part; whether it lies with another agency than the dossier's own."""
    dossier = case.dossier
    if sub.tenant is not None:
        partner = await partner_named(sub.tenant)
        work_id, wanted_by = await visits.enter(actor, dossier, sub, None, partner.id)
        await asking.ask(case, sub, partner, work_id, wanted_by)
        return True
    agency_id = await tasks.agency_of(dossier, sub, around)
    await visits.enter(actor, dossier, sub, agency_id)
    return agency_id != dossier.agency_id


async def _leave(actor: Actor, dossier: Dossier, visit: Any) -> None:
    await visits.leave(actor, dossier.id, visit["id"], "left")
    if visit["partner_id"] is not None and visit["outcome"] not in ("finished", "ended"):
        await asking.take_back(dossier, visit["partner_id"], visit["id"])


def _giver(case: Case, closed: Sequence[str]) -> UUID | None:
    if case.turn is not None:
        return case.turn.agency_id
    was = (task for task in case.tasks if task.state == "open" and task.node in closed)
    return next((task.agency_id for task in was), None)


def _parts(case: Case, run: Run) -> dict[str, tuple[Sub, tuple[Sub, ...]]]:
    """The parts of agencies that have open work, those of other systems too, with the parts around
    them."""
    return {
        sub.id: (sub, parts[:at])
        for one in active(case.tree, run)
        for parts in [_around(one)]
        for at, sub in enumerate(parts)
        if not isinstance(sub.agency, Outside)
    }


def _around(one: Active) -> tuple[Sub, ...]:
    """The agencies' parts the open leaf lies in, outermost first, itself where it is one."""
    return (*one.subs, one.node) if isinstance(one.node, Sub) else one.subs
