"""What a contract and the facts under it come to. Pure: no database, no clock, no tenant."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date
from typing import Any

import msgspec

from billing.agreed import Contract, FixedTotal, Line, PerUnit, Settled
from billing.charging import (
    Charge,
    charge,
    clause_at,
    credit_adjustments,
    fixed_share,
    fixed_to_date,
    late_adjustment,
    share,
    taxed,
)
from billing.months import month_of, months_between, period, shifted
from billing.shapes import METERS, Adjustment, Credit, Fact, Share, Statement, StatementLine, Used
from billing.words import in_words

__all__ = [
    "agreed_for",
    "billed_in",
    "digest",
    "fault_of",
    "month_number",
    "schedule",
    "share",
    "statement",
    "unsettled",
]

# A code or an id; never white space, a plus sign or bare digits, which could be a person's.
_SUBJECT = re.compile(r"(?!\d{8,}$)[A-Za-z0-9:._/-]{1,120}")
_NETWORK = re.compile("[a-z0-9-]{0,20}")
_NOTHING = Used()


def schedule(contract: Contract, pricing: FixedTotal) -> list[Share]:
    """How a fixed total falls on the months of the term.

    In an amendment the list begins with the first month it spreads anew.
    """
    months = contract.term.months
    first = pricing.settled.months + 1 if pricing.settled else 1
    return [
        Share(
            number=number,
            month=shifted(contract.term.start_on, number - 1),
            amount=fixed_share(pricing, months, number),
            to_date=fixed_to_date(pricing, months, number),
        )
        for number in range(first, months + 1)
    ]


def agreed_for(versions: Sequence[Contract], month: date) -> Contract | None:
    """What was agreed for a month, out of contracts in all their versions; None without any.

    The contract whose term began last before it, or the first one; of that the latest version
    that holds by then.
    """
    if not versions:
        return None
    starts = sorted({found.term.start_on for found in versions})
    start_on = max((day for day in starts if day <= month), default=starts[0])
    held = [found for found in versions if found.term.start_on == start_on]
    begun = [
        found for found in held if not found.amendment or found.amendment.effective_on <= month
    ]
    return max(begun or held, key=lambda found: found.version)


def month_number(contract: Contract, month: date) -> int | None:
    """Which month of the term this is, from 1; None outside of the term."""
    number = months_between(contract.term.start_on, month) + 1
    return number if 1 <= number <= contract.term.months else None


def unsettled(
    earlier: Sequence[Contract], code: str, pricing: FixedTotal, effective_on: date
) -> str | None:
    """Why a fixed line of an amendment does not keep what was stated before it; None if it does."""
    start_on = earlier[0].term.start_on
    months = months_between(start_on, effective_on)
    before = [(agreed_for(earlier, shifted(start_on, n)), n + 1) for n in range(months)]
    stated = sum(_fixed_part(agreed, code, number) for agreed, number in before if agreed)
    kept = pricing.settled or Settled(0, 0)
    if (kept.months, kept.amount) == (months, stated):
        return None
    return f"{months} months came to {stated} đồng before {effective_on}; it must keep them"


def _fixed_part(contract: Contract, code: str, number: int) -> int:
    line = contract.line(code)
    if line is None or not isinstance(line.pricing, FixedTotal):
        return 0
    return fixed_share(line.pricing, contract.term.months, number)


def statement(
    contract: Contract,
    used: Mapping[str, Used],
    month: date,
    *,
    credits: Sequence[Credit] = (),
    versions: Sequence[Contract] = (),
) -> Statement:
    """The statement (bảng kê) of a month: a function of the contract and what was used, only.

    `used` is by meter; a meter that is missing counts nothing. Lines at a price of zero are stated
    with their quantities. Outside of the term nothing is charged but what late facts change in
    months of it. `versions` are all that was ever agreed, for the prices of earlier months.
    """
    number, passed = (
        month_number(contract, month),
        months_between(contract.term.start_on, month) + 1,
    )
    fixed = [line.pricing for line in contract.lines if isinstance(line.pricing, FixedTotal)]
    due = sum(fixed_share(pricing, contract.term.months, number or 0) for pricing in fixed)
    lines = [_line(contract, line, used, number, month) for line in contract.lines]
    adjustments = [
        *_late(versions or [contract], used),
        *credit_adjustments(contract, credits, month, due),
    ]
    net = sum(line.amount for line in lines) + sum(row.amount for row in adjustments)
    vat, total = taxed(contract, month, net)
    return Statement(
        **_heading(contract, month, number),
        lines=lines,
        total=total,
        total_in_words=in_words(total),
        to_date=sum(fixed_to_date(pricing, contract.term.months, passed) for pricing in fixed),
        fixed_total=sum(pricing.total for pricing in fixed),
        adjustments=adjustments,
        vat=vat,
    )


def _heading(contract: Contract, month: date, number: int | None) -> dict[str, Any]:
    """What a statement says of itself before any amount."""
    start_at, end_at = period(month)
    return {
        "contract_id": contract.id,
        "contract_version": contract.version,
        "contract_title": contract.title,
        "customer": contract.customer,
        "supplier": contract.supplier,
        "currency": contract.currency,
        "month": month,
        "month_number": number,
        "months": contract.term.months,
        "start_at": start_at,
        "end_at": end_at,
    }


def _late(versions: Sequence[Contract], used: Mapping[str, Used]) -> Iterator[Adjustment]:
    """Late facts at the price of the month they belong to, under what was agreed for it."""
    for meter, seen in sorted(used.items()):
        for late in seen.late:
            agreed = agreed_for(versions, late.month)
            for line in agreed.lines if agreed else []:
                if agreed and line.meter == meter:
                    made = late_adjustment(agreed, line, late)
                    yield from [made] if made else []


def _line(
    contract: Contract, line: Line, used: Mapping[str, Used], number: int | None, month: date
) -> StatementLine:
    seen = used.get(line.meter or "", _NOTHING)
    unit, made = _charged(contract, line, seen, number, month)
    return StatementLine(
        code=line.code,
        name=line.name,
        unit=unit,
        quantity=made.units,
        unit_price=made.unit_price,
        amount=made.amount,
        clause=clause_at(line, month),
        meter=line.meter,
        lot=line.lot,
        counted=seen.quantity,
        included=line.pricing.included if isinstance(line.pricing, PerUnit) else 0,
        charged=made.charged,
        facts=seen.facts,
        late_quantity=seen.late_quantity,
        late_facts=seen.late_facts,
    )


def _charged(
    contract: Contract, line: Line, seen: Used, number: int | None, month: date
) -> tuple[str, Charge]:
    """Unit and charge of a line: a fixed line is one month at the month's share."""
    if isinstance(line.pricing, FixedTotal):
        due = fixed_share(line.pricing, contract.term.months, number or 0)
        one = 1 if number else 0
        return "tháng", Charge(units=one, charged=one, unit_price=due)
    own = charge(line.pricing, month, seen.quantity - seen.late_quantity)
    units = charge(line.pricing, month, seen.quantity).units
    return line.pricing.unit, msgspec.structs.replace(
        own, units=units, charged=own.charged if number else 0
    )


