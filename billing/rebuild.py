"""The books counted again from the rows they came from: equal, or said where they are not.

Every night, for each tenant, meter and day: the business rows against the tenant's records, and
those against the books. Corrections stand in the books beside the facts and are not compared.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Literal, NamedTuple
from uuid import UUID

import asyncpg
import msgspec

from billing.months import day_start
from billing.shapes import OURS
from infra import clock
from tenants import db
from tenants.current import current
from tenants.work import work


class Sum(NamedTuple):
    """What one meter comes to on one day; `mark` is 0 where only amounts can be compared.

    The mark is one number for all ids with their quantities, in whatever order: two facts that
    make up for each other show.
    """

    facts: int
    quantity: int
    mark: int = 0


Sums = dict[tuple[str, date], Sum]
Rows = Mapping[str, Callable[[date], Awaitable[dict[date, Sum]]]]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One day on which the books do not follow from what lies below them.

    `against` is `rows` for the business rows against the records, `records` for the records
    against the books.
    """

    against: Literal["rows", "records"]
    meter: str
    day: date
    source_facts: int
    source_quantity: int
    book_facts: int
    book_quantity: int


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What one night's comparison found."""

    checked_at: datetime
    facts: int
    differences: list[Difference]


# A whole table is read once, by as many workers as the server gives.
_BY_DAY = """
select meter, (occurred_at at time zone 'Asia/Ho_Chi_Minh')::date as day, count(*) as facts,
       sum(quantity) as quantity, bit_xor(hashtextextended(id, quantity)) as mark
from {table} where occurred_at < $1 {more} group by 1, 2
"""
_RECORDS = _BY_DAY.format(table="usage_record", more="")
_BOOKS = _BY_DAY.format(
    table="usage", more="and tenant_id = $2 and source = $3 and corrects is null"
)
# Facts of all tenants lie mixed in every page: from a fiftieth of them on, an index would bring in
# the same pages in a worse order, and a sort write all of them out for a few thousand sums. For a
# tenant of a few facts an index reads little.
_MANY = """
select exists (select from usage where tenant_id = $1
               offset (select greatest(reltuples, 0)::bigint / 50 from pg_class
                       where oid = 'usage'::regclass))
"""
_PAGE_BY_PAGE = """
set local enable_indexscan = off; set local enable_bitmapscan = off; set local enable_sort = off
"""
_PATIENCE = "set local statement_timeout = '10min'"
_NOTE = """
insert into usage_difference (tenant_id, checked_at, against, meter, day, source_facts,
                              source_quantity, book_facts, book_quantity)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
_APART = """
select meter, day, sum(facts) as facts, sum(quantity) as quantity from usage_apart
where tenant_id = $1 and day < $2 group by 1, 2
"""
_NOTHING = Sum(0, 0)


async def check(rows: Rows) -> Checked:
    """Count the current tenant's days that are over again, and note what differs.

    Everything that waits has to be collected before. `rows` gives, by meter, what the business
    rows come to on each day before one; opens its own units of work.
    """
    today = clock.now().astimezone(clock.VIETNAM).date()
    facts, found = await _differences(rows, today)
    if found:
        # What was collected between the two countings is no difference: it is gone the next time.
        facts, again = await _differences(rows, today)
        found = [each for each in again if each in found]
    checked = Checked(checked_at=clock.now(), facts=facts, differences=found)
    await _note(checked)
    return checked


async def _differences(rows: Rows, today: date) -> tuple[int, list[Difference]]:
    records = await recorded(today)
    found = [
        *compare("records", records, await booked(today)),
        *compare("rows", await _from_rows(rows, today), await _amounts(records, rows, today)),
    ]
    return sum(each.facts for each in records.values()), found


async def recorded(before: date) -> Sums:
    """What the tenant's own records come to, by meter and day, before a day in Vietnam."""
    async with work():
        await db.tenant.execute(_PATIENCE)
        return _sums(await db.tenant.fetch(_RECORDS, day_start(before)))


