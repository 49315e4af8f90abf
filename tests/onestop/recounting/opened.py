"""Open dossiers with a clock that runs, and drafts to try on them; all people are constructed."""

from datetime import date, datetime
from uuid import UUID

from app.onestop.catalog.shapes import Unit
from app.onestop.deadlines import ledger_service as clocks
from app.onestop.deadlines.service import publish
from app.onestop.recounting import service
from app.onestop.recounting.shapes import Change, OtherDay
from app.people.shapes import SYSTEM, Actor
from infra.clock import frozen
from infra.ids import uuid7
from tenants import db
from tenants.work import work
from tests import cast
from tests.onestop.deadlines.offices import DOCUMENT, at

NOON = at("2026-06-01 10:00")  # a Monday
STORM = OtherDay(on=date(2026, 6, 3), periods=[], reason="Nghỉ do bão")
DECISION = "Quyết định số 15/QĐ-UBND ngày 1/6/2026"
QUY_NHON, QUY_NHON_DONG = "ubnd-phuong-quy-nhon", "ubnd-phuong-quy-nhon-dong"

_DOSSIER = """
insert into dossier (id, code, procedure_id, agency_id, channel, status, applicant_name, applicant,
                     summary, wanted_way, phone, filed_at, received_at, due_at)
select $1, $2, p.id, a.id, 'counter', 4, 'Bùi Thị Ngọc', '{}', 'thử', 'counter', $4, $5, $5, $5
from procedure p, agency a where a.key = $3 limit 1
"""


async def prepared() -> Actor:
    """Thu, in a province whose calendar is the tests' own."""
    async with work():
        await publish(SYSTEM, DOCUMENT, valid_from=date(2026, 1, 1), decision="Quyết định thử")
    return await cast.officer(cast.THU)


async def opened(
    code: str,
    days: int = 5,
    *,
    agency: str = QUY_NHON,
    phone: str | None = "+84905000301",
    since: datetime = NOON,
) -> UUID:
    """A dossier received on the Monday, or when said, with that many working days."""
    dossier_id = uuid7()
    lan = await cast.officer(cast.LAN)
    with frozen(since):
        async with work():
            await db.tenant.execute(_DOSSIER, dossier_id, code, agency, phone, since)
            standing = await clocks.start(lan, dossier_id, days, Unit.WORKING_DAYS)
            await db.tenant.execute(
                "update dossier set due_at = $2 where id = $1", dossier_id, standing.due_at
            )
    return dossier_id


async def drafted(thu: Actor, change: Change = STORM, agency_id: UUID | None = None) -> UUID:
    """A draft written on that Monday."""
    with frozen(NOON):
        async with work():
            return await service.draft(thu, change, DECISION, agency_id)


async def approved(thu: Actor, change: Change = STORM, agency_id: UUID | None = None) -> UUID:
    """The same, approved."""
    draft_id = await drafted(thu, change, agency_id)
    with frozen(NOON):
        async with work():
            await service.approve(thu, draft_id)
    return draft_id


async def due_of(dossier_id: UUID):
    """The dossier's deadline as everybody reads it."""
    return await db.tenant.fetch_value("select due_at from dossier where id = $1", dossier_id)


async def agency_id(key: str = QUY_NHON) -> UUID:
    """An agency by its name of our own."""
    return UUID(str(await db.tenant.fetch_value("select id from agency where key = $1", key)))
