"""Splitting two provinces again, step by step: each gets what its agencies have.

The joined tenant's own database lay closed since the merger. It gets what has changed and what is
new, then that goes here, and its doors open. Until `taken_out` the receiving tenant has everything.
"""

import time
from collections.abc import Sequence
from uuid import UUID

import asyncpg
import msgspec

from app.leaving import loading
from app.merging import closing, counting, files, giving, journal, notes, taking, telling
from app.merging.journal import Journal
from app.merging.notes import Notes
from app.merging.refusals import MergeRefused
from app.merging.sides import Sides, alone, settled, sides
from infra.clock import now
from storage.store import store_of
from tenants import addresses
from tenants.clusters import owner, quoted
from tenants.shapes import Tenant

_COPIES = "select table_name || '|' || old_key as copy from merged_row where merger_id = $1"
_NOTED = "select true from merger where id = $1"
_FORGET = "delete from merged_row where merger_id = $1"
_TRIES = 3
_KEYS = "select key from stored_object"


class Parted(msgspec.Struct, kw_only=True):
    """What a split did."""

    id: UUID
    given: int = 0  # rows that had changed or were new
    taken_out: int = 0
    files: int = 0
    lost: list[str] = []
    paused_seconds: float = 0.0


async def split(joined: Tenant, into: Tenant, *, agencies: Sequence[str] = (), by: str) -> Parted:
    """Give `joined` back what its agencies have; `agencies` are keys of further ones that go.

    Raises MergeRefused; then both are as before.
    """
    async with journal.only_one(), journal.holding(joined, into):
        return await _split(joined, into, agencies, by)


async def _split(joined: Tenant, into: Tenant, agencies: Sequence[str], by: str) -> Parted:
    book = await journal.last(joined, by)
    if book is None or book.over or book.into_id != into.id or "whole" not in book.done:
        raise MergeRefused(f"{joined.slug} is not a part of {into.slug}")
    await journal.must_stand(into, besides=joined)
    done = Parted(id=book.id)
    async with sides(into, joined) as both:
        await _begin(both, agencies, book)
        await counting.remember(both, book)
        await closing.count(into)
        if "taken_out" not in book.done:
            await _part(both, joined, agencies, book, done)
        await closing.count(into)
        await counting.part(both, book)
        await _bring_files(both, joined, into, book, done)
        await both.theirs.execute(_FORGET, book.id)
    await addresses.give_back(joined=joined.id, into=into.id, at=now())
    await book.note("addresses_back")
    await closing.open_again(joined, was_open=book.was_open)
    async with owner(into.cluster, into.database) as connection:
        await connection.execute("analyze")
    await book.note("parted", **msgspec.to_builtins(done))
    return done


async def _part(
    both: Sides,
    joined: Tenant,
    agencies: Sequence[str],
    book: Journal,
    done: Parted,
) -> None:
    for connection in (both.ours, both.theirs):
        await settled(connection)
    known = await notes.read(both.ours, joined.id)
    if known is not None:
        copies = await _copies(both, book.id)
        mark = await telling.remember(both, known, copies)
        for again in range(_TRIES):
            began = time.monotonic()
            try:
                done.given, done.taken_out = await _once(both, known, agencies, mark, copies)
                break
            except asyncpg.DeadlockDetectedError:
                # Somebody's work held what we had to wait for; theirs went on.
                if again == _TRIES - 1:
                    raise
        done.paused_seconds = round(time.monotonic() - began, 1)
    await book.note("given_back")
    await book.note("taken_out", **msgspec.to_builtins(done))


async def _once(
    both: Sides, known: Notes, agencies: Sequence[str], mark: int, copies: set[str]
) -> tuple[int, int]:
    """Two transactions, theirs committed first: killed between the two, a second run gives the
    same again, and knows what had not been theirs."""
    async with both.ours.transaction():
        await alone(both.ours)
        async with both.theirs.transaction():
            await alone(both.theirs)
            if not await both.ours.fetchval(_NOTED, known.id) or copies != await _copies(
                both, known.id
            ):
                raise MergeRefused("another split has just been at work here: run again")
            # Readers go on; whoever writes waits for us.
            names = ", ".join(quoted(table.name) for table in both.going)
            await both.ours.execute(f"lock table {names} in share row exclusive mode")
            await telling.tell_apart(both, known, agencies, mark)
            back = await notes.way_back(both.ours, both.theirs, both.tables, known.changes)
            given = await giving.give(both, known, back)
            await taking.part_counters(both, known)
            if given:
                await _must_hold(both.theirs)
            taken = await taking.take_out(both, known)
    return given, taken


async def _copies(both: Sides, merger: UUID) -> set[str]:
    return {row["copy"] for row in await both.theirs.fetch(_COPIES, merger)}


async def _begin(both: Sides, agencies: Sequence[str], book: Journal) -> None:
    """An agency that is misspelt would stay behind, and could not follow later; one that is left
    out the second time would be on both sides."""
    if "parting" not in book.done:
        rows = await both.ours.fetch("select key from agency where key = any($1)", list(agencies))
        if strange := sorted(set(agencies) - {row["key"] for row in rows}):
            raise MergeRefused(f"no agency here is called {', '.join(strange)}")
    await book.note("parting", agencies=list(agencies))
    said = book.done["parting"].get("agencies", [])
    if said != list(agencies):
        raise MergeRefused(f"this split was begun with --agencies {','.join(said)}: say the same")


async def _must_hold(connection: asyncpg.Connection) -> None:
    """Foreign keys had no say: what they would have asked."""
    if wrong := await loading.orphans(connection):
        raise MergeRefused("; ".join(wrong[:5]))


async def _bring_files(
    both: Sides, joined: Tenant, into: Tenant, book: Journal, done: Parted
) -> None:
    """What came since lies in our store only; what we have no row of any more goes from it."""
    rows = await files.kept(both.theirs)
    carried = await files.carry(into, joined, rows)
    done.files, done.lost = carried.files, carried.lost
    ours = {row["key"] for row in await both.ours.fetch(_KEYS)}
    store = store_of(into)
    for row in rows:
        if row["key"] not in ours:
            await store.remove(row["key"])
