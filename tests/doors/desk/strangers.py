"""Officers who have nothing to do with the dossier (Người Ngoài)."""

from uuid import UUID

from app.people import queries, service
from app.people.shapes import SYSTEM, Actor
from infra.ids import uuid7
from tenants import db
from tenants.work import work


async def next_door(kind: str = "reception", title: str = "Cán bộ tiếp nhận") -> Actor:
    """An officer of another agency of the same province."""
    async with work():
        officer_id = await service.admit(SYSTEM, f"ngoai.{uuid7()}", "Người Ngoài")
        await service.hold_post(SYSTEM, officer_id, await _post(kind))
    found = await queries.actor_for_officer(officer_id)
    assert found is not None
    return found


async def _post(kind: str) -> UUID:
    return UUID(
        str(
            await db.tenant.fetch_value(
                "select p.id from post p join agency a on a.id = p.agency_id"
                " where p.kind = $1 and a.key <> 'ubnd-phuong-quy-nhon' and a.kind = 'commune'"
                " order by a.key limit 1",
                kind,
            )
        )
    )
