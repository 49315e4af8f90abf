"""What a contract and the facts under it come to. Pure: no database, no clock, no tenant."""

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, date

import msgspec

from billing.months import month_of, months_between, period, shifted
from billing.shapes import (
    METERS,
    Clause,
    Contract,
    Fact,
    FixedTotal,
    Line,
    Share,
    Statement,
    StatementLine,
    Used,
)
from billing.words import in_words

# A code or an id; never white space, a plus sign or bare digits, which could be a person's.
_SUBJECT = re.compile(r"(?!\d{8,}$)[A-Za-z0-9:._/-]{1,120}")
_NOTHING = Used()
_NO_CLAUSE = Clause(quote="", source="")


def share(total: int, months: int, number: int) -> int:
    """The part of `total` đồng that falls on month `number` (1 … months); 0 for any other month.

    Each month ends on the floor of its cumulative part, so the parts differ by one đồng at most
    and add up to the total exactly.
    """
    if not 1 <= number <= months:
        return 0
    return total * number // months - total * (number - 1) // months


def schedule(contract: Contract, total: int) -> list[Share]:
    """How a fixed total falls on the months of the term, from the first to the last."""
    months = contract.term.months
    return [
        Share(
            number=number,
            month=shifted(contract.term.start_on, number - 1),
            amount=share(total, months, number),
            to_date=total * number // months,
        )
        for number in range(1, months + 1)
    ]


def month_number(contract: Contract, month: date) -> int | None:
    """Which month of the term this is, from 1; None outside of the term."""
    number = months_between(contract.term.start_on, month) + 1
    return number if 1 <= number <= contract.term.months else None


def statement(contract: Contract, used: Mapping[str, Used], month: date) -> Statement:
    """The statement (bảng kê) of a month: a function of the contract and what was used, only.

    `used` is by meter; a meter that is missing counts nothing. Lines at a price of zero are stated
    with their quantities. Outside of the term nothing is charged.
    """
    number = month_number(contract, month)
    lines = [_line(contract, line, used, number) for line in contract.lines]
    total = sum(line.amount for line in lines)
    start_at, end_at = period(month)
    fixed = [line.pricing.total for line in contract.lines if isinstance(line.pricing, FixedTotal)]
    passed = min(max(months_between(contract.term.start_on, month) + 1, 0), contract.term.months)
    return Statement(
        contract_id=contract.id,
        contract_version=contract.version,
        contract_title=contract.title,
        customer=contract.customer,
        supplier=contract.supplier,
        month=month,
        month_number=number,
        months=contract.term.months,
        start_at=start_at,
        end_at=end_at,
        lines=lines,
        total=total,
        total_in_words=in_words(total),
        to_date=sum(amount * passed // contract.term.months for amount in fixed),
        fixed_total=sum(fixed),
        currency=contract.currency,
    )


def _line(
    contract: Contract, line: Line, used: Mapping[str, Used], number: int | None
) -> StatementLine:
    seen = used.get(line.meter or "", _NOTHING)
    unit, quantity, unit_price = _priced(contract, line, seen, number)
    return StatementLine(
        code=line.code,
        name=line.name,
        unit=unit,
        quantity=quantity,
        unit_price=unit_price,
        amount=quantity * unit_price if number else 0,
        clause=line.clause or _NO_CLAUSE,
        meter=line.meter,
        facts=seen.facts,
        late_quantity=seen.late_quantity,
        late_facts=seen.late_facts,
    )


def _priced(contract: Contract, line: Line, seen: Used, number: int | None) -> tuple[str, int, int]:
    """Unit, quantity and price of one unit: a fixed line is one month at the month's share."""
    if isinstance(line.pricing, FixedTotal):
        if number is None:
            return "tháng", 0, 0
        return "tháng", 1, share(line.pricing.total, contract.term.months, number)
    return line.pricing.unit, seen.quantity, line.pricing.unit_price


def digest(fact: Fact) -> bytes:
    """SHA-256 of a fact's content; the same for the same fact wherever it is computed."""
    parts = [fact.id, fact.meter, fact.quantity, fact.subject]
    moment = fact.occurred_at.astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(msgspec.json.encode([*parts, moment])).digest()


def fault_of(fact: Fact) -> str | None:
    """Why a fact cannot be counted, as an English sentence; None when it can."""
    if fact.meter not in METERS:
        return f"there is no meter {fact.meter!r}"
    if not 1 <= len(fact.id) <= 200:
        return "a fact's id has 1 to 200 characters"
    if not 0 <= fact.quantity < 2**63:
        return f"a quantity of {fact.quantity} cannot be counted"
    if not _SUBJECT.fullmatch(fact.subject):
        return "a subject is a code or an id and must not look like a person's data"
    if fact.occurred_at.tzinfo is None:
        return "a fact needs an aware moment"
    return None


def billed_in(fact: Fact, closed: frozenset[date]) -> date:
    """The month a fact is stated in: its own, or the first open one after it.

    `closed` holds the first days of the tenant's closed months.
    """
    month = month_of(fact.occurred_at)
    while month in closed:
        month = shifted(month, 1)
    return month
