"""Reads the posts a step may go to, and the agencies parts of a workflow may be for."""

from datetime import date
from uuid import UUID

import msgspec

from app.onestop.workflows.agencies import Placed
from app.onestop.workflows.rules import PostChoice
from infra.clock import today
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
# Both read a table of some hundred rows whole.
_AGENCIES = """
select a.id, a.key, a.kind, p.key as parent from agency a left join agency p on p.id = a.parent_id
where a.valid_from <= $1 and (a.valid_to is null or a.valid_to >= $1) order by a.key
"""
_SUCCESSIONS = """
select a.key as ended, array_agg(b.key order by s.is_main desc, b.key) as heirs
from agency_succession s join agency a on a.id = s.from_id join agency b on b.id = s.to_id
where s.on_day <= $1 group by a.key
"""


class Organisation(msgspec.Struct, frozen=True):
    """The agencies that work on a day, by key, and who took over from those that ended by then."""

    ids: dict[str, UUID]
    placed: dict[str, Placed]
    successors: dict[str, list[str]]

    def key_of(self, agency_id: UUID) -> str:
        """The agency's key; empty for one that does not work that day."""
        return next((key for key, known in self.ids.items() if known == agency_id), "")


async def organisation(on: date | None = None) -> Organisation:
    """The organisation of the day, today by default."""
    day = on or today()
    rows = await db.tenant.fetch(_AGENCIES, day)
    followed = await db.tenant.fetch(_SUCCESSIONS, day)
    return Organisation(
        ids={row["key"]: row["id"] for row in rows},
        placed={row["key"]: Placed(row["kind"], row["parent"]) for row in rows},
        successors={row["ended"]: list(row["heirs"]) for row in followed},
    )


async def posts_of(agency_id: UUID, kind: str, *, on: date | None = None) -> list[PostChoice]:
    """The agency's posts (chức danh) of one kind, with how many officers hold each on the day."""
    day = on or today()
    rows = await db.tenant.fetch(_POSTS, agency_id, kind, day)
    return [PostChoice(**dict(row)) for row in rows]
