"""Taking a tenant in from a bag: database, files and books, closed until somebody opens its doors.

Every step is written down in the control database when it is done, so one that was cut short goes
on with the rest; a step that was half done is done again.
"""

from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import asyncpg

from app.chains import tenant_chain
from app.leaving import admitting, books, going, loading, reading
from app.leaving.admitting import Refused, Told
from app.leaving.catalogue import Table, tables
from app.leaving.reading import Lines, Package
from app.leaving.refusals import LeavingRefused
from app.trail import sealing
from infra.clock import now
from infra.dsn import Address
from infra.ids import uuid7
from infra.settings import settings
from storage.store import store_of
from tenants import provision, registry, upgrade
from tenants.clusters import owner
from tenants.db import control
from tenants.holding import held
from tenants.shapes import Tenant

_BEGIN = """
insert into arrival (id, tenant_slug, bag_digest, came_from, begun_at, begun_by)
values ($1, $2, $3, $4, $5, $6)
"""
_LAST = """
select id, bag_digest from arrival where tenant_slug = $1 order by begun_at desc limit 1
"""
_STEP = "insert into arrival_step (arrival_id, step, amount, done_at) values ($1, $2, $3, $4)"
_DONE = "select step, amount from arrival_step where arrival_id = $1"
_TRUST = """
insert into trail_break (id, tenant_id, seq, public_key, at, actor, reason)
values ($1, $2, $3, $4, $5, $6, $7)
"""
_WHOLE = "whole"
_STEP_OF = "tenant "
_REFUSED = "refused "


class Arrived(NamedTuple):
    """A tenant that is here, its doors still closed."""

    tenant: Tenant
    rows: int
    files: int
    waiting: int  # messages that will be sent once it is open
    trail: list[str]  # what its trail's seals do not vouch for
    refused: list[Told]  # files that were not let in


class _Arrival:
    """One arrival and what of it is done."""

    def __init__(self, id_: UUID, done: dict[str, int]) -> None:
        self.id = id_
        self.done = done

    async def finish(self, step: str, amount: int) -> None:
        if step in self.done:
            return
        await control.execute(_STEP, self.id, step, amount, now())
        self.done[step] = amount


async def take_in(
    slug: str,
    folder: Path,
    *,
    by: str,
    resume: bool = False,
    cluster: str = "main",
    hosts: tuple[str, ...] = (),
) -> Arrived:
    """Make a tenant of what a bag brings; `by` is who asks for it.

    The tenant stays closed: `open_doors` lets people in. Raises LeavingRefused, ProvisionError.
    """
    package = reading.checked(folder)
    async with held(slug):
        return await _take_in(slug, package, by, resume, cluster, hosts)


async def _take_in(
    slug: str, package: Package, by: str, resume: bool, cluster: str, hosts: tuple[str, ...]
) -> Arrived:
    chain = reading.known_steps(package, tenant_chain())
    arrival = await _begun(slug, package, by, resume)
    tenant = await provision.create(slug, package.site, chain, cluster=cluster, hosts=hosts)
    await arrival.finish(_step_of(tenant), 0)
    await store_of(tenant).prepare()
    async with owner(tenant.cluster, tenant.database) as connection:
        await connection.execute("set timezone = 'UTC'")
        rows = await _tables(connection, package, arrival)
        await _settle(connection, arrival)
        trail = await _trust_seals(connection, tenant, arrival, by)
        files = await _files(connection, tenant, package, arrival)
    rows += await _books(tenant, package, arrival)
    for outcome in await upgrade.upgrade(tenant_chain(), [slug]):
        if outcome.error:
            raise LeavingRefused(
                f"{slug} could not be brought to the newest schema: {outcome.error}"
            )
    return await _whole(tenant, arrival, rows, files, trail)


async def open_doors(slug: str) -> Tenant:
    """Let people into a tenant that is here whole; raises LeavingRefused."""
    await registry.reload()
    tenant = await registry.by_slug(slug)
    if tenant is None:
        raise LeavingRefused(f"{slug} has not arrived whole: run tenant import with --resume")
    await must_be_whole(tenant)
    await going.refuse(tenant)
    await provision.activate(tenant)
    return tenant


async def must_be_whole(tenant: Tenant) -> None:
    """Raise LeavingRefused for a tenant whose arrival is not over."""
    last = await control.fetch_row(_LAST, tenant.slug)
    done = {row["step"] for row in await control.fetch(_DONE, last["id"])} if last else set()
    if _step_of(tenant) in done and _WHOLE not in done:
        raise LeavingRefused(
            f"{tenant.slug} has not arrived whole: run tenant import with --resume"
        )


def _step_of(tenant: Tenant) -> str:
    """The step that ties an arrival to the tenant made for it: names come again, ids do not."""
    return f"{_STEP_OF}{tenant.id}"


