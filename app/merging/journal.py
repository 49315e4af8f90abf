"""How far a merger has come, in the control plane: one that was cut short goes on with the rest."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import UUID

import msgspec

from app.merging.refusals import MergeRefused
from infra.clock import now
from infra.dsn import Address
from infra.ids import uuid7
from infra.owner_lock import send_others_away
from infra.settings import settings
from tenants import provision
from tenants.clusters import owner, unhurried
from tenants.db import control
from tenants.holding import held
from tenants.shapes import Tenant

# Any fixed number serves; nothing else in the control database locks by it.
_LOCK = 0x6D6F746D
_BEGIN = """
insert into merger (id, joined_id, joined_slug, into_id, into_slug, plan_digest, begun_at, begun_by)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_LAST = """
select id, into_id, into_slug, plan_digest from merger where joined_id = $1
order by begun_at desc, id desc limit 1
"""
_STEPS = "select step, detail::text as detail from merger_step where merger_id = $1"
_UNFINISHED = """
select m.joined_slug from merger m where m.into_id = $1 and m.joined_id <> $2
and exists (select from merger_step s where s.merger_id = m.id and s.step in ('closed', 'parting'))
and not exists (select from merger_step s where s.merger_id = m.id
                and (s.step in ('cancelled', 'parted') or s.step = 'whole' and not exists (
                    select from merger_step p where p.merger_id = m.id and p.step = 'parting')))
limit 1
"""
_STEP = """
insert into merger_step (merger_id, step, detail, done_at, done_by) values ($1, $2, $3, $4, $5)
on conflict do nothing
"""


@asynccontextmanager
async def only_one() -> AsyncIterator[None]:
    """One merger or split at a time: what one of them opens again another may just have closed.

    Raises MergeRefused while another is at work; one that was killed is none.
    """
    database = Address.parse(settings().control_dsn).database
    async with owner("main", database) as connection:
        await unhurried(connection)
        await send_others_away(connection, _LOCK)
        if not await connection.fetchval("select pg_try_advisory_lock($1)", _LOCK):
            raise MergeRefused("another merger or split is at work: wait until it is over")
        yield


@asynccontextmanager
async def holding(*tenants: Tenant) -> AsyncIterator[None]:
    """Keep the tenants from being removed or given another database meanwhile. Raises Held."""
    async with AsyncExitStack() as stack:
        for tenant in tenants:
            await stack.enter_async_context(held(tenant.slug, beside="merger"))
        yield


Steps = dict[str, dict[str, Any]]  # what is done, with what was noted of it


class Journal:
    """One merger and what of it is done."""

    def __init__(self, merger: UUID, into_id: UUID, digest: bytes, done: Steps, by: str) -> None:
        self.id = merger
        self.into_id = into_id
        self.digest = digest
        self.done = done
        self._by = by

    @property
    def over(self) -> bool:
        """Whether it came to nothing, or both stand alone again."""
        return bool(self.done.keys() & {"cancelled", "parted"})

    @property
    def was_open(self) -> bool:
        """Whether who joined let people in until it was closed for the merger."""
        return bool(self.done.get("closed", {}).get("open", True))

    async def note(self, step: str, **detail: object) -> None:
        """Write down that a step is done; said again it is nothing."""
        told = msgspec.json.encode(detail).decode()
        await control.execute(_STEP, self.id, step, told, now(), self._by)
        self.done.setdefault(step, detail)


async def last(joined: Tenant, by: str) -> Journal | None:
    """The latest merger of a tenant into another one."""
    row = await control.fetch_row(_LAST, joined.id)
    if row is None:
        return None
    steps = await control.fetch(_STEPS, row["id"])
    done = {each["step"]: msgspec.json.decode(each["detail"]) for each in steps}
    return Journal(row["id"], row["into_id"], bytes(row["plan_digest"]), done, by)


async def begun(joined: Tenant, into: Tenant, digest: bytes, by: str) -> Journal:
    """The merger to go on with, or a new one, which ends one under another plan that had moved
    nothing. Raises MergeRefused for who has joined somebody else."""
    known = await last(joined, by)
    if known is not None and not known.over:
        if known.into_id != into.id or "parting" in known.done:
            raise MergeRefused(f"{joined.slug} has joined another tenant, or is being split off")
        if known.digest == digest:
            return known
        await known.note("cancelled", why="another plan")
    merger = uuid7()
    values = (joined.id, joined.slug, into.id, into.slug, digest, now(), by)
    await control.execute(_BEGIN, merger, *values)
    return Journal(merger, into.id, digest, {}, by)


async def must_stand(tenant: Tenant, besides: Tenant) -> None:
    """Raise for a tenant that is part of another one, or of which `must_be_over` does."""
    await provision.must_be_alone(tenant.slug)
    await must_be_over(tenant, besides)


async def must_be_over(tenant: Tenant, besides: Tenant) -> None:
    """Raise MergeRefused while a merger into this tenant, or a split from it, is half done with
    somebody else than `besides`: its database has not all there is, or more than its own."""
    other = await control.fetch_value(_UNFINISHED, tenant.id, besides.id)
    if other is not None:
        raise MergeRefused(f"the merger or split of {other} and {tenant.slug} comes first: end it")
