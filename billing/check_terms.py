"""The other terms of a contract: tax, rounding, payment, promises. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from billing.agreed import Clause, Contract, FixedTotal, Term
from billing.months import last_day
from billing.shapes import METERS, Fault

Span = tuple[date, date | None]  # the first day and the last, which may be open


def faults(contract: Contract) -> Iterator[Fault]:
    """What is wrong beside the head, the term and the lines."""
    yield from _vat(contract)
    yield from _rounding(contract)
    yield from _named(contract)
    yield from _promises(contract)
    yield from _amendment(contract)
    yield from _sides(contract)
    yield from _clauses(contract)


def gaps(term: Term, spans: Sequence[Span], place: str, what: str) -> Iterator[Fault]:
    """Faults of validities that must cover the term without a gap and never overlap."""
    expected: date | None = None
    for index, (from_on, to_on) in sorted(enumerate(spans), key=lambda each: each[1][0]):
        if fault := _span(from_on, to_on, term.start_on, expected, what):
            yield Fault(f"{place}[{index}]", fault)
            return
        expected = (to_on or max(term.end_on, from_on)) + timedelta(days=1)
    if expected and expected <= term.end_on:
        yield Fault(place, f"there is no {what} from {expected} to {term.end_on}")


def _span(
    from_on: date, to_on: date | None, start_on: date, expected: date | None, what: str
) -> str | None:
    """Why one validity cannot follow those before it, which end the day before `expected`."""
    if to_on and to_on < from_on:
        return f"it ends on {to_on}, before it starts"
    if from_on.day != 1 or (to_on and to_on != last_day(to_on.replace(day=1))):
        return f"a {what} holds for whole calendar months"
    if expected and from_on < expected:
        return f"it overlaps another {what}, which holds until {_before(expected)}"
    if from_on > (expected or start_on):
        return f"there is no {what} from {expected or start_on} to {_before(from_on)}"
    return None


def _before(day: date) -> date:
    return day - timedelta(days=1)


def _vat(contract: Contract) -> Iterator[Fault]:
    if not contract.vat:
        yield Fault("$.vat", "it must say how value added tax is treated, from which day")
        return
    for index, vat in enumerate(contract.vat):
        place = f"$.vat[{index}].rate_bp"
        if vat.treatment == "added" and vat.rate_bp is None:
            yield Fault(place, "tax that comes on top needs a rate")
        if vat.treatment == "exempt" and vat.rate_bp is not None:
            yield Fault(place, "what is exempt has no rate")
        if vat.rate_bp is not None and not 0 <= vat.rate_bp <= 10_000:
            yield Fault(place, "a rate is from 0 to 10000 hundredths of one percent")
    yield from gaps(
        contract.term, [(v.from_on, v.to_on) for v in contract.vat], "$.vat", "tax rule"
    )


def _rounding(contract: Contract) -> Iterator[Fault]:
    rules = {found.what: found for found in contract.rounding}
    if len(rules) < len(contract.rounding):
        yield Fault("$.rounding", "one kind of amount is rounded in one way")
    needed = {
        "month_share": any(isinstance(line.pricing, FixedTotal) for line in contract.lines),
        "vat": any(vat.rate_bp is not None for vat in contract.vat),
        "credit": bool(contract.penalties),
    }
    for what, is_needed in needed.items():
        if is_needed and what not in rules:
            yield Fault("$.rounding", f"it must say how {what} becomes whole đồng")
    for index, found in enumerate(contract.rounding):
        if (found.what == "month_share") != (found.rule == "floor_of_sum"):
            yield Fault(
                f"$.rounding[{index}].rule",
                "months take the floor of their sum, other amounts half_up, down or up",
            )


def _named(contract: Contract) -> Iterator[Fault]:
    """What is named by its code must be there."""
    lots = {lot.code for lot in contract.lots}
    for index, line in enumerate(contract.lines):
        if line.lot is not None and line.lot not in lots:
            yield Fault(f"$.lines[{index}].lot", f"there is no lot {line.lot!r}")
    for index, volume in enumerate(contract.included):
        if contract.line(volume.line) is None:
            yield Fault(f"$.included[{index}].line", f"there is no line {volume.line!r}")
        if volume.quantity < 1:
            yield Fault(f"$.included[{index}].quantity", "a volume is 1 or more")
    for index, found in enumerate(contract.no_extra):
        for meter in found.meters:
            if meter not in METERS:
                yield Fault(f"$.no_extra[{index}].meters", f"there is no meter {meter!r}")
    for index, limit in enumerate(contract.fair_use):
        if limit.meter not in METERS:
            yield Fault(f"$.fair_use[{index}].meter", f"there is no meter {limit.meter!r}")
        if limit.quantity < 1:
            yield Fault(f"$.fair_use[{index}].quantity", "a limit is 1 or more")


def _promises(contract: Contract) -> Iterator[Fault]:
    known = {promise.code for promise in contract.sla}
    for index, promise in enumerate(contract.sla):
        if promise.value < 0:
            yield Fault(f"$.sla[{index}].value", "a level is not below zero")
    for index, penalty in enumerate(contract.penalties):
        place = f"$.penalties[{index}]"
        if penalty.sla not in known:
            yield Fault(f"{place}.sla", f"there is no promise {penalty.sla!r}")
        if not 0 < penalty.rate_bp <= penalty.cap_bp <= 10_000:
            yield Fault(f"{place}.rate_bp", "0 < rate <= cap <= 10000 hundredths of one percent")
    pay = contract.payment
    if pay and not (1 <= pay.every_months <= 12 and 1 <= pay.invoice_by_day <= 28):
        yield Fault("$.payment", "paid each 1 to 12 months, the invoice by day 1 to 28")


def _amendment(contract: Contract) -> Iterator[Fault]:
    made = contract.amendment
    if contract.version == 1 and made:
        yield Fault("$.amendment", "the first version amends nothing")
    if contract.version > 1 and made is None:
        yield Fault("$.amendment", "a later version names its amendment and its first day")
    if made and not _begins(contract.term, made.effective_on):
        reason = "it holds from the first day of a month of the term"
        yield Fault("$.amendment.effective_on", reason)


def _begins(term: Term, day: date) -> bool:
    """Whether a day is the first of a month of the term."""
    return day.day == 1 and term.start_on <= day <= term.end_on


def _sides(contract: Contract) -> Iterator[Fault]:
    for index, party in enumerate(contract.parties):
        if party.name != getattr(contract, party.role):
            yield Fault(f"$.parties[{index}].name", f"the {party.role} has another name above")
    estimate = contract.estimate
    if estimate and sum(part.amount for part in estimate.parts) != estimate.total:
        yield Fault("$.estimate.total", "its parts do not add up to it")


def _clauses(contract: Contract) -> Iterator[Fault]:
    """Every rule needs the words it rests on."""
    pay, made, estimate = contract.payment, contract.amendment, contract.estimate
    held: dict[str, Sequence[Clause]] = {
        "lots": [each.clause for each in contract.lots],
        "included": [each.clause for each in contract.included],
        "no_extra": [each.clause for each in contract.no_extra],
        "fair_use": [each.clause for each in contract.fair_use],
        "vat": [each.clause for each in contract.vat],
        "rounding": [each.clause for each in contract.rounding],
        "sla": [each.clause for each in contract.sla],
        "penalties": [each.clause for each in contract.penalties],
        "acceptance": [each.clause for each in contract.acceptance],
        "cited": [each.clause for each in contract.cited],
        "payment": [pay.clause] if pay else [],
        "amendment": [made.clause] if made else [],
        "estimate": [estimate.clause, *(p.clause for p in estimate.parts)] if estimate else [],
    }
    for name, clauses in held.items():
        for index, clause in enumerate(clauses):
            if not clause.quote.strip() or not clause.source.strip():
                yield Fault(f"$.{name}[{index}].clause", "a rule needs its clause and its source")