def digest(fact: Fact) -> bytes:
    """SHA-256 of a fact's content; the same for the same fact wherever it is computed."""
    # A moment becomes `2026-11-22T00:00:00.000001Z`; the fraction is left out when it is zero.
    moment = fact.occurred_at.astimezone(UTC)
    content = (fact.id, fact.meter, fact.quantity, fact.subject, fact.network, moment)
    return hashlib.sha256(msgspec.json.encode(content)).digest()


def fault_of(fact: Fact) -> str | None:
    """Why a fact cannot be counted, as an English sentence; None when it can."""
    if fact.meter not in METERS:
        return f"there is no meter {fact.meter!r}"
    if not 1 <= len(fact.id) <= 200:
        return "a fact's id has 1 to 200 characters"
    if "~" in fact.id or not fact.id.isprintable():
        return "a fact's id has no ~, which marks corrections, and nothing unprintable"
    if not 0 <= fact.quantity < 2**63:
        return f"a quantity of {fact.quantity} cannot be counted"
    if not _SUBJECT.fullmatch(fact.subject):
        return "a subject is a code or an id and must not look like a person's data"
    if fact.occurred_at.tzinfo is None:
        return "a fact needs an aware moment"
    if not _NETWORK.fullmatch(fact.network):
        return "a network is a short name in small letters"
    return None


def billed_in(fact: Fact, closed: frozenset[date]) -> date:
    """The month a fact is stated in: its own, or the first open one after it.

    `closed` holds the first days of the tenant's closed months.
    """
    return first_open(month_of(fact.occurred_at), closed)


def first_open(month: date, closed: frozenset[date]) -> date:
    """The month itself, or the first after it that is not closed."""
    while month in closed:
        month = shifted(month, 1)
    return month
