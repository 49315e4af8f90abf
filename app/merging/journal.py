"""How far a merger has come, in the control plane: one that was cut short goes on with the rest."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import msgspec

from app.merging.refusals import MergeRefused
from infra.clock import now
from infra.dsn import Address
from infra.ids import uuid7
from infra.settings import settings
from tenants.clusters import owner
from tenants.db import control
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
_STEPS = "select step from merger_step where merger_id = $1"
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
        if not await connection.fetchval("select pg_try_advisory_lock($1)", _LOCK):
            raise MergeRefused("another merger or split is at work: wait until it is over")
        yield


class Journal:
    """One merger and what of it is done."""

    def __init__(self, merger: UUID, into_id: UUID, digest: bytes, done: set[str], by: str) -> None:
        self.id = merger
        self.into_id = into_id
        self.digest = digest
        self.done = done
        self._by = by

    @property
    def over(self) -> bool:
        """Whether it came to nothing, or both stand alone again."""
        return bool(self.done & {"cancelled", "parted"})

    async def note(self, step: str, **detail: object) -> None:
        """Write down that a step is done; said again it is nothing."""
        told = msgspec.json.encode(detail).decode()
        await control.execute(_STEP, self.id, step, told, now(), self._by)
        self.done.add(step)


async def last(joined: Tenant, by: str) -> Journal | None:
    """The latest merger of a tenant into another one."""
    row = await control.fetch_row(_LAST, joined.id)
    if row is None:
        return None
    done = {each["step"] for each in await control.fetch(_STEPS, row["id"])}
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
    return Journal(merger, into.id, digest, set(), by)
