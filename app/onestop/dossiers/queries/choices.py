"""Whom an officer may choose: holders of a post, agencies to ask."""

from collections.abc import Sequence
from uuid import UUID

from infra.clock import today
from tenants import db

# Served by post_holding_by_post.
_HOLDERS = """
select distinct o.id, o.full_name from post_holding h
join officer o on o.id = h.officer_id and o.dismissed_at is null
where h.post_id = $1 and h.from_on <= $2 and (h.to_on is null or h.to_on >= $2)
order by o.full_name
"""
_AGENCIES = """
select a.id, a.name from agency a
where a.id <> $1 and a.valid_from <= $2 and (a.valid_to is null or a.valid_to >= $2)
  and exists (select from post p where p.agency_id = a.id and p.kind = 'specialist')
order by a.name
"""

_SPECIALISTS = """
select p.id, p.title from post p where p.agency_id = any($1) and p.kind = 'specialist'
order by p.title
"""
_COLLEAGUES = """
select distinct o.id, o.full_name from post p
join post_holding h on h.post_id = p.id
  and h.from_on <= $2 and (h.to_on is null or h.to_on >= $2)
join officer o on o.id = h.officer_id and o.dismissed_at is null
where p.agency_id = any($1) and p.kind = 'specialist'
order by o.full_name
"""

Choices = list[tuple[str, str]]


async def holders_of(post_id: UUID) -> Choices:
    """The officers who hold the post today: (id, name)."""
    rows = await db.tenant.fetch(_HOLDERS, post_id, today())
    return [(str(row["id"]), row["full_name"]) for row in rows]


async def agencies_to_ask(own: UUID) -> Choices:
    """The agencies that have specialists, without one's own: (id, name)."""
    rows = await db.tenant.fetch(_AGENCIES, own, today())
    return [(str(row["id"]), row["name"]) for row in rows]


async def specialists_of(agencies: Sequence[UUID]) -> Choices:
    """The specialists' posts of those agencies: (id, title)."""
    rows = await db.tenant.fetch(_SPECIALISTS, agencies)
    return [(str(row["id"]), row["title"]) for row in rows]


async def colleagues_of(agencies: Sequence[UUID]) -> Choices:
    """The officers who hold a specialist's post there today: (id, name)."""
    rows = await db.tenant.fetch(_COLLEAGUES, agencies, today())
    return [(str(row["id"]), row["full_name"]) for row in rows]
