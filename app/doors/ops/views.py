"""What the vendor's pages show, prepared so that templates only write it down."""

from datetime import date
from urllib.parse import urlencode

import msgspec

from app.doors.words import dung_luong, so
from app.refusals import NotFound
from billing import queries, rules
from billing.months import month_of, months_between, shifted
from billing.queries import ClosedMonth, FactsPage, StatementView
from billing.shapes import Clause, Contract, FixedTotal, Line, Share, Statement, StatementLine
from infra import clock
from tenants.shapes import Tenant


class MonthLink(msgspec.Struct, frozen=True, kw_only=True):
    """One month of a contract's term and how its statement stands."""

    month: date
    address: str
    words: str
    closed: ClosedMonth | None = None


class Cited(msgspec.Struct, frozen=True, kw_only=True):
    """One clause and the lines (numbered from 1) that rest on it."""

    numbers: str
    clause: Clause
    readings: str


class StatementPage(msgspec.Struct, frozen=True, kw_only=True):
    """A month's statement with the way to its neighbours."""

    view: StatementView
    address: str
    previous: str
    next: str  # empty when the next month has not begun
    state: str  # future | running | over | closed
    notes: dict[str, str]  # by line code: what its figure says in other words
    clauses: list[Cited]


class Behind(msgspec.Struct, frozen=True, kw_only=True):
    """What is behind one line: facts, or the months a fixed total falls on."""

    facts: FactsPage | None = None
    shares: list[Share] = []
    total: int = 0
    later: str = ""  # the address of the next page of facts
    first: str = ""  # the address of the first page, when this is another one


def statement_page(tenant: Tenant, view: StatementView) -> StatementPage:
    """The statement as a page: its state by the calendar, its neighbours, its figures in words."""
    month, this = view.statement.month, month_of(clock.now())
    return StatementPage(
        view=view,
        address=address(tenant, month),
        previous=address(tenant, shifted(month, -1)),
        next=address(tenant, shifted(month, 1)) if month < this else "",
        state="closed" if view.closed_at else _state(month, this),
        notes={line.code: note(line) for line in view.statement.lines},
        clauses=cited(view.statement.lines),
    )


def address(tenant: Tenant, month: date) -> str:
    """Where a month's statement is shown."""
    return f"/bang-ke/{tenant.slug}/{month:%Y-%m}"


def cited(lines: list[StatementLine]) -> list[Cited]:
    """Every clause once, with the numbers of its lines."""
    found: dict[tuple[str, str], list[tuple[int, StatementLine]]] = {}
    for number, line in enumerate(lines, 1):
        found.setdefault((line.clause.quote, line.clause.source), []).append((number, line))
    return [
        Cited(
            numbers=", ".join(str(number) for number, _ in same),
            clause=same[0][1].clause,
            readings=" ".join(line.clause.reading for _, line in same if line.clause.reading),
        )
        for same in found.values()
    ]


def note(line: StatementLine) -> str:
    """A figure in other words: nothing to pay, the average of daily samples, what came late."""
    parts = ["Không thu thêm."] if line.meter and not line.unit_price else []
    if line.meter == "storage.byte_day" and line.facts:
        mean = dung_luong(line.quantity // line.facts)
        parts.append(f"Bình quân {mean} mỗi ngày, đo {so(line.facts)} ngày.")
    if line.late_facts:
        parts.append(
            f"Trong đó {so(line.late_quantity)} {line.unit} của tháng đã chốt trước đó, "
            "ghi nhận sau khi chốt."
        )
    return " ".join(parts)


async def behind(tenant: Tenant, statement: Statement, line: StatementLine, after: str) -> Behind:
    """The page of facts behind a counted line, or the schedule of a fixed one."""
    here = f"{address(tenant, statement.month)}/{line.code}"
    if line.meter is not None:
        facts = await queries.facts(tenant.id, statement.month, line.meter, after)
        later = f"{here}?{urlencode({'sau': facts.next})}" if facts.next else ""
        return Behind(facts=facts, later=later, first=here if after else "")
    contract = await queries.contract(tenant.id, statement.contract_id, statement.contract_version)
    priced = contract.line(line.code) if contract else None
    if contract is None or priced is None or not isinstance(priced.pricing, FixedTotal):
        raise NotFound
    shares = rules.schedule(contract, priced.pricing)
    return Behind(shares=shares, total=priced.pricing.total)


def months(tenant: Tenant, contract: Contract, closed: list[ClosedMonth]) -> list[MonthLink]:
    """The months of a contract's term that have begun, the latest first."""
    known = {month.month: month for month in closed}
    last = min(month_of(clock.now()), contract.term.end_on.replace(day=1))
    count = months_between(contract.term.start_on, last) + 1
    begun = [shifted(contract.term.start_on, n) for n in range(count)]
    return [
        MonthLink(
            month=month,
            address=address(tenant, month),
            words=f"Tháng {month.month}/{month.year}",
            closed=known.get(month),
        )
        for month in reversed(begun)
    ]


def rule(contract: Contract, line: Line) -> str:
    """How a line of a contract is charged, in one sentence."""
    if isinstance(line.pricing, FixedTotal):
        return (
            f"Trọn gói {so(line.pricing.total)} đồng cho cả thời hạn, "
            f"chia đều cho {contract.term.months} tháng."
        )
    if line.pricing.unit_price == 0:
        return f"Đếm theo {line.pricing.unit}, không thu thêm."
    return f"{so(line.pricing.unit_price)} đồng mỗi {line.pricing.unit}."


def _state(month: date, this: date) -> str:
    if month > this:
        return "future"
    return "running" if month == this else "over"
