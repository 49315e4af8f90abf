"""How fast the books take facts, durable and each once; and how fast they are counted again."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

from app.chains import tenant_chain
from app.provinces import service as provinces
from billing import books, rebuild
from billing.books import Recorded
from billing.shapes import Fact
from infra.ids import uuid7
from tenants import db, provision
from tenants.clusters import owner
from tenants.current import acting_for
from tenants.shapes import Tenant
from tenants.work import work
from tests.bench.house import PROVINCE, House, run
from tests.bench.report import Figures, aim, heading, median, ratio, table

# One in five of what a meter sends is a repetition.
FRESH, BATCH, WRITERS = 80_000, 5000, 2
REBUILT = {"quick": (100_000,), "usual": (250_000, 1_000_000), "full": (1_000_000, 24_000_000)}
_AT = datetime(2026, 1, 1, tzinfo=UTC)
_MONTHS_36 = 36 * 30 * 24 * 3600
_ROWS = """
select 'fact:' || n as id,
       (array['dossier.received', 'notice.part', 'api.call'])[1 + n %% 3] as meter,
       1::bigint as quantity, 'subject-' || n as subject,
       timestamptz '2023-01-01 00:00Z' + n * interval '1 second' * (%s.0 / %s) as at
from generate_series(1, %s) n
"""


def measure(house: House, *, quick: bool, full: bool = False) -> Figures:
    """Rounds of taking facts beside raw COPY and raw INSERT, then one counting of each size."""
    heading("Meters")
    rounds = [run(_round(FRESH // (8 if quick else 1))) for _ in range(1 if quick else 3)]
    figures: Figures = {
        name: {"per_s": round(median([each[name] for each in rounds]))} for name in rounds[0]
    }
    table(figures)
    ours = [each["the books, duplicates included"] for each in rounds]
    for other in ("raw COPY, no key", "raw INSERT, with a key"):
        figures[f"ratio to {other}"] = ratio(ours, [each[other] for each in rounds])
        print(f"Ratio to {other}: {figures[f'ratio to {other}']}")
    aim("facts a second", median(ours), 50_000)
    size = "full" if full else "quick" if quick else "usual"
    figures["rebuild"] = _rebuild(REBUILT[size])
    return figures


def _rebuild(sizes: tuple[int, ...]) -> Figures:
    seconds = {f"{count:,} facts": run(_counted_again(count)) for count in sizes}
    table({name: {"s": round(took, 2)} for name, took in seconds.items()})
    first, *_, last = [*seconds.values(), *seconds.values()]
    growth = last / first / (sizes[-1] / sizes[0])
    print(f"Growth for each fact, from the smallest to the largest: {growth:.2f}")
    at_full = last * REBUILT["full"][-1] / sizes[-1]
    aim("seconds for 24 M facts of 36 months, at this rate", at_full, 60, at_most=True)
    return {**{name: round(took, 2) for name, took in seconds.items()}, "growth": round(growth, 2)}


async def _round(fresh: int) -> dict[str, float]:
    facts = [_fact(n) for n in range(fresh)]
    sent = facts + facts[::4]
    batches = [sent[at : at + BATCH] for at in range(0, len(sent), BATCH)]
    return {
        "raw COPY, no key": await _raw(facts, key=False),
        "raw INSERT, with a key": await _raw(facts, key=True),
        "the books, duplicates included": await _books(batches),
    }


def _fact(number: int) -> Recorded:
    at = _AT + timedelta(seconds=number)
    fact = Fact(
        id=f"notice:{uuid7()}:part:1", meter="notice.part", quantity=1, subject=f"s-{number}",
        network="viettel", occurred_at=at,
    )  # fmt: skip
    return Recorded(fact=fact, recorded_at=at)


async def _books(batches: list[list[Recorded]]) -> float:
    """Writers side by side, each batch a durable transaction of its own."""
    tenant_id, waiting = uuid7(), iter(batches)

    async def writer() -> None:
        for batch in waiting:
            async with work():
                await books.enter(tenant_id, batch)

    began = time.perf_counter()
    await asyncio.gather(*(writer() for _ in range(WRITERS)))
    return sum(map(len, batches)) / (time.perf_counter() - began)


async def _raw(facts: list[Recorded], *, key: bool) -> float:
    """The same columns into a bare table, by the same server."""
    rows = [(each.fact.id, each.fact.meter, each.fact.subject, each.recorded_at) for each in facts]
    async with owner("main") as connection:
        await connection.execute("drop table if exists raw_fact")
        primary = " primary key" if key else ""
        await connection.execute(
            f"create table raw_fact (id text{primary}, meter text, subject text, at timestamptz)"
        )
        began = time.perf_counter()
        for at in range(0, len(rows), BATCH):
            part = rows[at : at + BATCH]
            if key:
                await connection.execute(
                    "insert into raw_fact select * from unnest($1::text[], $2::text[], $3::text[],"
                    " $4::timestamptz[])",
                    *map(list, zip(*part, strict=True)),
                )
            else:
                await connection.copy_records_to_table("raw_fact", records=part)
        return len(rows) / (time.perf_counter() - began)


async def _counted_again(count: int) -> float:
    """Seconds to count a tenant's records and its books by meter and day, and to compare them."""
    tenant = await _tenant(f"so-{count}")
    await _fill(tenant, count)
    with acting_for(tenant):
        began = time.perf_counter()
        checked = await rebuild.check({})
        took = time.perf_counter() - began
    assert checked.facts == count and not checked.differences
    return took


async def _tenant(slug: str) -> Tenant:
    made = await provision.create(slug, provinces.site_of(PROVINCE), tenant_chain())
    await provision.activate(made)
    return made


async def _fill(tenant: Tenant, count: int) -> None:
    rows = _ROWS % (_MONTHS_36, count, count)
    async with owner(tenant.cluster, tenant.database) as connection:
        await _past(
            connection,
            "insert into usage_record (id, meter, quantity, subject, occurred_at, recorded_at)"
            f" select id, meter, quantity, subject, at, at from ({rows}) r",
        )
        await connection.execute("vacuum (analyze) usage_record")
    async with owner("main", db.control_place()[1][0]) as connection:
        await _past(
            connection,
            "insert into usage (tenant_id, id, meter, quantity, subject, occurred_at, recorded_at,"
            f" collected_at, billed_in, digest) select '{tenant.id}', id, meter, quantity,"
            " subject, at, at, at, date_trunc('month', at at time zone 'Asia/Ho_Chi_Minh')::date,"
            f" '' from ({rows}) r",
        )
        await connection.execute("vacuum (analyze) usage")


async def _past(connection, sql: str) -> None:  # type: ignore[no-untyped-def]
    """A rebuilt past needs neither triggers nor flushes."""
    await connection.execute("set session_replication_role = replica")
    await connection.execute("set synchronous_commit = off")
    await connection.execute(sql, timeout=3600)
