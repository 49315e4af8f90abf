"""Reads the posts a step may go to."""

from datetime import date
from uuid import UUID

from app.onestop.workflows.rules import PostChoice
from infra.clock import VIETNAM, now
from tenants import db

# Served by post_by_agency and post_holding_by_post.
_POSTS = """
select p.id, p.key, p.title, count(h.id) as holders
from post p left join post_holding h
  on h.post_id = p.id and h.from_on <= $3 and (h.to_on is null or h.to_on >= $3)
where p.agency_id = $1 and p.kind = $2
  and (p.valid_from is null or p.valid_from <= $3) and (p.valid_to is null or p.valid_to >= $3)
group by p.id order by p.key
"""


async def posts_of(agency_id: UUID, kind: str, *, on: date | None = None) -> list[PostChoice]:
    """The agency's posts (chức danh) of one kind, with how many officers hold each on the day."""
    day = on or now().astimezone(VIETNAM).date()
    rows = await db.tenant.fetch(_POSTS, agency_id, kind, day)
    return [PostChoice(**dict(row)) for row in rows]
