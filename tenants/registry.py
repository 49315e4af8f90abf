"""Which tenant a host belongs to, from a copy in memory that is refreshed every few seconds.

The copy keeps serving when the control database does not answer: a province must not stop because
the vendor's books do.
"""

import asyncio
import time
from typing import NamedTuple

import asyncpg
import msgspec
import structlog
from asyncpg.exceptions import PostgresError

from infra.sealed import unseal_by
from infra.settings import settings
from tenants.db import control
from tenants.shapes import Secrets, Site, Tenant

log = structlog.get_logger()

_FRESH_SECONDS = 3.0
_COLUMNS = """
select t.*, d.host as primary_host,
       array(select host from tenant_domain where tenant_id = t.id) as hosts
from tenant t join tenant_domain d on d.tenant_id = t.id and d.is_primary
"""


class _Copy(NamedTuple):
    by_host: dict[str, Tenant]
    by_slug: dict[str, Tenant]
    read_at: float


_copy = _Copy({}, {}, float("-inf"))
_refreshing: asyncio.Task[None] | None = None


async def by_host(host: str) -> Tenant | None:
    """The tenant of a host name without port, whatever its status; None for a stranger."""
    return (await _current()).by_host.get(host.lower())


async def by_slug(slug: str) -> Tenant | None:
    """The tenant of that short name, whatever its status."""
    return (await _current()).by_slug.get(slug)


async def every() -> list[Tenant]:
    """All tenants, in the order of their short names."""
    return sorted((await _current()).by_slug.values(), key=lambda tenant: tenant.slug)


async def active() -> list[Tenant]:
    """The tenants whose work goes on; a suspended one still gets its notices sent."""
    return [tenant for tenant in await every() if tenant.status != "provisioning"]


async def reload() -> None:
    """Read all tenants now; raises what the control database raises."""
    global _copy
    rows = await control.fetch(_COLUMNS)
    found = [(tenant_of(row), row["hosts"]) for row in rows]
    _copy = _Copy(
        by_host={host: tenant for tenant, hosts in found for host in hosts},
        by_slug={tenant.slug: tenant for tenant, _ in found},
        read_at=time.monotonic(),
    )


def forget() -> None:
    """Drop the copy; the next question reads anew."""
    global _copy, _refreshing
    _copy, _refreshing = _Copy({}, {}, float("-inf")), None


def tenant_of(row: asyncpg.Record) -> Tenant:
    """A registry row as a Tenant, its secrets unsealed."""
    plain = unseal_by(settings().keys, row["sealed"], f"tenant:{row['slug']}")
    names = {f.name for f in msgspec.structs.fields(Tenant)} - {"secrets", "site", "host"}
    return Tenant(
        secrets=msgspec.json.decode(plain, type=Secrets),
        site=msgspec.json.decode(row["site"], type=Site),
        host=row["primary_host"],
        **{name: row[name] for name in names},
    )


async def _current() -> _Copy:
    global _refreshing
    age = time.monotonic() - _copy.read_at
    if age < _FRESH_SECONDS:
        return _copy
    if _refreshing is None or _refreshing.done():
        _refreshing = asyncio.create_task(_refresh())
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
