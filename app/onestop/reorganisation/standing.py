"""The organisation as a plan finds it: agencies, their posts, and who may be appointed."""

from datetime import date, timedelta
from typing import Any

from app.onestop.reorganisation.shapes import KnownAgency, KnownPost, Plan, Standing
from tenants import db

_AGENCIES = """
select a.id, a.key, a.name, a.kind, a.code_prefix, p.key as parent,
       coalesce(a.valid_to < $1, false) as ended
from agency a left join agency p on p.id = a.parent_id
"""
# The posts of the last day before count as well: that is where the open work lies.
_POSTS = """
select p.id, a.key as agency, p.key, p.kind, p.title, coalesce(p.valid_to < $1, false) as ended
from post p join agency a on a.id = p.agency_id
where p.valid_to is null or p.valid_to >= $2
order by a.key, p.key
"""
_OFFICERS = """
select username from officer where dismissed_at is null and username = any($1)
"""


async def standing_for(plan: Plan) -> Standing:
    """What the plan is judged against, and carried out on."""
    agencies = {row["key"]: _agency(row) for row in await db.tenant.fetch(_AGENCIES, plan.on)}
    for row in await db.tenant.fetch(_POSTS, plan.on, _eve(plan.on)):
        agencies[row["agency"]].posts[row["key"]] = KnownPost(
            row["id"], row["key"], row["kind"], row["title"], row["ended"]
        )
    named = [one.officer for one in plan.appointments]
    officers = frozenset(row["username"] for row in await db.tenant.fetch(_OFFICERS, named))
    return Standing(agencies, officers)


def _agency(row: Any) -> KnownAgency:
    return KnownAgency(**dict(row))


def _eve(day: date) -> date:
    return day - timedelta(days=1)
