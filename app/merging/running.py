"""Carrying a merger out, step by step: before `moved` nothing has happened, after it all of it has.

Each step may be repeated; one that was killed is done again, and what was done before is passed.
"""

import hashlib
import time
from uuid import UUID

import asyncpg
import msgspec

from app.leaving import going
from app.merging import closing, files, journal, moving, rules
from app.merging.journal import Journal
from app.merging.refusals import MergeRefused
from app.merging.shapes import Plan
from app.merging.sides import Sides, settled, sides
from infra.clock import now
from tenants import addresses, provision, registry
from tenants.clusters import owner
from tenants.shapes import Tenant

_HERE = "select true from merger where id = $1"


class Merged(msgspec.Struct, kw_only=True):
    """What a merger did; of a step that an earlier run has done nothing is told."""

    id: UUID
    rows: int = 0
    same: int = 0  # rows that became rows of ours
    stayed: int = 0
    files: int = 0
    lost: list[str] = []  # files the store did not hold
    paused_seconds: float = 0.0  # how long nobody could write


async def run(joining: Tenant, into: Tenant, plan: Plan, *, by: str) -> Merged:
    """Make `joining` part of `into` as decided. Raises MergeRefused; then both are as before."""
    _must_fit(joining, into, plan)
    _must_let_in(joining, into)
    async with journal.only_one(), journal.holding(joining, into):
        for each in (joining, into):
            await going.refuse(each)
        return await _run(joining, into, plan, by)


async def _run(joining: Tenant, into: Tenant, plan: Plan, by: str) -> Merged:
    await journal.must_stand(into, besides=joining)
    await journal.must_be_over(joining, besides=into)
    digest = hashlib.sha256(msgspec.json.encode(plan, order="deterministic")).digest()
    known = await journal.last(joining, by)
    if known and not known.over and known.digest != digest and await has_moved(into, known.id):
        raise MergeRefused(f"{joining.slug} has joined {into.slug} under another plan: give that")
    book = await journal.begun(joining, into, digest, by)
    done = Merged(id=book.id)
    async with sides(into, joining) as both:
        if "moved" not in book.done:
            await _bring(both, joining, into, plan, book, done)
    await _lead_here(joining, into, book)
    return done


async def cancel(joining: Tenant, *, by: str) -> None:
    """Give a merger up that has not moved anything, because it was cut short or because the
    receiving tenant is again what it was before: the joining one works on.

    Raises MergeRefused when there is none, or when it has moved.
    """
    async with journal.only_one(), journal.holding(joining):
        await _cancel(joining, by)


async def _cancel(joining: Tenant, by: str) -> None:
    book = await journal.last(joining, by)
    if book is None or book.over:
        raise MergeRefused(f"no merger of {joining.slug} is under way")
    if "parting" in book.done:
        raise MergeRefused(f"{joining.slug} is being split off: run the split again to end it")
    await registry.reload()
    into = next((t for t in await registry.every() if t.id == book.into_id), None)
    if into is not None and await has_moved(into, book.id):
        raise MergeRefused(f"{joining.slug} has joined {into.slug}: run the merger again to end it")
    if led := await addresses.led(joining.id):
        await addresses.give_back(joined=joining.id, into=led[0].into, at=now())
    await closing.open_again(joining, was_open=bool(led) and book.was_open)
    await book.note("cancelled")


async def has_moved(into: Tenant, merger: UUID) -> bool:
    """Whether the rows have come; the receiving database alone knows."""
    async with owner(into.cluster, into.database) as connection:
        return await _has_come(connection, merger)


async def _has_come(connection: asyncpg.Connection, merger: UUID) -> bool:
    await settled(connection)
    return bool(await connection.fetchval(_HERE, merger))


def _must_fit(joining: Tenant, into: Tenant, plan: Plan) -> None:
    if joining.id == into.id or (plan.joined_id, plan.into_id) != (joining.id, into.id):
        raise MergeRefused(f"this plan is for {plan.joined} and {plan.into}, as they were then")
    if faults := rules.faults(plan):
        raise MergeRefused(f"{len(faults)} are not decided: {'; '.join(faults[:5])}")


def _must_let_in(joining: Tenant, into: Tenant) -> None:
    """Who is served by the joining one today would stand before a closed door."""
    if joining.status == "active" and into.status != "active":
        raise MergeRefused(
            f"{into.slug} is {into.status}, so nobody of {joining.slug} would get in: open it first"
        )


async def _bring(
    both: Sides, joining: Tenant, into: Tenant, plan: Plan, book: Journal, done: Merged
) -> None:
    """While both are at work the files; then the joining one is closed and its rows come."""
    if not await _has_come(both.ours, book.id):
        await _files(both, joining, into, done)
        await book.note("files", files=done.files)
        began: list[float] = []

        async def close() -> None:
            began.append(time.monotonic())
            await book.note("closed", open=await closing.shut(joining))
            await _files(both, joining, into, done)

        try:
            moved = await moving.move(both, book.id, plan, book.digest, close)
        except MergeRefused:
            if not await _has_come(both.ours, book.id):
                await closing.open_again(joining)
                await book.note("cancelled")
            raise
        done.rows, done.same, done.stayed = moved
        done.paused_seconds = round(time.monotonic() - began[0], 1)
    await book.note("moved", **msgspec.to_builtins(done))


async def _files(both: Sides, joining: Tenant, into: Tenant, done: Merged) -> None:
    carried = await files.carry(joining, into, await files.kept(both.theirs))
    done.files += carried.files
    done.lost = carried.lost


async def _lead_here(joining: Tenant, into: Tenant, book: Journal) -> None:
    """Who asks at the old address is answered here from now on."""
    if "addresses" not in book.done:
        await addresses.take_over(joined=joining.id, into=into.id, at=now())
        await book.note("addresses")
    await provision.close(joining)
    async with owner(into.cluster, into.database) as connection:
        await connection.execute("analyze")
    await book.note("whole")
