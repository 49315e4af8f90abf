"""Contracts and statements as pages show them, to the vendor and to the tenant alike."""

from collections.abc import Sequence
from datetime import date, datetime
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from app.doors.contract_rules import Row, rule, rules_of
from app.doors.words import gio_ngay, so
from app.refusals import NotFound
from billing import queries, rules, settling
from billing.measures import is_daily, of_line, shown_lines
from billing.months import month_of, months_between, shifted
from billing.papers.filling import in_force
from billing.payments import PaymentPeriod, payment_calendar
from billing.queries import ClosedMonth, FactsPage, StatementView
from billing.settling import Step, next_step
from billing.shapes import (
    METERS,
    Clause,
    Contract,
    FixedTotal,
    Line,
    Share,
    Statement,
    StatementLine,
)
from infra import clock


class MonthLink(msgspec.Struct, frozen=True, kw_only=True):
    """One month of a contract's term and how its statement stands."""

    month: date
    address: str
    words: str
    closed: ClosedMonth | None = None
    state: str = "Chưa chốt"


class Cited(msgspec.Struct, frozen=True, kw_only=True):
    """One clause and the lines (numbered from 1) that rest on it."""

    numbers: str
    clause: Clause
    readings: str


class StepLine(msgspec.Struct, frozen=True, kw_only=True):
    """One step a statement took, in words."""

    words: str
    by: str
    at: datetime
    reference: str


class StatementPage(msgspec.Struct, frozen=True, kw_only=True):
    """A month's statement with the way to its neighbours."""

    view: StatementView
    address: str
    previous: str
    next: str  # empty when the next month has not begun
    state: str  # future | running | over | closed
    lines: list[StatementLine]  # those that are shown
    amounts: dict[str, tuple[str, str]]  # by line code: quantity and unit, as officials say them
    notes: dict[str, str]  # by line code: what its figure says in other words
    clauses: list[Cited]
    steps: list[StepLine]
    next_step: str  # empty before it is closed and after it is paid
    files: list[tuple[str, str]]  # name and words of what can be saved
    tax: str  # how value added tax is treated, in one sentence


class Behind(msgspec.Struct, frozen=True, kw_only=True):
    """What is behind one line: facts, or the months a fixed total falls on."""

    facts: FactsPage | None = None
    shares: list[Share] = []
    total: int = 0
    later: str = ""  # the address of the next page of facts
    first: str = ""  # the address of the first page, when this is another one
    daily: bool = False  # each fact is the measure of one day
    explained: str = ""  # what the unit of the exact quantity means


class ContractPage(msgspec.Struct, frozen=True, kw_only=True):
    """A contract with its rules in words and its months."""

    contract: Contract
    lines: list[tuple[Line, str]]
    rules: list[tuple[str, list[Row]]]
    calendar: list[PaymentPeriod]
    months: list[MonthLink]


async def opened(base: str, tenant_id: UUID, month: date) -> StatementPage:
    """The statement of a month as a page. Raises NoContract."""
    view = await queries.statement(tenant_id, month)
    return statement_page(base, view, await settling.steps(tenant_id, month))


def statement_page(base: str, view: StatementView, steps: Sequence[Step] = ()) -> StatementPage:
    """The statement as a page: its state by the calendar, its neighbours, its figures in words."""
    month, this = view.statement.month, month_of(clock.now())
    today, lines = clock.now().astimezone(clock.VIETNAM).date(), shown_lines(view.statement.lines)
    return StatementPage(
        view=view,
        address=address(base, month),
        previous=address(base, shifted(month, -1)),
        next=address(base, shifted(month, 1)) if month < this else "",
        state="closed" if view.closed_at else _state(month, this),
        lines=lines,
        amounts={line.code: of_line(line, month, today) for line in lines},
        notes={line.code: note(line) for line in lines},
        clauses=cited(lines),
        steps=[_step(each) for each in steps],
        next_step=(next_step([each.step for each in steps]) or "") if view.closed_at else "",
        files=_files(),
        tax=tax(view.statement),
    )


_BYTE_DAYS = " (1 byte-ngày là 1 byte được lưu trong 1 ngày; tổng của các ngày đã đo)"
_STEPS = {
    "sent": "Đã gửi bảng kê cho bên thuê",
    "accepted": "Bên thuê đã nghiệm thu",
    "invoiced": "Đã xuất hóa đơn",
    "paid": "Đã thanh toán",
}


def _stands(month: ClosedMonth | None) -> str:
    """How a month's statement stands, in words."""
    if month is None:
        return "Chưa chốt"
    return _STEPS[month.step] if month.step else f"Đã chốt {gio_ngay(month.closed_at)}"


def _step(step: Step) -> StepLine:
    side = "bên cho thuê" if step.side == "vendor" else "bên thuê"
    by = f"{step.done_by} ({side})"
    return StepLine(words=_STEPS[step.step], by=by, at=step.done_at, reference=step.reference)


