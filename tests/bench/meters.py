"""How fast the books take facts, durable and each once; and how fast they are counted again.

Python has one core and PostgreSQL the other. On a machine that is shared the clock says little, so
each figure has beside it what the processors spent, and what the busier of the two cores could do
of it in a second if it were ours alone.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

import msgspec

from app.chains import tenant_chain
from app.provinces import service as provinces
from billing import books, collect, meter, rebuild, sources
from billing.books import Recorded
from billing.shapes import Fact
from infra.ids import uuid7
from tenants import db, provision
from tenants.clusters import owner
from tenants.current import acting_for
from tenants.shapes import Tenant
from tenants.work import work
from tests.bench.house import PROVINCE, House, run
from tests.bench.machine import SERVER_CORE, cpu_seconds, on_core
from tests.bench.report import Figures, aim, heading, median, ratio, table
from tests.ledgers import open_books

T = TypeVar("T")

# One in five of what a meter sends is a repetition.
FRESH, BATCH, WRITERS = 80_000, 2000, 2
REBUILT = {"quick": (100_000,), "usual": (250_000, 1_000_000), "full": (1_000_000, 24_000_000)}
_RAW = """
insert into raw_fact select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[])
"""
_BOOKS = "the books, duplicates included"
_AT = datetime(2026, 1, 1, tzinfo=UTC)
_MONTHS_36 = 36 * 30 * 24 * 3600
# Ids as the product makes them: they grow with time.
_ROWS = """
select 'notice:' || lpad(to_hex(1672531200000 + n * (%s / %s)), 12, '0') || '-7000-8000-'
         || lpad(to_hex(n), 12, '0') || ':part:1' as id,
       (array['dossier.received', 'notice.part', 'api.call'])[1 + n %% 3] as meter,
       1::bigint as quantity, 'subject-' || n as subject,
       timestamptz '2023-01-01 00:00Z' + n * interval '1 second' * (%s.0 / %s) as at
from generate_series(1, %s) n
"""


def measure(house: House, *, quick: bool, full: bool = False) -> Figures:
    """Rounds of taking facts beside raw COPY and raw INSERT, then one counting of each size."""
    heading("Meters: facts a second, and microseconds of processor for each")
    tenant = run(_tenant("do-toc-do"))
    rounds, fresh = (1, FRESH // 8) if quick else (3, FRESH)
    figures = _taking(house, tenant, rounds, fresh)
    aim("facts a second", figures[_BOOKS]["per_s"], 50_000)
    aim("facts a second, both cores ours", figures[_BOOKS]["alone_per_s"], 50_000)
    size = "full" if full else "quick" if quick else "usual"
    figures["rebuild"] = _rebuild(house, REBUILT[size])
    if full:
        heading("The same with 24 million facts in the books")
        figures["beside 24 M"] = _taking(house, tenant, rounds, fresh)
    return figures


def _taking(house: House, tenant: Tenant, rounds: int, fresh: int) -> Figures:
    with on_core(SERVER_CORE):
        taken = [run(_round(house, tenant, fresh)) for _ in range(rounds)]
    rows: Figures = {
        name: {
            column: round(median([each[name][column] for each in taken]), 1)
            for column in taken[0][name]
        }
        for name in taken[0]
    }
    table(rows)
    figures: Figures = dict(rows)
    ours = [each[_BOOKS] for each in taken]
    for other in ("raw COPY, no key", "raw INSERT, with a key"):
        for what in ("per_s", "cpu_us"):
            found = ratio([each[what] for each in ours], [each[other][what] for each in taken])
            figures[f"{what} to {other}"] = found
            print(f"Ratio of {what} to {other}: {found}")
    return figures


def _rebuild(house: House, sizes: tuple[int, ...]) -> Figures:
    found = {f"{count:,} facts": run(_counted_again(house, count)) for count in sizes}
    table(found)
    seconds = [each["s"] for each in found.values()]
    growth = seconds[-1] / seconds[0] / (sizes[-1] / sizes[0])
    print(f"Growth for each fact, from the smallest to the largest: {growth:.2f}")
    at_full = seconds[-1] * REBUILT["full"][-1] / sizes[-1]
    aim("seconds for 24 M facts of 36 months, at this rate", round(at_full, 1), 60, at_most=True)
    return {**found, "growth": round(growth, 2)}


async def _round(house: House, tenant: Tenant, fresh: int) -> dict[str, dict[str, float]]:
    facts = [_fact(n) for n in range(fresh)]
    sent = facts + facts[::4]
    batches = [sent[at : at + BATCH] for at in range(0, len(sent), BATCH)]
    events = [[_event(each.fact) for each in batch] for batch in batches]
    both, own = await open_books(36), await open_books(36)
    with acting_for(tenant):
        return {
            "raw COPY, no key": await _raw(house, facts, key=False),
            "raw INSERT, with a key": await _raw(house, facts, key=True),
            _BOOKS: await _timed(house, len(sent), lambda: _booked(both, batches)),
            "the same out of JSON": await _timed(house, len(sent), lambda: _sent(own, events)),
            "counted with the fact": await _timed(house, fresh, lambda: _counted(facts)),
            "collected into the books": await _timed(house, fresh, _collected),
        }


async def _timed(house: House, facts: int, doing: Callable[[], Awaitable[None]]) -> Figures:
    """Facts a second, and the microseconds that Python and PostgreSQL spent on each."""
    assert house.postgres.running is not None
    server = house.postgres.running.pid
    spent, own, began = cpu_seconds(server), time.process_time(), time.perf_counter()
    await doing()
    took = time.perf_counter() - began
    python = (time.process_time() - own) / facts * 1e6
    postgres = (cpu_seconds(server) - spent) / facts * 1e6
    return {
        "per_s": facts / took,
        "cpu_us": python + postgres,
        "python_us": python,
        "postgres_us": postgres,
        "alone_per_s": 1e6 / max(python, postgres),
    }


def _fact(number: int) -> Recorded:
    at = _AT + timedelta(seconds=number)
    fact = Fact(
        id=f"notice:{uuid7()}:part:1", meter="notice.part", quantity=1, subject=f"s-{number}",
        network="viettel", occurred_at=at,
    )  # fmt: skip
    return Recorded(fact=fact, recorded_at=at)


def _event(fact: Fact) -> msgspec.Raw:
    event = {
        "specversion": "1.0", "id": fact.id, "source": "do", "type": "vn.motcua.notice.part",
        "subject": fact.subject, "time": fact.occurred_at,
        "data": {"quantity": 1, "network": fact.network},
    }  # fmt: skip
    return msgspec.Raw(msgspec.json.encode(event))


async def _booked(tenant_id: UUID, batches: Sequence[list[Recorded]]) -> None:
    """Writers side by side, each batch a durable transaction of its own."""

    async def book(batch: list[Recorded]) -> None:
        async with work():
            await books.enter(tenant_id, batch)

    await _side_by_side(batches, book)


async def _sent(tenant_id: UUID, batches: Sequence[list[msgspec.Raw]]) -> None:
    """What a meter outside of the system sends, read and checked."""
    source = sources.Source(id=uuid7(), tenant_id=tenant_id, source="do", meters=["notice.part"])

    async def take(batch: list[msgspec.Raw]) -> None:
        answers = await sources.take(source, batch)
        assert all(answer.outcome in ("booked", "known") for answer in answers)

    await _side_by_side(batches, take)


async def _counted(facts: Sequence[Recorded]) -> None:
    """The records in the tenant's own database, in transactions of a hundred."""

    async def count(part: list[Fact]) -> None:
        async with work():
            await meter.count_many(part)

    parts = [[each.fact for each in facts[at : at + 100]] for at in range(0, len(facts), 100)]
    await _side_by_side(parts, count)


