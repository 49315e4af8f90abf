"""Handed in at one agency's desk, settled by another: the time begins when that one has it."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from app.onestop.catalog.refusals import NotCompetent
from app.onestop.deadlines.clocks import ELSEWHERE
from app.onestop.deadlines.queries import audit_of, entries_of
from app.onestop.dossiers import queries, service
from app.onestop.dossiers.rules import Act, Status
from app.onestop.slips.queries import slip_of, slips_of
from app.onestop.slips.shapes import Receipt
from app.people.shapes import Actor
from app.refusals import NotFound, Overtaken
from infra.clock import frozen
from tenants import db
from tenants.shapes import Tenant
from tenants.work import work
from tests import cast
from tests.onestop.dossiers.linked import holder
from tests.onestop.dossiers.story import agency, on_paper, walked

MONDAY = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)  # 09:30 in Vietnam
NEARER = "ubnd-phuong-quy-nhon-dong"


async def handed_in(nga: Actor, key: object = None) -> str:
    """A birth that Lan's agency settles, laid on another commune's desk on Monday."""
    form = on_paper(key=key or uuid4(), agency_id=await agency(NEARER), competent_id=await agency())
    with frozen(MONDAY):
        async with work():
            return (await service.intake(nga, form)).code


async def receipts(code: str) -> list[Receipt]:
    """The receipts issued, the newest first."""
    found = [await slip_of(code, line.id) for line in await slips_of(code)]
    return [slip.content for slip in found if slip and isinstance(slip.content, Receipt)]


async def test_the_time_begins_when_the_competent_agency_has_it(province: Tenant) -> None:
    lan, nga = await cast.officer(cast.LAN), await holder(agency_id=await agency(NEARER))
    key = uuid4()
    code = await handed_in(nga, key)
    assert await handed_in(nga, key) == code
    shown = await queries.dossier_page(code, nga)
    assert shown is not None and shown.status is Status.RECEIVED
    assert (shown.due_at, shown.tasks, shown.ledger, shown.acts) == (None, [], [], [Act.WITHDRAW])
    (paper,) = await receipts(code)
    assert (paper.agency, paper.settled_by) == (shown.desk_agency_name, shown.agency_name)
    assert paper.due_at is None and paper.limit and paper.register_number == 1
    queue = await queries.reception_queue([await agency()])
    assert [(line.code, line.answer_by) for line in queue.lines] == [(code, None)]
    with frozen(MONDAY + timedelta(days=1)):
        with pytest.raises(Overtaken):
            async with work():
                await service.hand_over(lan, code, None)
        with pytest.raises(NotFound):
            async with work():
                await service.take_over(await holder(agency_id=await agency("so-y-te")), code, None)
        async with work():
            dossier = await service.take_over(lan, code, None)
    passed = await db.tenant.fetch_row("select * from handover")
    assert (passed["from_agency"], passed["to_agency"]) == (
        dossier.desk_agency_id, dossier.agency_id,
    )  # fmt: skip
    assert (dossier.received_at, dossier.competent_received_at) == (
        MONDAY, MONDAY + timedelta(days=1)
    )  # fmt: skip
    first = (await entries_of(dossier.id))[0]
    assert (first.at, first.basis) == (dossier.competent_received_at, ELSEWHERE)
    assert dossier.due_at > MONDAY + timedelta(days=1) and await audit_of(dossier.id) == []
    new, old = await receipts(code)
    assert old == paper and new.due_at == dossier.due_at and new.replaces_at == MONDAY
    assert (new.taken_in_by, new.register_number) == (shown.desk_agency_name, 1)
    told = await db.tenant.fetch("select event from notice order by created_at, id")
    assert [row["event"] for row in told] == ["TIEP_NHAN_HO", "CO_QUAN_NHAN"]
    used = await db.tenant.fetch_value("select count(*) from usage_record where subject = $1", code)
    assert used == 1


async def test_either_desk_gives_the_result_and_the_other_only_helps(province: Tenant) -> None:
    lan, hoa, minh = [await cast.officer(name) for name in (cast.LAN, cast.HOA, cast.MINH)]
    nga = await holder(agency_id=await agency(NEARER))
    code = await handed_in(nga)
    async with work():
        await service.take_over(lan, code, None)
    with pytest.raises(Overtaken):
        async with work():
            await service.take_over(lan, code, None)
    await walked(lan, hoa, minh, code)
    found = await queries.to_deliver([await agency(NEARER)])
    assert [line.code for line in found.lines] == [code]
    assert [line.code for line in (await queries.find_dossiers("Bui Thi Ngoc", [
        await agency(NEARER)])).lines] == [code]  # fmt: skip
    async with work():
        done = await service.deliver(nga, code, None, "counter")
    assert done.status == Status.DELIVERED
    where = "select agency_name from progress where act = 'deliver'"
    shown = await queries.dossier_page(code, nga)
    assert shown is not None and await db.tenant.fetch_value(where) == shown.desk_agency_name


async def test_what_is_on_its_way_may_be_withdrawn_and_only_a_competent_agency_chosen(
    province: Tenant,
) -> None:
    nga = await holder(agency_id=await agency(NEARER))
    code = await handed_in(nga)
    async with work():
        gone = await service.withdraw(nga, code, None, reason="Người nộp đề nghị rút.")
    assert (gone.status, gone.due_at) == (Status.WITHDRAWN, None)
    form = on_paper(agency_id=await agency(NEARER), competent_id=await agency("so-y-te"))
    with pytest.raises(NotCompetent):
        async with work():
            await service.intake(nga, form)