def _files() -> list[tuple[str, str]]:
    """What can be saved of a statement: papers of the forms in force, and data."""
    forms = in_force(clock.now().astimezone(clock.VIETNAM).date())
    words = {
        "bang-ke": "Bảng kê (PDF)",
        "nghiem-thu": "Biên bản nghiệm thu (PDF)",
        "de-nghi": "Đề nghị thanh toán (PDF)",
        "m1": "M1 – Biên bản vận hành thử (PDF)",
        "m2": "M2 – Báo cáo của bên cung cấp (PDF)",
        "m3": "M3 – Báo cáo giám sát (PDF)",
        "m4": "M4 – Biên bản bàn giao dữ liệu (PDF)",
    }
    papers = [(f"{code}.pdf", told) for code, told in words.items() if code in forms]
    data = [("bang-ke.xlsx", "Bảng tính (XLSX)"), ("tinh-lai.json", "Dữ liệu để tính lại (JSON)")]
    return [*papers, *data]


def tax(made: Statement) -> str:
    """How value added tax is treated in a statement."""
    vat = made.vat
    if vat is None:
        return "Hợp đồng không nêu thuế giá trị gia tăng cho tháng này."
    if vat.treatment == "exempt":
        return "Không chịu thuế giá trị gia tăng."
    if vat.net is None or vat.amount is None or vat.rate_bp is None:
        return "Giá đã gồm thuế giá trị gia tăng; văn bản không nêu thuế suất nên không tách thuế."
    rate = f"{vat.rate_bp / 100:g}%".replace(".", ",")
    told = "Đã gồm" if vat.treatment == "included" else "Cộng thêm"
    return (
        f"{told} thuế giá trị gia tăng {rate}: {so(vat.amount)} đồng; "
        f"tiền trước thuế {so(vat.net)} đồng."
    )


def address(base: str, month: date) -> str:
    """Where a month's statement is shown."""
    return f"{base}/{month:%Y-%m}"


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
    """A figure in other words: nothing to pay, what is included, what came late."""
    parts = ["Không thu thêm."] if line.meter and not line.unit_price else []
    if line.included:
        parts.append(f"Giá đã gồm {so(line.included)} {line.unit} mỗi tháng.")
    if line.meter and line.unit_price and line.charged != line.quantity:
        parts.append(f"Tính tiền {so(line.charged)} {line.unit}.")
    if line.late_facts:
        late = f"{so(line.late_facts)} lần đo"
        late = late if is_daily(line) else f"{so(line.late_quantity)} {line.unit}"
        parts.append(f"Trong đó {late} của tháng đã chốt trước đó, ghi nhận sau khi chốt.")
    return " ".join(parts)


async def behind(
    base: str, tenant_id: UUID, statement: Statement, line: StatementLine, after: str
) -> Behind:
    """The page of facts behind a counted line, or the schedule of a fixed one."""
    here = f"{address(base, statement.month)}/{line.code}"
    if line.meter is not None:
        facts = await queries.facts(tenant_id, statement.month, line.meter, after)
        later = f"{here}?{urlencode({'sau': facts.next})}" if facts.next else ""
        daily = METERS[line.meter].daily
        return Behind(
            facts=facts,
            later=later,
            first=here if after else "",
            daily=daily,
            explained=_BYTE_DAYS if is_daily(line) else "",
        )
    contract = await queries.contract(tenant_id, statement.contract_id, statement.contract_version)
    priced = contract.line(line.code) if contract else None
    if contract is None or priced is None or not isinstance(priced.pricing, FixedTotal):
        raise NotFound
    shares = rules.schedule(contract, priced.pricing)
    return Behind(shares=shares, total=priced.pricing.total)


def months(base: str, contract: Contract, closed: list[ClosedMonth]) -> list[MonthLink]:
    """The months of a contract's term that have begun, the latest first."""
    known = {month.month: month for month in closed}
    last = min(month_of(clock.now()), contract.term.end_on.replace(day=1))
    count = months_between(contract.term.start_on, last) + 1
    begun = [shifted(contract.term.start_on, n) for n in range(count)]
    return [
        MonthLink(
            month=month,
            address=address(base, month),
            words=f"Tháng {month:%m/%Y}",
            closed=known.get(month),
            state=_stands(known.get(month)),
        )
        for month in reversed(begun)
    ]


async def contracts(base: str, tenant_id: UUID) -> list[ContractPage]:
    """A tenant's contracts in their latest version, the latest term first."""
    closed = await queries.closed_months(tenant_id)
    return [
        ContractPage(
            contract=found,
            lines=[(line, rule(found, line)) for line in found.lines],
            rules=rules_of(found),
            calendar=payment_calendar(found),
            months=months(base, found, closed),
        )
        for found in await queries.contracts(tenant_id)
    ]


def _state(month: date, this: date) -> str:
    if month > this:
        return "future"
    return "running" if month == this else "over"
