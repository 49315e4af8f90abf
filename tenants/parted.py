"""Whom a tenant was one with for a time, and when; as the control plane remembers it."""

from datetime import datetime
from uuid import UUID

import msgspec

from tenants.db import control

_PARTED = """
select t.slug, t.id, k.given_back_at as until from takeover k
join tenant t on t.id in (k.joined_id, k.into_id) and t.id <> $1
where k.given_back_at is not null and $1 in (k.joined_id, k.into_id) order by until desc
"""
_AWAY = """
select taken_at, given_back_at from takeover where joined_id = $1 and given_back_at is not null
"""
_KIN = """
with recursive kin (id) as (
    select $1::uuid
    union
    select case when k.joined_id = kin.id then k.into_id else k.joined_id end
    from takeover k join kin on kin.id in (k.joined_id, k.into_id)
)
select id from kin where id <> $1
"""


class Parted(msgspec.Struct, frozen=True):
    """A tenant another one was one with, until they parted."""

    slug: str
    id: UUID
    until: datetime


async def parted(tenant_id: UUID) -> list[Parted]:
    """Whom a tenant was one with for a time, either joined to the other; the last to part first."""
    return [Parted(**dict(row)) for row in await control.fetch(_PARTED, tenant_id)]


async def away(tenant_id: UUID) -> list[tuple[datetime, datetime]]:
    """From when to when a tenant was part of another one, each time that is over."""
    rows = await control.fetch(_AWAY, tenant_id)
    return [(row["taken_at"], row["given_back_at"]) for row in rows]


async def kin(tenant_id: UUID) -> list[UUID]:
    """Everybody a tenant is or was one with, also by way of others."""
    return [row["id"] for row in await control.fetch(_KIN, tenant_id)]
