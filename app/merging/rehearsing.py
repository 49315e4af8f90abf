"""A merger and its split played through on copies of both, while both are at work (diễn tập)."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from app.chains import tenant_chain
from app.leaving import loading
from app.leaving.catalogue import tables
from app.merging import closing, comparing, planning, running, splitting
from app.merging.piping import pipe
from app.merging.refusals import MergeRefused
from app.merging.shapes import Plan
from app.merging.sides import alone
from billing import queries
from infra.clock import now
from storage.store import store_of
from tenants import addresses, provision, registry, takeovers
from tenants.clusters import owner, quoted, unhurried
from tenants.shapes import Tenant

# The copy's past was metered and collected where it happened.
_NOT_COPIED = ("usage_pending",)


class Rehearsed(msgspec.Struct, kw_only=True):
    """How it went; of the files nothing is copied."""

    copied_seconds: float
    merged_seconds: float  # how long the joining tenant would have been closed
    split_seconds: float  # how long nobody could have written, should they part again
    rows: int
    differing: list[list[str]]  # tables not as they were after merger and split, on both sides

    @property
    def whole(self) -> bool:
        """Whether both were as before in the end."""
        return not any(self.differing)

    @property
    def lines(self) -> list[str]:
        """What an operator wants to know."""
        told = [
            f"copies were made in {self.copied_seconds} s; {self.rows} rows went along",
            f"the joining tenant would be closed for {self.merged_seconds} s",
            f"a split would keep people from writing for {self.split_seconds} s",
        ]
        for side, names in zip(("receiving", "joining"), self.differing, strict=True):
            told.append(f"{side}: " + (f"differs in {', '.join(names)}" if names else "as before"))
        return told


async def rehearse(joining: Tenant, into: Tenant, plan: Plan | None = None) -> Rehearsed:
    """Copy both, merge and split the copies, compare, remove the copies again.

    `plan` is what was decided so far; without one, or where it has nothing, what was proposed.
    """
    began = time.monotonic()
    async with _copy(into, "nhan") as ours, _copy(joining, "vao") as theirs:
        copied = round(time.monotonic() - began, 1)
        await closing.shut(theirs)
        before = [await comparing.digests(each) for each in (ours, theirs)]
        merged = await running.run(theirs, ours, await _decided(theirs, ours, plan), by="rehearsal")
        parted = await splitting.split(theirs, ours, by="rehearsal")
        after = [await comparing.digests(each) for each in (ours, theirs)]
        return Rehearsed(
            copied_seconds=copied,
            merged_seconds=merged.paused_seconds,
            split_seconds=parted.paused_seconds,
            rows=merged.rows,
            differing=[comparing.differing(*pair) for pair in zip(before, after, strict=True)],
        )


async def _decided(theirs: Tenant, ours: Tenant, plan: Plan | None) -> Plan:
    found = await planning.plan(theirs, ours)
    said = {meeting.place: meeting.decision for meeting in plan.meetings} if plan else {}
    meetings = [
        msgspec.structs.replace(meeting, decision=said.get(meeting.place))
        for meeting in found.meetings
    ]
    return planning.proposed(msgspec.structs.replace(found, meetings=meetings))


@asynccontextmanager
async def _copy(tenant: Tenant, side: str) -> AsyncIterator[Tenant]:
    """A tenant with the same rows, its doors closed; gone afterwards.

    It is never open, not even when the merger is over: its messages have been sent by another.
    """
    slug = f"dien-tap-{side}-{tenant.slug}"[:31].rstrip("-")
    await _clear(slug)
    made = await provision.create(slug, tenant.site, tenant_chain(), cluster=tenant.cluster)
    try:
        await _fill(made, tenant)
        yield made
    finally:
        await _clear(slug)


async def _clear(slug: str) -> None:
    """Remove a copy, also one that a killed rehearsal has left."""
    await registry.reload()
    made = await registry.by_slug(slug)
    if made is None:
        return
    if made.status != "provisioning" or await queries.contracts(made.id):
        raise MergeRefused(f"a rehearsal needs the short name {slug}, which is a tenant's own")
    for each in await takeovers.in_force():
        if each.former.id == made.id:
            await addresses.give_back(joined=made.id, into=each.into_id, at=now())
    await store_of(made).erase()
    await provision.drop(made)


async def _fill(made: Tenant, tenant: Tenant) -> None:
    async with (
        owner(tenant.cluster, tenant.database) as source,
        owner(made.cluster, made.database) as target,
        source.transaction(isolation="repeatable_read", readonly=True),
        target.transaction(),
    ):
        await unhurried(target)
        await unhurried(source)
        await alone(target)
        for table in await tables(source):
            if table.name not in _NOT_COPIED:
                columns = [column.name for column in table.columns]
                names = ", ".join(map(quoted, columns))
                query = f"select {names} from {quoted(table.name)}"  # noqa: S608
                await pipe(source, query, target, table.name, columns)
        await loading.set_sequences(target)
        await target.execute("analyze")