async def _begun(slug: str, package: Package, by: str, resume: bool) -> _Arrival:
    last = await control.fetch_row(_LAST, slug)
    digest = bytes.fromhex(package.digest)
    await registry.reload()
    known = await registry.by_slug(slug)
    if last is not None and known is not None and known.status == "provisioning":
        done = {row["step"]: row["amount"] for row in await control.fetch(_DONE, last["id"])}
        other = any(step.startswith(_STEP_OF) for step in done) and _step_of(known) not in done
        if not resume or last["bag_digest"] != digest or _WHOLE in done or other:
            raise LeavingRefused(f"{slug} is arriving or has arrived; --resume needs the same bag")
        return _Arrival(last["id"], done)
    if known is not None:
        raise LeavingRefused(f"{slug} is taken; a tenant arrives under a name of its own")
    arrival = _Arrival(uuid7(), {})
    await control.execute(_BEGIN, arrival.id, slug, digest, package.source, now(), by)
    return arrival


async def _tables(connection: asyncpg.Connection, package: Package, arrival: _Arrival) -> int:
    here = {table.name: table for table in await tables(connection)}
    theirs = [each for each in package.tables if each.group == "tables"]
    if strange := sorted({each.table for each in theirs} - here.keys()):
        raise LeavingRefused(f"here is no table called {', '.join(strange)}")
    for lines in theirs:
        step = f"table {lines.table}"
        if step not in arrival.done:
            count = await loading.load(connection, lines, here[lines.table])
            await arrival.finish(step, count)
    return sum(each.rows for each in theirs)


async def _settle(connection: asyncpg.Connection, arrival: _Arrival) -> None:
    """References are looked at when all rows are there."""
    if "references" in arrival.done:
        return
    if wrong := await loading.orphans(connection):
        raise LeavingRefused("; ".join(wrong))
    await loading.set_sequences(connection)
    await connection.execute("vacuum (analyze)")
    await arrival.finish("references", 0)


async def _trust_seals(
    connection: asyncpg.Connection, tenant: Tenant, arrival: _Arrival, by: str
) -> list[str]:
    """Keep trusting the keys that sealed the trail so far; what they do not vouch for."""
    rows = await connection.fetch("select max(seq) as seq, public_key from trail_seal group by 2")
    keys = [bytes(row["public_key"]) for row in rows]
    if "seals" not in arrival.done:
        last = max((row["seq"] for row in rows), default=0)
        for key in keys:
            values = (uuid7(), tenant.id, last, key, now(), by, f"arrival {arrival.id}")
            await control.execute(_TRUST, *values)
        await arrival.finish("seals", len(keys))
    verdict = await sealing.verify(connection.fetch, keys=keys)
    return [finding.line for finding in verdict.findings if finding.what != "late"]


async def _files(
    connection: asyncpg.Connection, tenant: Tenant, package: Package, arrival: _Arrival
) -> int:
    """Every file of the bag that an upload might have brought; each that might not is a step."""
    if "files" in arrival.done:
        return arrival.done["files"]
    store, count = store_of(tenant), 0
    ours = await admitting.is_ours(package.digest)
    for group in admitting.groups(package.folder / "data/tables/stored_object.jsonl"):
        refused = await admitting.let_in(connection, store, package.folder, group, ours=ours)
        for each in refused:
            await arrival.finish(f"{_REFUSED}{each.id} {each.code}", 0)
        count += len(group) - len(refused)
    await arrival.finish("files", count)
    return count


def _refused(arrival: _Arrival) -> list[Refused]:
    """The files that were not let in, by this run or one before it."""
    steps = (step for step in arrival.done if step.startswith(_REFUSED))
    return [Refused(*step.removeprefix(_REFUSED).split(" ")) for step in steps]


async def _books(tenant: Tenant, package: Package, arrival: _Arrival) -> int:
    """The contract, the usage and the bills, as this tenant's; all or nothing."""
    theirs = {each.table: each for each in package.tables if each.group == "books"}
    if "books" not in arrival.done:
        database = Address.parse(settings().control_dsn).database
        async with owner("main", database) as connection, connection.transaction():
            await connection.execute("set local timezone = 'UTC'")
            # One that was cut short after its commit has brought all of them.
            if not await books.any_of(connection, tenant.id):
                for table in await books.carried(connection):
                    if lines := theirs.get(table.name):
                        await _book(connection, tenant, table, lines)
        await arrival.finish("books", sum(each.rows for each in theirs.values()))
    return arrival.done["books"]


async def _book(connection: asyncpg.Connection, tenant: Tenant, table: Table, lines: Lines) -> None:
    given = books.owned_by(table.name, tenant)
    known = table.name in books.OWN_IDS
    await loading.insert(connection, lines, table, given=given, spare_known=known)


async def _whole(
    tenant: Tenant, arrival: _Arrival, rows: int, files: int, trail: list[str]
) -> Arrived:
    await registry.reload()
    tenant = await registry.by_slug(tenant.slug) or tenant
    await arrival.finish(_WHOLE, rows)
    async with owner(tenant.cluster, tenant.database) as connection:
        waiting = await connection.fetchval("select count(*) from notice where state = 'pending'")
        refused = await admitting.told(connection, _refused(arrival))
    return Arrived(tenant, rows, files, waiting, trail, refused)