async def _collected() -> None:
    """As the worker does it, one batch after the other."""
    while await collect.collect(BATCH) == BATCH:
        pass


async def _side_by_side(parts: Sequence[T], act: Callable[[T], Awaitable[None]]) -> None:
    waiting = iter(parts)

    async def writer() -> None:
        for part in waiting:
            await act(part)

    await asyncio.gather(*(writer() for _ in range(WRITERS)))


async def _raw(house: House, facts: list[Recorded], *, key: bool) -> Figures:
    """The same columns into a bare table, by the same server."""
    rows = [(each.fact.id, each.fact.meter, each.fact.subject, each.recorded_at) for each in facts]
    async with owner("main") as connection:
        await connection.execute("drop table if exists raw_fact")
        primary = " primary key" if key else ""
        await connection.execute(
            f"create table raw_fact (id text{primary}, meter text, subject text, at timestamptz)"
        )

        async def write() -> None:
            for at in range(0, len(rows), BATCH):
                part = rows[at : at + BATCH]
                if key:
                    await connection.execute(_RAW, *map(list, zip(*part, strict=True)))
                else:
                    await connection.copy_records_to_table("raw_fact", records=part)

        return await _timed(house, len(rows), write)


async def _counted_again(house: House, count: int) -> Figures:
    """Seconds to count a tenant's records and its books by meter and day, and to compare them."""
    tenant = await _tenant(f"so-{count}")
    await _fill(tenant, count)
    assert house.postgres.running is not None
    server = house.postgres.running.pid
    with acting_for(tenant):
        spent, began = cpu_seconds(server), time.perf_counter()
        checked = await rebuild.check({})
        took = time.perf_counter() - began
    assert checked.facts == count and not checked.differences
    return {"s": round(took, 2), "cpu_s": round(cpu_seconds(server) - spent, 2)}


async def _tenant(slug: str) -> Tenant:
    made = await provision.create(slug, provinces.site_of(PROVINCE), tenant_chain())
    await provision.activate(made)
    return made


async def _fill(tenant: Tenant, count: int) -> None:
    rows = _ROWS % (_MONTHS_36 * 1000, count, _MONTHS_36, count, count)
    await asyncio.gather(_fill_records(tenant, rows), _fill_books(tenant, rows))


async def _fill_records(tenant: Tenant, rows: str) -> None:
    async with owner(tenant.cluster, tenant.database) as connection:
        await _past(
            connection,
            "insert into usage_record (id, meter, quantity, subject, occurred_at, recorded_at)"
            f" select id, meter, quantity, subject, at, at from ({rows}) r",
        )
        await connection.execute("vacuum (analyze) usage_record", timeout=3600)


async def _fill_books(tenant: Tenant, rows: str) -> None:
    async with owner("main", db.control_place()[1][0]) as connection:
        await _past(
            connection,
            "insert into usage (tenant_id, id, meter, quantity, subject, occurred_at, recorded_at,"
            f" collected_at, billed_in, digest) select '{tenant.id}', id, meter, quantity,"
            " subject, at, at, at, date_trunc('month', at at time zone 'Asia/Ho_Chi_Minh')::date,"
            f" '' from ({rows}) r",
        )
        await connection.execute("vacuum (analyze) usage", timeout=3600)


async def _past(connection, sql: str) -> None:  # type: ignore[no-untyped-def]
    """A rebuilt past needs neither triggers nor flushes."""
    await connection.execute("set session_replication_role = replica")
    await connection.execute("set synchronous_commit = off")
    await connection.execute(sql, timeout=3600)
