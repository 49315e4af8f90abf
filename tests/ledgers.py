"""`python -m tests.ledgers [--events N] [--orders N] [--months N] [--seed S]`.

The same dirty usage in many random orders, its writer killed (SIGKILL) again and again: the
ledgers must come to the same bytes. A fifth of what is sent are duplicates, one in twenty comes
late, by up to the whole term, and one in a hundred has another content under a known id. What a
month counts must be what was sent of it, each once, and nothing of what is in doubt.
"""

import argparse
import asyncio
import gc
import hashlib
import multiprocessing
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from multiprocessing.process import BaseProcess
from typing import NamedTuple
from uuid import UUID

import msgspec

from billing import books, service
from billing.books import Recorded
from billing.months import month_of, period, shifted
from billing.shapes import Fact
from infra import clock
from infra.ids import uuid7
from tenants import db
from tenants.work import work
from tests.bench.house import House, house, start_again, strike
from tests.bench.machine import SERVER_CORE, on_core
from tests.billing.contracts import contract, term

FIRST = date(2026, 1, 1)
BATCH = 2000
# A child begins with what was made up already, however much that is.
_FORK = multiprocessing.get_context("fork")
_LEDGER = """
select id, meter, quantity, subject, occurred_at, billed_in, encode(digest, 'hex') as digest
from usage where tenant_id = $1 and corrects is null
  and id not in (select id from usage_conflict where tenant_id = $1)
order by id
"""
_DOUBTS = """
select id, digest from usage_conflict where tenant_id = $1
union select id, digest from usage where tenant_id = $1 and corrects is null
  and id in (select id from usage_conflict where tenant_id = $1)
order by id, digest
"""
_SUMS = """
select billed_in, meter, sum(quantity) as quantity, count(*) as facts from usage
where tenant_id = $1 group by 1, 2 order by 1, 2
"""
_COUNTED = """
select meter, (date_trunc('month', occurred_at at time zone 'Asia/Ho_Chi_Minh'))::date as month,
       sum(quantity)::bigint as quantity
from usage where tenant_id = $1 group by 1, 2 having sum(quantity) <> 0
"""
_STATED = "select month, document::text from statement where tenant_id = $1 order by month"

Arriving = list[list[Recorded]]


class _Sent(NamedTuple):
    """What every order writes, where to, and what it has to come to."""

    servers: House
    arriving: Arriving
    owed: dict[tuple[str, date], int]


def sent(seed: int, count: int, months: int) -> Arriving:
    """What arrives, by the month it arrives in; later months than the term get what is late."""
    chance = random.Random(seed)
    arriving: Arriving = [[] for _ in range(2 * months + 1)]
    own = count * 79 // 100
    facts = [_fact(chance, n, months) for n in range(own)]
    for n, (month, fact) in enumerate(facts):
        late = chance.randint(1, months) if n % 20 == 0 else 0
        arriving[month + late].append(_recorded(fact))
    for n in range(count - own):
        month, fact = facts[chance.randrange(own)]
        if n % 21 == 0:
            fact = msgspec.structs.replace(fact, quantity=fact.quantity + 1)
        arriving[min(month + chance.choice((0, 0, 0, 1, months)), 2 * months)].append(
            _recorded(fact)
        )
    return arriving


def _fact(chance: random.Random, number: int, months: int) -> tuple[int, Fact]:
    month = chance.randrange(months)
    start, end = period(shifted(FIRST, month))
    tick = timedelta(microseconds=1)
    edges = (start, end - tick, start + (end - start) * chance.random())
    fact = Fact(
        id=f"e:{number}", meter=("dossier.received", "notice.part")[number % 2],
        quantity=1 + number % 3, subject=f"s-{number}", occurred_at=chance.choice(edges),
    )  # fmt: skip
    return month, fact


def owed(arriving: Arriving) -> dict[tuple[str, date], int]:
    """What each month comes to, by meter, if every fact counts once and a doubtful one does not."""
    contents: dict[str, set[Fact]] = defaultdict(set)
    for recorded in (each for month in arriving for each in month):
        contents[recorded.fact.id].add(recorded.fact)
    total: Counter[tuple[str, date]] = Counter()
    for facts in contents.values():
        if len(facts) == 1:
            (fact,) = facts
            total[fact.meter, month_of(fact.occurred_at)] += fact.quantity
    return dict(total)


async def counted(tenant_id: UUID) -> dict[tuple[str, date], int]:
    """The same out of the books, whichever months the facts are stated in."""
    async with work():
        await db.control.execute("set local statement_timeout = '10min'")
        rows = await db.control.fetch(_COUNTED, tenant_id)
    return {(row["meter"], row["month"]): row["quantity"] for row in rows}


def _recorded(fact: Fact) -> Recorded:
    return Recorded(fact=fact, recorded_at=fact.occurred_at)