async def booked(before: date, tenant_id: UUID | None = None) -> Sums:
    """The same out of the current tenant's books, or those of one that joined it."""
    whose = tenant_id or current().id
    async with work():
        await db.control.execute(_PATIENCE)
        if await db.control.fetch_value(_MANY, whose):
            await db.control.execute(_PAGE_BY_PAGE)
        return _sums(await db.control.fetch(_BOOKS, day_start(before), whose, OURS))


def compare(against: Literal["rows", "records"], source: Sums, books: Sums) -> Iterable[Difference]:
    """Every meter and day on which two countings are not the same."""
    for key in sorted(source.keys() | books.keys()):
        here, there = source.get(key, _NOTHING), books.get(key, _NOTHING)
        if here != there:
            yield Difference(
                against=against,
                meter=key[0],
                day=key[1],
                source_facts=here.facts,
                source_quantity=here.quantity,
                book_facts=there.facts,
                book_quantity=there.quantity,
            )


async def latest() -> dict[str, Checked]:
    """Every tenant's latest comparison, by short name: for the vendor's list."""
    heads = await db.control.fetch(
        "select distinct on (c.tenant_id) t.slug, c.* from usage_check c"
        " join tenant t on t.id = c.tenant_id order by c.tenant_id, c.checked_at desc"
    )
    lines = await db.control.fetch(
        "select d.* from usage_difference d join unnest($1::uuid[], $2::timestamptz[])"
        " as l(tenant_id, checked_at) using (tenant_id, checked_at) order by day, meter",
        [row["tenant_id"] for row in heads],
        [row["checked_at"] for row in heads],
    )
    return {
        row["slug"]: Checked(
            checked_at=row["checked_at"],
            facts=row["facts"],
            differences=[_line(line) for line in lines if line["tenant_id"] == row["tenant_id"]],
        )
        for row in heads
    }


async def _from_rows(rows: Rows, today: date) -> Sums:
    return {
        (meter, day): each
        for meter, count in rows.items()
        for day, each in (await count(today)).items()
    }


async def _amounts(records: Sums, meters: Iterable[str], before: date) -> Sums:
    """Only those meters, and of them only what business rows can tell.

    Rows that came with a tenant that joined this one were counted where they were: what they come
    to until then stands in that one's books. So are rows that lie here since the two have parted.
    """
    wanted, found = set(meters), dict[tuple[str, date], Sum]()
    former = [each.id for each in current().former]
    theirs = [await booked(before, each) for each in former]
    apart = [await _apart(each, before) for each in (current().id, *former)]
    for sums in (records, *theirs, *apart):
        for key, each in sums.items():
            if key[0] in wanted:
                known = found.get(key, _NOTHING)
                found[key] = Sum(known.facts + each.facts, known.quantity + each.quantity)
    return found


async def _apart(tenant_id: UUID, before: date) -> Sums:
    found = await db.control.fetch(_APART, tenant_id, before)
    return {(row[0], row[1]): Sum(int(row["facts"]), int(row["quantity"])) for row in found}


def _sums(rows: list[asyncpg.Record]) -> Sums:
    return {
        (row["meter"], row["day"]): Sum(row["facts"], int(row["quantity"]), row["mark"])
        for row in rows
    }


async def _note(checked: Checked) -> None:
    tenant_id = current().id
    async with work():
        await db.control.execute(
            "insert into usage_check (tenant_id, checked_at, facts, differing)"
            " values ($1, $2, $3, $4)",
            *(tenant_id, checked.checked_at, checked.facts, len(checked.differences)),
        )
        lines = [msgspec.structs.astuple(each) for each in checked.differences[:1000]]
        await db.control.execute_many(
            _NOTE, [(tenant_id, checked.checked_at, *line) for line in lines]
        )


def _line(row: asyncpg.Record) -> Difference:
    return msgspec.convert(
        {name: row[name] for name in Difference.__struct_fields__}
        | {name: int(row[name]) for name in ("source_quantity", "book_quantity")},
        Difference,
    )
