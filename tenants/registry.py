"""Which tenant a host belongs to, from a copy in memory that is refreshed every few seconds.

Where a tenant joined another one, its hosts lead to that one, which knows what it answers for.

The copy keeps serving when the control database does not answer: a province must not stop because
the vendor's books do.
"""

import asyncio
import time
from contextvars import Context
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg
import msgspec
import structlog
from asyncpg.exceptions import PostgresError

from infra.sealed import unseal_by
from infra.settings import settings
from tenants import takeovers
from tenants.db import control
from tenants.shapes import Former, Secrets, Site, Tenant

log = structlog.get_logger()

_FRESH_SECONDS = 3.0
_MADE = frozenset({"secrets", "site", "host", "former", "closed_at"})  # fields that are no column
_COLUMNS = """
select t.*, d.host as primary_host,
       array(select host from tenant_domain where tenant_id = t.id) as hosts
from tenant t join tenant_domain d on d.tenant_id = t.id and d.is_primary
"""


class _Copy(NamedTuple):
    by_host: dict[str, Tenant]
    by_slug: dict[str, Tenant]
    joined: frozenset[UUID]  # those that joined another one
    read_at: float


_NOTHING = _Copy({}, {}, frozenset(), float("-inf"))
_copy = _NOTHING
_refreshing: asyncio.Task[None] | None = None


async def by_host(host: str) -> Tenant | None:
    """The tenant of a host name without port, whatever its status; None for a stranger."""
    return (await _current()).by_host.get(host.lower())


async def by_slug(slug: str) -> Tenant | None:
    """The tenant of that short name, whatever its status."""
    return (await _current()).by_slug.get(slug)


async def answering(slug: str) -> Tenant | None:
    """Who answers for what names that tenant: itself, or the one it joined."""
    copy = await _current()
    for tenant in copy.by_slug.values():
        if tenant.id not in copy.joined and any(f.slug == slug for f in tenant.former):
            return tenant
    return copy.by_slug.get(slug)


async def every() -> list[Tenant]:
    """All tenants, in the order of their short names."""
    return sorted((await _current()).by_slug.values(), key=lambda tenant: tenant.slug)


async def active() -> list[Tenant]:
    """The tenants whose work goes on; a suspended one still gets its notices sent.

    One that joined another has no work of its own: its rows are the other's.
    """
    joined = (await _current()).joined
    return [t for t in await every() if t.status != "provisioning" and t.id not in joined]


async def reload() -> None:
    """Read all tenants now; raises what the control database raises."""
    global _copy
    rows, taken = await control.fetch(_COLUMNS), await takeovers.in_force()
    formers, closed = takeovers.formers(taken), await takeovers.closings()
    found = [
        (tenant_of(row, formers.get(row["id"], ()), closed.get(row["id"])), row["hosts"])
        for row in rows
    ]
    joined = frozenset(each.former.id for each in taken)
    _copy = _Copy(
        by_host=_by_host(found, joined),
        by_slug={tenant.slug: tenant for tenant, _ in found},
        joined=joined,
        read_at=time.monotonic(),
    )


def forget() -> None:
    """Drop the copy; the next question reads anew."""
    global _copy, _refreshing
    _copy, _refreshing = _NOTHING, None


def tenant_of(
    row: asyncpg.Record, former: tuple[Former, ...] = (), closed_at: datetime | None = None
) -> Tenant:
    """A registry row as a Tenant, its secrets unsealed."""
    plain = unseal_by(settings().keys, row["sealed"], f"tenant:{row['slug']}")
    names = {f.name for f in msgspec.structs.fields(Tenant)} - _MADE
    return Tenant(
        secrets=msgspec.json.decode(plain, type=Secrets),
        site=msgspec.json.decode(row["site"], type=Site),
        host=row["primary_host"],
        former=former,
        closed_at=closed_at,
        **{name: row[name] for name in names},
    )


def _by_host(found: list[tuple[Tenant, list[str]]], joined: frozenset[UUID]) -> dict[str, Tenant]:
    here = {host: tenant for tenant, hosts in found for host in hosts}
    last = [tenant for tenant, _ in found if tenant.id not in joined]
    return here | {host: t for t in last for former in t.former for host in former.hosts}


async def _current() -> _Copy:
    global _refreshing
    age = time.monotonic() - _copy.read_at
    if age < _FRESH_SECONDS:
        return _copy
    if _refreshing is None or _refreshing.done():
        # In a context of its own: the unit of work of whoever asks may be over before this is.
        _refreshing = asyncio.create_task(_refresh(), context=Context())
    # Only the very first question waits; later ones are answered from the copy meanwhile.
    if not _copy.by_slug:
        await asyncio.shield(_refreshing)
    return _copy


async def _refresh() -> None:
    try:
        await reload()
    except (OSError, PostgresError) as error:
        if not _copy.by_slug:
            raise
        log.warning("tenant_registry_stale", error=type(error).__name__)