async def open_books(months: int) -> UUID:
    """The books of a tenant that is nothing but a contract."""
    tenant_id = uuid7()
    found = contract(id="HD-1", tenant_slug="so", term=term(FIRST, months))
    await db.control.execute(
        "insert into contract (id, version, tenant_id, tenant_slug, start_on, end_on, document,"
        " digest, loaded_at) values ($1, 1, $2, 'so', $3, $4, $5, '', $6)",
        *(found.id, tenant_id, found.term.start_on, found.term.end_on),
        *(msgspec.json.encode(found).decode(), clock.now()),
    )
    return tenant_id


async def write(tenant_id: UUID, arriving: Arriving, order: int) -> None:
    """Book everything in one random order and close each month; goes on where it was killed."""
    closed = await db.control.fetch_value(
        "select count(*) from statement where tenant_id = $1", tenant_id
    )
    for number, batches in enumerate(_batches(arriving, order, closed), closed):
        for batch in batches:
            async with work():
                await books.enter(tenant_id, batch)
        month = shifted(FIRST, number)
        with clock.frozen(period(month)[1]):
            async with work():
                await service.close("Vận hành", tenant_id, month)


def _batches(arriving: Arriving, order: int, first: int) -> Iterator[list[list[Recorded]]]:
    """By month, from the first one that is not closed."""
    for number, month in enumerate(arriving[first:], first):
        shuffled = random.Random(f"{order}/{number}").sample(month, len(month))
        yield [shuffled[at : at + BATCH] for at in range(0, len(shuffled), BATCH)]


async def ledger(tenant_id: UUID) -> str:
    """The digest of all the books say; when it was written and in which order plays no part."""
    found = hashlib.sha256()
    async with work():
        await db.control.execute("set local statement_timeout = '10min'")
        for sql in (_LEDGER, _DOUBTS, _SUMS, _STATED):
            for row in await db.control.fetch(sql, tenant_id):
                found.update(repr(tuple(row)).encode())
    return found.hexdigest()


def _run_killed(asked: argparse.Namespace, given: _Sent, tenant_id: UUID, order: int) -> int:
    """One order by a process that is killed at random moments; how often it was.

    Every third time PostgreSQL is killed with it.
    """
    chance, kills = random.Random(order), 0
    while True:
        child = _FORK.Process(target=_child, args=(tenant_id, given.arriving, order))
        child.start()
        # The first rounds are too short to finish; the patience grows, so that it ends.
        child.join(chance.uniform(0.1, 2.0) * (kills + 1) + asked.patience)
        if child.exitcode is not None:
            if child.exitcode:
                sys.exit(f"order {order} failed: seed {asked.seed}")
            return kills
        kills += 1
        _kill(given.servers, child, with_server=kills % 3 == 0)


def _kill(servers: House, child: BaseProcess, *, with_server: bool) -> None:
    if with_server:
        strike(servers.postgres)
    child.kill()
    child.join()
    if with_server:
        start_again(servers.postgres)


def _child(tenant_id: UUID, arriving: Arriving, order: int) -> None:
    with on_core(SERVER_CORE):
        asyncio.run(_tidily(write(tenant_id, arriving, order)))


def main() -> None:
    """Write every order and compare; the exit status says whether all are the same, and right."""
    parser = argparse.ArgumentParser("python -m tests.ledgers", description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--orders", type=int, default=20)
    parser.add_argument("--first", type=int, default=0, help="the first order's number")
    parser.add_argument("--months", type=int, default=36)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--patience", type=float, default=2.0, help="seconds before a kill")
    asked = parser.parse_args()
    arriving = sent(asked.seed, asked.events, asked.months)
    right, orders = owed(arriving), range(asked.first, asked.first + asked.orders)
    gc.freeze()  # What every child shares is left where it is.
    with house() as servers:
        seen = [_order(asked, _Sent(servers, arriving, right), order) for order in orders]
    wrong = len(set(seen)) != 1
    print(f"DIFFERENT (seed {asked.seed}): {seen}" if wrong else "all the same")
    sys.exit(wrong)


def _order(asked: argparse.Namespace, given: _Sent, order: int) -> str:
    began = time.monotonic()
    tenant_id = asyncio.run(_tidily(open_books(asked.months)))
    kills = _run_killed(asked, given, tenant_id, order)
    found = asyncio.run(_tidily(ledger(tenant_id)))
    if asyncio.run(_tidily(counted(tenant_id))) != given.owed:
        sys.exit(f"order {order} lost or doubled something: seed {asked.seed}")
    took = time.monotonic() - began
    print(f"order {order:2}: {found[:16]} after {kills} kills, {took:.0f} s", flush=True)
    return found


async def _tidily(doing):  # type: ignore[no-untyped-def]
    try:
        return await doing
    finally:
        await db.close()


if __name__ == "__main__":
    main()
