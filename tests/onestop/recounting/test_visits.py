"""Another agency's own hours: a changed calendar there moves its share, not the promise."""

from datetime import UTC, date, datetime

import msgspec

from app.onestop.deadlines.calendar import SpecialDay
from app.onestop.deadlines.queries import audit_of, standing_of
from app.onestop.deadlines.service import publish
from app.onestop.deadlines.shapes import ClockName
from app.onestop.recounting.jobs import recount_dossiers
from app.onestop.workflows.source import shipped
from app.people.shapes import SYSTEM
from app.trail.queries import lines_of
from infra.clock import frozen
from tenants.shapes import Tenant
from tenants.work import work
from tests.onestop.deadlines.offices import DOCUMENT
from tests.onestop.dossiers.linked import bound, sound, taken_in, visits, walk_to
from tests.onestop.dossiers.story import agency
from tests.onestop.recounting.opened import due_of

MONDAY = datetime(2026, 11, 30, 2, 30, tzinfo=UTC)
CLOSED = {"on": date(2026, 11, 30), "periods": [], "reason": "Mất điện"}


async def test_the_agency_visited_is_counted_on_its_own_changed_calendar(province: Tenant) -> None:
    with frozen(MONDAY):
        dossier = await taken_in(await bound(shipped()["chung-chi-duoc"]))
        await walk_to(dossier.id, "so-xem-xet")
        (visit,), promised = await visits(dossier.id), await due_of(dossier.id)
        before = await standing_of(dossier.id, ClockName.AGENCY, visit["id"])
        async with work():
            await publish(
                SYSTEM, msgspec.structs.replace(DOCUMENT, special=[SpecialDay(**CLOSED)]),
                valid_from=date(2026, 1, 1), decision="Thông báo nghỉ",
                agency_id=await agency("so-y-te"),
            )  # fmt: skip
        assert not await recount_dossiers()
        after = await standing_of(dossier.id, ClockName.AGENCY, visit["id"])
        assert not await recount_dossiers()
    assert before is not None and after is not None
    assert after.due_at > before.due_at and await due_of(dossier.id) == promised
    assert await audit_of(dossier.id) == []
    await sound(dossier.id)
    told = [line for line in await lines_of(("dossier", dossier.id)) if "recount" in line.act]
    assert len(told) == 1
