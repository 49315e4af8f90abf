"""Restore drills: a backup is what was restored; the rest is a hope.

A whole cluster is rolled forward to the moment of each mark in turn, and each tenant's database
must hold exactly what it held then. A tenant's own copy is loaded into an empty cluster and held
against what its snapshot held. What else there is to look at, files and trail, the caller does.
"""

import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID, uuid4

import asyncpg

from infra import parts
from infra.clock import now
from infra.dsn import Address
from infra.embedded.postgres import Postgres
from infra.embedded.restored import Restored
from infra.ids import uuid7
from infra.postgres_programs import directory, feed
from infra.settings import settings
from tenants.backup import believing, keyring, marks, opening, places
from tenants.backup.counting import Tables, contents, differences, told
from tenants.backup.layout import tenant_home
from tenants.backup.marks import Mark
from tenants.backup.places import Found
from tenants.backup.shapes import BackupError, cause
from tenants.db import control
from tenants.shapes import Tenant

_PAUSED = "select pg_get_wal_replay_pause_state() = 'paused'"
_FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class Seen(NamedTuple):
    """What the caller found in a restored database beside its tables."""

    files: int = 0
    trail: str = "not_checked"
    failure: str | None = None


class NothingMarked(BackupError):
    """A young installation has nothing yet to hold a restore against."""


class Drill(NamedTuple):
    """How a tenant came out of a drill."""

    tenant_slug: str
    target_at: datetime
    seconds: float
    tables: int
    rows: int
    seen: Seen
    failure: str | None

    @property
    def passed(self) -> bool:
        """Whether everything was as it had been."""
        return self.failure is None


# A tenant, its restored database, and the moment that is as of.
Look = Callable[[UUID, asyncpg.Connection, datetime], Awaitable[Seen]]


async def nothing_more(_tenant: UUID, _connection: asyncpg.Connection, _at: datetime) -> Seen:
    """Look at the tables alone."""
    return Seen()


async def of_cluster(cluster: str, look: Look = nothing_more) -> list[Drill]:
    """Restore the newest base that was marked since, to each mark's place in the log.

    A row for each tenant. Raises BackupError when there is nothing to drill.
    """
    found, wanted = await _newest_marked(cluster)
    began, drills = time.monotonic(), []
    async with opening.opened(found, wanted[-1].at) as server:
        for mark in wanted:
            drills.append(await _hold_against(server, mark, look, began))
            await _keep("cluster", found, mark.tenant_id, drills[-1], cluster)
            began = time.monotonic()
    return drills


async def can_drill(cluster: str) -> bool:
    """Whether there is a base backup with a mark after it."""
    try:
        await _newest_marked(cluster)
    except NothingMarked:
        return False
    return True


async def of_own(tenant: Tenant, look: Look = nothing_more) -> Drill:
    """Load the tenant's newest own copy into an empty cluster; raises BackupError without one."""
    sets = await believing.finding(tenant_home(tenant.id) + "/dump/")
    if not sets:
        raise BackupError(f"{tenant.slug} has no backup of its own")
    began, found = time.monotonic(), sets[-1]
    home = Path(settings().backup_root) / f"drill-{uuid4().hex[:12]}"
    server = Postgres(home, settings=_FAST, programs=directory())
    try:
        with server:
            drill = await _load_into(server, tenant, found, look, began)
    finally:
        server.erase()
    await _keep("dump", found, tenant.id, drill, tenant.cluster)
    return drill


async def _newest_marked(cluster: str) -> tuple[Found, list[Mark]]:
    """The newest base with marks the archived log reaches beyond."""
    reached = await control.fetch_value(_REACHED, cluster)
    bases = await believing.finding(f"clusters/{cluster}-")
    for found in reversed([each for each in bases if each.manifest.kind == "base"]):
        wanted = await marks.since(cluster, found.manifest.reaches_at, reached or now())
        newest = {mark.tenant_id: mark for mark in wanted}
        if newest:
            return found, sorted(newest.values(), key=lambda mark: mark.at)
    raise NothingMarked(f"{cluster} has no base backup with a mark after it yet")


async def _hold_against(server: Restored, mark: Mark, look: Look, began: float) -> Drill:
    user = server.owner
    try:
        async with server.rolled_to(lsn=mark.lsn, hold=True):
            async with opening.asking(server, "postgres", user) as admin:
                await opening.until(admin, _PAUSED)
            async with opening.asking(server, mark.database, user) as connection:
                tables = await contents(connection)
                seen = await look(mark.tenant_id, connection, mark.at)
        return _judged(mark.tenant_slug, mark.at, began, mark.tables, tables, seen)
    except Exception as error:
        return Drill(mark.tenant_slug, mark.at, _since(began), 0, 0, Seen(), cause(error))


async def _load_into(
    server: Postgres, tenant: Tenant, found: Found, look: Look, began: float
) -> Drill:
    manifest = found.manifest
    address = Address.parse(server.dsn)
    admin = await asyncpg.connect(**address.keywords())
    try:
        # The copy names the tenant's role; here it may not even sign in.
        await admin.execute(f'create role "{tenant.role}" nologin')
        key = await keyring.read(manifest.id, tenant.secrets.key)
        manifest = await places.trusted(found, key)
        stream = parts.read(found.archives, found.home, key, manifest.digests)
        async with aclosing(stream):
            options = ("--no-owner", "--exit-on-error", "--no-password", "--dbname=postgres")
            await feed(stream, "pg_restore", *options, address=address)
        tables = await contents(admin)
        seen = await look(tenant.id, admin, manifest.reaches_at)
        return _judged(tenant.slug, manifest.reaches_at, began, manifest.tables, tables, seen)
    except Exception as error:
        at, gone = manifest.reaches_at, _since(began)
        return Drill(tenant.slug, at, gone, 0, 0, Seen(), cause(error))
    finally:
        await admin.close()


def _judged(
    slug: str, at: datetime, began: float, wanted: Tables, found: Tables, seen: Seen
) -> Drill:
    failure = told(differences(wanted, found)) or seen.failure
    rows = sum(count for count, _ in found.values())
    return Drill(slug, at, _since(began), len(found), rows, seen, failure or None)


def _since(began: float) -> float:
    return round(time.monotonic() - began, 1)


async def _keep(kind: str, found: Found, tenant_id: UUID, drill: Drill, cluster: str) -> None:
    await control.execute(
        _KEEP,
        *(uuid7(), now(), kind, found.manifest.id, cluster, tenant_id, drill.tenant_slug),
        *(drill.target_at, drill.seconds, drill.passed, drill.tables, drill.rows),
        *(drill.seen.files, drill.seen.trail, drill.failure and drill.failure[:500]),
    )


_REACHED = "select max(reaches_at) from backup_set where kind = 'wal' and cluster = $1"
_KEEP = """
insert into restore_drill (id, at, kind, set_id, cluster, tenant_id, tenant_slug, target_at,
    seconds, passed, tables, rows, objects, trail, failure)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9::float8::numeric, $10, $11, $12, $13, $14, $15)
"""
