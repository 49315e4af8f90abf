"""What the vendor's screens read from the books: counts and amounts, never a dossier."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec

from billing import rules
from billing.months import month_of, period
from billing.refusals import NoContract
from billing.shapes import Contract, Credit, Late, Statement, Used
from infra import clock
from tenants import db

PAGE = 50
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class TenantRow(msgspec.Struct, frozen=True, kw_only=True):
    """One tenant in the vendor's list; the counts are of the month at hand."""

    slug: str
    name: str
    status: str
    host: str
    schema_version: int
    schema_error: str | None
    dossiers: int
    notice_parts: int
    notice_percent: int | None  # the highest warning of the month; None without any
    limit_percent: int | None  # the same of every meter with a limit
    bytes_stored: int | None  # by the latest daily sample; None before the first
    sampled_on: date | None
    conflicts: int


class StatementView(msgspec.Struct, frozen=True, kw_only=True):
    """A month's statement, computed now or as it was closed."""

    statement: Statement
    closed_at: clock.Moment | None = None
    closed_by: str | None = None


class UsedFact(msgspec.Struct, frozen=True, kw_only=True):
    """One fact behind a statement line."""

    id: str
    source: str
    subject: str
    quantity: int
    occurred_at: clock.Moment
    late: bool  # of an earlier month that was closed before the fact arrived


class FactsPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of facts in the order they happened; `next` opens the following page."""

    facts: list[UsedFact]
    next: str | None


class ClosedMonth(msgspec.Struct, frozen=True, kw_only=True):
    """A month whose statement was closed; `step` is the last one it took since."""

    month: date
    total: int
    closed_at: datetime
    step: str | None = None


# Served by usage_by_month; the latest sample by usage's index as well, one month at a time.
_OVERVIEW = """
select t.slug, t.site->>'name' as name, t.status, d.host, t.schema_version, t.schema_error,
       coalesce(u.dossiers, 0)::bigint as dossiers, coalesce(u.parts, 0)::bigint as notice_parts,
       (select max(w.percent) from quota_warning w where w.tenant_id = t.id
         and w.meter = 'notice.part' and w.month = $1) as notice_percent,
       (select max(w.percent) from quota_warning w where w.tenant_id = t.id and w.month = $1)
         as limit_percent,
       s.quantity as bytes_stored,
       (s.occurred_at at time zone 'Asia/Ho_Chi_Minh')::date as sampled_on,
       (select count(*) from usage_conflict c where c.tenant_id = t.id and not exists (
          select from usage_proposal p where p.tenant_id = c.tenant_id and p.source = c.source
          and p.fact = c.id and p.approved)) as conflicts
from tenant t
join tenant_domain d on d.tenant_id = t.id and d.is_primary
left join lateral (
    select sum(quantity) filter (where meter = 'dossier.received') as dossiers,
           sum(quantity) filter (where meter = 'notice.part') as parts
    from usage where tenant_id = t.id and billed_in = $1
) u on true
left join lateral (
    select quantity, occurred_at from usage
    where tenant_id = t.id and meter = 'storage.byte_day' and billed_in >= $1 - interval '2 months'
    order by occurred_at desc limit 1
) s on true
order by t.slug
"""
# By the month a fact belongs to, with what that month had been stated with before: late facts are
# charged at the difference. Served by usage_by_month; the second part touches late months only.
_SUMS = """
with stated as (
    select meter, date_trunc('month', occurred_at at time zone 'Asia/Ho_Chi_Minh')::date as month,
           sum(quantity)::bigint as quantity, count(*) as facts
    from usage where tenant_id = $1 and billed_in = $2 group by 1, 2
)
select s.*, coalesce(b.quantity, 0)::bigint as before from stated s
left join lateral (
    select sum(u.quantity) as quantity from usage u
    where s.month < $2 and u.tenant_id = $1 and u.meter = s.meter
      and u.billed_in >= s.month and u.billed_in < $2
      and u.occurred_at >= s.month::timestamp at time zone 'Asia/Ho_Chi_Minh'
      and u.occurred_at < (s.month + interval '1 month') at time zone 'Asia/Ho_Chi_Minh'
) b on true
order by s.meter, s.month
"""
_FACTS = """
select id, source, subject, quantity, occurred_at, occurred_at < $4 as late from usage
where tenant_id = $1 and billed_in = $2 and meter = $3 and (occurred_at, id) > ($5, $6)
order by occurred_at, id limit $7
"""


async def overview() -> list[TenantRow]:
    """Every tenant with this month's counts (Vietnam's calendar), by short name."""
    rows = await db.control.fetch(_OVERVIEW, month_of(clock.now()))
    return [msgspec.convert(dict(row), TenantRow) for row in rows]


async def contracts(tenant_id: UUID) -> list[Contract]:
    """The tenant's contracts, each in its latest version, the latest term first."""
    rows = await db.control.fetch(
        "select document from (select distinct on (id) * from contract where tenant_id = $1"
        " order by id, version desc) latest order by start_on desc",
        tenant_id,
    )
    return [msgspec.json.decode(row["document"], type=Contract) for row in rows]


