"""Making, stopping, moving on and removing tenants; every verb can be run again after a fall."""

import re
import secrets as random
from datetime import date
from uuid import UUID

import asyncpg
import msgspec

from infra.clock import now
from infra.ids import uuid7
from infra.migrate import Migration
from infra.phases import floor
from infra.sealed import seal
from infra.settings import settings
from tenants import registry
from tenants.clusters import (
    clone,
    close_doors,
    create_role,
    databases_of,
    grant_tables,
    owner,
    quoted,
    template,
)
from tenants.db import control, place_of
from tenants.shapes import Secrets, Site, Tenant

_LABEL = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})*")

_JOINED = """
select m.into_slug from merger m join tenant t on t.id = m.joined_id
join tenant i on i.id = m.into_id where t.slug = $1
and exists (select from merger_step s where s.merger_id = m.id and s.step = 'closed')
and not exists (select from merger_step s where s.merger_id = m.id
                and s.step in ('cancelled', 'parted'))
"""


class ProvisionError(Exception):
    """A verb that cannot be carried out; its text tells the operator why."""


async def create(
    slug: str,
    site: Site,
    migrations: list[Migration],
    *,
    cluster: str = "main",
    hosts: tuple[str, ...] = (),
    source: str | None = None,
) -> Tenant:
    """A new tenant with its own database, role and keys, still `provisioning`.

    Its database is cloned from `source`, a database nobody is connected to, or else from the
    empty migrated template.

    Running it again for a tenant left half-made finishes the work; for a finished one it
    changes nothing. The caller prepares the storage, then calls `activate`.
    """
    if not re.fullmatch(r"[a-z][a-z0-9-]{1,30}", slug):
        raise ProvisionError("a short name has 2-31 of: a-z, 0-9 and -, and begins with a letter")
    if cluster not in settings().clusters:
        raise ProvisionError(f"no cluster is called {cluster}")
    addresses = [_address(h) for h in hosts or (f"{slug}.{settings().base_domain}",)]
    await must_be_alone(slug)
    tenant = await _enter(slug, site, cluster, addresses)
    if tenant.status == "provisioning":
        await _build(tenant, migrations, source or await template(cluster, migrations))
    return tenant


async def part_of(slug: str) -> str | None:
    """The short name of the tenant whose data that one's is part of since a merger."""
    into: str | None = await control.fetch_value(_JOINED, slug)
    return into


async def must_be_alone(slug: str) -> None:
    """Raise ProvisionError for a tenant whose data is part of another one's since a merger."""
    if into := await part_of(slug):
        raise ProvisionError(f"{slug} is part of {into}: motcua tenant merge split parts them")


async def activate(tenant: Tenant) -> None:
    """Open the doors of a tenant whose parts all stand."""
    await must_be_alone(tenant.slug)
    await control.execute(
        "update tenant set status = 'active' where id = $1 and status = 'provisioning'", tenant.id
    )
    await registry.reload()


async def suspend(slug: str, reason: str, until: date | None) -> None:
    """Show a dated page instead of the tenant's doors; its data stays as it is."""
    done = await control.execute(
        "update tenant set status = 'suspended', suspended_at = $2, suspended_until = $3,"
        " suspension_reason = $4 where slug = $1 and status = 'active'",
        *(slug, now(), until, reason),
    )
    await _must_change(done, f"{slug} is not an active tenant")


async def resume(slug: str) -> None:
    """Open a suspended tenant's doors again."""
    await must_be_alone(slug)
    done = await control.execute(
        "update tenant set status = 'active', suspended_at = null, suspended_until = null,"
        " suspension_reason = null where slug = $1 and status = 'suspended'",
        slug,
    )
    await _must_change(done, f"{slug} is not suspended")


async def add_host(slug: str, host: str) -> None:
    """One more address that leads to the tenant."""
    address = _address(host)
    try:
        await control.execute(
            "insert into tenant_domain (host, tenant_id) select $2, id from tenant where slug = $1",
            *(slug, address),
        )
    except asyncpg.UniqueViolationError:
        raise ProvisionError(f"{address} already leads to a tenant") from None
    await registry.reload()


async def give_storage_key(slug: str, access: str, secret: str) -> None:
    """Let the tenant's papers be reached with credentials of its own at the object store."""
    tenant = await _read(slug)
    if tenant is None:
        raise ProvisionError(f"no tenant is called {slug}")
    secrets = msgspec.structs.replace(tenant.secrets, storage_access=access, storage_secret=secret)
    await control.execute(
        "update tenant set sealed = $2 where id = $1", tenant.id, _sealed(slug, secrets)
    )
    await registry.reload()


