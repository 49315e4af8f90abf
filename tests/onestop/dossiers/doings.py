"""Pieces that tests of single acts share; all people are constructed."""

from datetime import UTC, datetime
from typing import Any

from app.onestop.dossiers import service
from app.onestop.slips.queries import slips_of
from app.onestop.slips.shapes import SupplementItem
from app.people.shapes import Actor
from tenants import db
from tenants.work import work
from tests import cast
from tests.onestop.dossiers.story import on_paper

MONDAY = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)  # 09:30 in Vietnam
ITEMS = [SupplementItem(name="Giấy chứng sinh", reason_code="unreadable")]


async def doing(verb: Any, *args: Any, **options: Any) -> Any:
    async with work():
        return await verb(*args, **options)


async def crew() -> tuple[Actor, Actor, Actor]:
    lan, hoa, minh = [await cast.officer(name) for name in (cast.LAN, cast.HOA, cast.MINH)]
    return lan, hoa, minh


async def at_specialist() -> str:
    """A paper dossier in Hoa's hands."""
    lan, _, _ = await crew()
    code: str = (await doing(service.intake, lan, on_paper())).code
    await doing(service.hand_over, lan, code, None)
    return code


async def events(dossier: Any) -> list[str]:
    rows = await db.tenant.fetch(
        "select event from notice where dossier_id = $1 order by id", dossier.id
    )
    return [row["event"] for row in rows]


async def forms(code: str) -> list[str]:
    return sorted(slip.form for slip in await slips_of(code))