async def versions(tenant_id: UUID) -> list[Contract]:
    """Everything that was ever agreed with the tenant, by contract and version."""
    rows = await db.control.fetch(
        "select document from contract where tenant_id = $1 order by start_on, id, version",
        tenant_id,
    )
    return [msgspec.json.decode(row["document"], type=Contract) for row in rows]


async def contract_for(tenant_id: UUID, month: date) -> Contract:
    """The contract a month belongs to, in the version that holds in it.

    Outside of every term it is the one that began last before it. Raises NoContract when the
    tenant has none.
    """
    found = rules.agreed_for(await versions(tenant_id), month)
    if found is None:
        raise NoContract
    return found


async def contract(tenant_id: UUID, contract_id: str, version: int) -> Contract | None:
    """One contract in one version, such as the one a statement was made from."""
    document = await db.control.fetch_value(
        "select document from contract where tenant_id = $1 and id = $2 and version = $3",
        *(tenant_id, contract_id, version),
    )
    return None if document is None else msgspec.json.decode(document, type=Contract)


async def closed_months(tenant_id: UUID) -> list[ClosedMonth]:
    """The tenant's closed months, the latest first."""
    rows = await db.control.fetch(
        "select month, total, closed_at, (select step from statement_step p where"
        " p.tenant_id = s.tenant_id and p.month = s.month order by"
        " array_position('{sent,accepted,invoiced,paid}', step) desc limit 1) as step"
        " from statement s where tenant_id = $1 order by month desc",
        tenant_id,
    )
    return [msgspec.convert(dict(row), ClosedMonth) for row in rows]


async def used(tenant_id: UUID, month: date) -> dict[str, Used]:
    """What was used in a month, by meter: one aggregate over the facts stated in it."""
    rows = await db.control.fetch(_SUMS, tenant_id, month)
    return {
        meter: _used([row for row in rows if row["meter"] == meter], month)
        for meter in dict.fromkeys(row["meter"] for row in rows)
    }


def _used(rows: Sequence[Any], month: date) -> Used:
    late = [
        Late(
            month=row["month"],
            quantity=row["quantity"],
            facts=row["facts"],
            before=row["before"],
        )
        for row in rows
        if row["month"] < month
    ]
    return Used(
        quantity=sum(row["quantity"] for row in rows),
        facts=sum(row["facts"] for row in rows),
        late_quantity=sum(each.quantity for each in late),
        late_facts=sum(each.facts for each in late),
        late=late,
    )


async def credits(tenant_id: UUID, month: date) -> list[Credit]:
    """The breaches entered for a month, in the order they were."""
    rows = await db.control.fetch(
        "select penalty, cases, reason, entered_by, entered_at from statement_credit"
        " where tenant_id = $1 and month = $2 order by entered_at, id",
        *(tenant_id, month),
    )
    return [msgspec.convert(dict(row), Credit) for row in rows]


async def statement(tenant_id: UUID, month: date) -> StatementView:
    """A month's statement (bảng kê): the closed one, or what the month comes to as of now.

    Raises NoContract.
    """
    closed = await db.control.fetch_row(
        "select document, closed_at, closed_by from statement where tenant_id = $1 and month = $2",
        *(tenant_id, month),
    )
    if closed is not None:
        return StatementView(
            statement=msgspec.json.decode(closed["document"], type=Statement),
            closed_at=closed["closed_at"],
            closed_by=closed["closed_by"],
        )
    agreed = await versions(tenant_id)
    contract = rules.agreed_for(agreed, month)
    if contract is None:
        raise NoContract
    seen, entered = await used(tenant_id, month), await credits(tenant_id, month)
    return StatementView(
        statement=rules.statement(contract, seen, month, credits=entered, versions=agreed)
    )


async def facts(tenant_id: UUID, month: date, meter: str, after: str = "") -> FactsPage:
    """The facts behind one meter's figure of a month; `after` is a former page's `next`."""
    start_at, _ = period(month)
    moment, _, last_id = after.partition("~")
    rows = await db.control.fetch(
        _FACTS,
        *(tenant_id, month, meter, start_at),
        *(_moment(moment), last_id, PAGE + 1),
    )
    found = [msgspec.convert(dict(row), UsedFact) for row in rows[:PAGE]]
    more = f"{found[-1].occurred_at.isoformat()}~{found[-1].id}" if len(rows) > PAGE else None
    return FactsPage(facts=found, next=more)


def _moment(text: str) -> datetime:
    """A moment out of a page's address; the beginning of time for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _BEGINNING
    return moment if moment.tzinfo else _BEGINNING