async def close(tenant: Tenant) -> None:
    """Let nobody in any more and start no job, before the tenant's data goes; `activate` undoes."""
    await control.execute(
        "update tenant set status = 'provisioning', suspended_at = null, suspended_until = null,"
        " suspension_reason = null where id = $1",
        tenant.id,
    )
    await registry.reload()


async def drop(tenant: Tenant) -> None:
    """Remove the tenant's database, role and registry row, for good."""
    pools, key = place_of(tenant)
    await pools.forget(key)
    async with owner(tenant.cluster) as admin:
        for name in await databases_of(admin, tenant.database):
            await admin.execute(f"drop database if exists {quoted(name)} with (force)")
        await admin.execute(f"drop role if exists {quoted(tenant.role)}")
    await control.execute("delete from tenant where id = $1", tenant.id)
    await registry.reload()


async def note(actor: str, act: str, slug: str | None, **detail: object) -> None:
    """Leave a row about what the vendor did."""
    await control.execute(
        "insert into operation (id, at, actor, act, tenant_slug, detail)"
        " values ($1, $2, $3, $4, $5, $6)",
        *(uuid7(), now(), actor, act, slug, msgspec.json.encode(detail).decode()),
    )


def _address(host: str) -> str:
    """A host as browsers send it; ProvisionError when none ever would, or it is the vendor's."""
    name = host.lower()
    if not _HOST.fullmatch(name):
        raise ProvisionError(f"{host!r} is no host name: leave out scheme, port and path")
    if name == settings().ops_host:
        raise ProvisionError(f"{name} is the vendor's own address")
    return name


async def _enter(slug: str, site: Site, cluster: str, hosts: list[str]) -> Tenant:
    known = await _read(slug)
    if known is not None:
        return known
    name = f"motcua_{slug.replace('-', '_')}"
    secrets = Secrets(password=random.token_urlsafe(24), key=random.token_bytes(32))
    sealed = _sealed(slug, secrets)
    identity = uuid7()
    try:
        await control.execute(
            "with t as (insert into tenant (id, slug, status, cluster, database, role, bucket,"
            " sealed, site, created_at) values ($1, $2, 'provisioning', $3, $4, $4, $5, $6, $7, $8)"
            " returning id) insert into tenant_domain (host, tenant_id, is_primary)"
            " select h, t.id, n = 1 from t, unnest($9::text[]) with ordinality as u(h, n)",
            *(identity, slug, cluster, name, f"motcua-{slug}", sealed),
            *(msgspec.json.encode(site).decode(), now(), hosts),
        )
    except asyncpg.UniqueViolationError:
        raise ProvisionError(f"{slug} or one of {', '.join(hosts)} is taken") from None
    tenant = await _read(slug)
    assert tenant is not None
    return tenant


def _sealed(slug: str, secrets: Secrets) -> bytes:
    return seal(settings().key, msgspec.json.encode(secrets), f"tenant:{slug}")


async def _build(tenant: Tenant, migrations: list[Migration], source: str) -> None:
    async with owner(tenant.cluster) as admin:
        await create_role(admin, tenant.role, tenant.secrets.password, generated=True)
        exists = await admin.fetchval(
            "select 1 from pg_database where datname = $1", tenant.database
        )
        if not exists:
            await clone(admin, source, tenant.database)
        await close_doors(admin, tenant.database, tenant.role)
    async with owner(tenant.cluster, tenant.database) as connection:
        await grant_tables(connection, tenant.role)
    newest = len(migrations)
    await raise_floor(tenant.id, floor(migrations, newest))
    await record_version(tenant.id, newest, None)


async def record_version(tenant_id: UUID, version: int, error: str | None) -> None:
    """Write down which version a tenant's database is on, and what stopped it, if anything."""
    await control.execute(
        "update tenant set schema_version = $2, schema_error = $3 where id = $1",
        *(tenant_id, version, error),
    )


async def raise_floor(tenant_id: UUID, lowest: int) -> None:
    """Keep releases that know fewer migrations away from a tenant, before it loses what they
    need."""
    await control.execute(
        "update tenant set schema_floor = greatest(schema_floor, $2) where id = $1",
        *(tenant_id, lowest),
    )


async def _read(slug: str) -> Tenant | None:
    await registry.reload()
    return await registry.by_slug(slug)


async def _must_change(tag: str, otherwise: str) -> None:
    if tag == "UPDATE 0":
        raise ProvisionError(otherwise)
    await registry.reload()
