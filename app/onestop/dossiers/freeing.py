"""Nobody who has left keeps work (không ai thôi việc còn giữ hồ sơ): open tasks are freed."""

from uuid import UUID

from msgspec import Struct

from app.people.shapes import SYSTEM
from app.trail.service import record
from infra.clock import today
from tenants import db
from tenants.work import work

# Served by task_assigned and post_holding_by_officer.
_LEFT = """
select k.id, k.dossier_id, k.node, k.officer_id from task k
where k.state = 'open' and k.officer_id is not null and not exists (
    select from post_holding h join officer o on o.id = h.officer_id and o.dismissed_at is null
    where h.officer_id = k.officer_id and h.post_id = k.post_id
      and h.from_on <= $1 and (h.to_on is null or h.to_on >= $1))
limit 500 for update of k skip locked
"""
_ANY_LEFT = _LEFT.replace("limit 500 for update of k skip locked", "limit 1")
# Served by task_by_turn and post_holding_by_post.
_UNHELD = """
select p.id, p.title, a.name as agency_name, count(*) as tasks
from task k join post p on p.id = k.post_id join agency a on a.id = p.agency_id
where k.state = 'open' and not exists (
    select from post_holding h join officer o on o.id = h.officer_id and o.dismissed_at is null
    where h.post_id = p.id and h.from_on <= $1 and (h.to_on is null or h.to_on >= $1))
group by p.id, a.id order by count(*) desc, a.name, p.title limit 100
"""


class UnheldPost(Struct, frozen=True, kw_only=True):
    """A post with open work and nobody who holds it today."""

    id: UUID
    title: str
    agency_name: str
    tasks: int


async def free_tasks() -> bool:
    """Take assignments from those who no longer hold the post: any holder may do the work again."""
    async with work():
        for row in await db.tenant.fetch(_LEFT, today()):
            await db.tenant.execute("update task set officer_id = null where id = $1", row["id"])
            detail = {"step": row["node"], "from": row["officer_id"]}
            await record(SYSTEM, "dossier.free_task", ("dossier", row["dossier_id"]), detail=detail)
    return False


async def any_to_free() -> bool:
    """Whether somebody who has left the post still has work assigned."""
    return await db.tenant.fetch_value(_ANY_LEFT, today()) is not None


async def unheld_posts() -> list[UnheldPost]:
    """Where work waits for a post nobody holds, the most work first."""
    return [UnheldPost(**dict(row)) for row in await db.tenant.fetch(_UNHELD, today())]
