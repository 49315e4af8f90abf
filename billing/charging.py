"""How counted units, taxes and credits become whole đồng. Pure."""

from collections.abc import Sequence
from datetime import date

import msgspec

from billing.agreed import Contract, FixedTotal, Line, Penalty, PerUnit, Rounded, Vat
from billing.months import last_day, months_between
from billing.shapes import Adjustment, Clause, Credit, Late, StatementVat

_BP = 10_000  # hundredths of one percent in a whole


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """What a quantity comes to in a month: units counted, units charged, their price."""

    units: int
    charged: int
    unit_price: int

    @property
    def amount(self) -> int:
        """Whole đồng."""
        return self.charged * self.unit_price


def share(total: int, months: int, number: int) -> int:
    """The part of `total` đồng that falls on month `number` (1 … months); 0 for any other month.

    Each month ends on the floor of its cumulative part, so the parts differ by one đồng at most
    and add up to the total exactly.
    """
    if not 1 <= number <= months:
        return 0
    return total * number // months - total * (number - 1) // months


def fixed_share(pricing: FixedTotal, months: int, number: int) -> int:
    """The part of a fixed line that falls on a month; what an amendment kept is spread apart."""
    kept = pricing.settled
    if kept is None:
        return share(pricing.total, months, number)
    if number <= kept.months:
        return share(kept.amount, kept.months, number)
    return share(pricing.total - kept.amount, months - kept.months, number - kept.months)


def fixed_to_date(pricing: FixedTotal, months: int, number: int) -> int:
    """What a fixed line comes to from the first month to month `number`."""
    number = min(max(number, 0), months)
    kept = pricing.settled
    if kept is None:
        return pricing.total * number // months
    if number <= kept.months:
        return kept.amount * number // kept.months
    rest, left = pricing.total - kept.amount, months - kept.months
    return kept.amount + rest * (number - kept.months) // left


def rounded(numerator: int, denominator: int, rule: Rounded) -> int:
    """A fraction of đồng as whole đồng; away from zero and toward zero alike below zero."""
    sign = -1 if numerator < 0 else 1
    whole, rest = divmod(abs(numerator), denominator)
    more = {"half_up": 2 * rest >= denominator, "up": rest > 0}.get(rule, False)
    return sign * (whole + more)


def price_at(pricing: PerUnit, month: date) -> int:
    """The unit price in đồng of a month; 0 where the contract gives none."""
    if not pricing.prices:
        return pricing.unit_price
    held = [p for p in pricing.prices if holds(p.from_on, p.to_on, month)]
    return held[0].unit_price if held else 0


def clause_at(line: Line, month: date) -> Clause:
    """The clause the price of a month rests on."""
    prices = line.pricing.prices if isinstance(line.pricing, PerUnit) else []
    held = [p.clause for p in prices if holds(p.from_on, p.to_on, month)]
    return held[0] if held else line.clause or Clause(quote="", source="")


def charge(pricing: PerUnit, month: date, quantity: int) -> Charge:
    """What a quantity of the meter comes to in a month: begun units whole, included ones free."""
    size = pricing.size * (last_day(month).day if pricing.daily_mean else 1)
    units = -(-quantity // size)
    return Charge(
        units=units,
        charged=max(units - pricing.included, 0),
        unit_price=price_at(pricing, month),
    )


def late_adjustment(contract: Contract, line: Line, late: Late) -> Adjustment | None:
    """What late facts change in the month they belong to; None when no unit is moved.

    The month is charged with them and without them, at its own price; the difference is due.
    """
    number = months_between(contract.term.start_on, late.month) + 1
    if not isinstance(line.pricing, PerUnit) or not 1 <= number <= contract.term.months:
        return None
    was = charge(line.pricing, late.month, late.before)
    now = charge(line.pricing, late.month, late.before + late.quantity)
    moved = now.charged - was.charged
    if not moved:
        return None
    return Adjustment(
        kind="late",
        code=line.code,
        name=line.name,
        month=late.month,
        unit=line.pricing.unit,
        quantity=moved,
        unit_price=now.unit_price,
        amount=moved * now.unit_price,
        clause=clause_at(line, late.month),
        reason="Ghi nhận sau khi tháng đã chốt.",
    )


def credit_adjustments(
    contract: Contract, credits: Sequence[Credit], month: date, fixed: int
) -> list[Adjustment]:
    """Credits (giảm trừ) of a month by penalty clause, from its fixed amount in đồng."""
    rule = rounding(contract, "credit")
    found = []
    for penalty in contract.penalties:
        same = [credit for credit in credits if credit.penalty == penalty.code]
        if cases := sum(credit.cases for credit in same):
            amount = _credit(penalty, cases, fixed, rule)
            reason = " ".join(credit.reason for credit in same)
            found.append(_credited(penalty, cases, amount, month, reason))
    return found


def _credit(penalty: Penalty, cases: int, fixed: int, rule: Rounded) -> int:
    return rounded(fixed * min(penalty.rate_bp * cases, penalty.cap_bp), _BP, rule)


def _credited(penalty: Penalty, cases: int, amount: int, month: date, reason: str) -> Adjustment:
    """One row; the sum is one unit, as a cap can cut the last case."""
    return Adjustment(
        kind="credit",
        code=penalty.code,
        name=f"{penalty.name} ({cases} trường hợp)",
        month=month,
        unit="lần tính",
        quantity=1,
        unit_price=-amount,
        amount=-amount,
        clause=penalty.clause,
        reason=reason,
    )


def vat_at(contract: Contract, month: date) -> Vat | None:
    """How tax is treated in a month, after the term as in its last; None where nothing is said."""
    begun = [vat for vat in contract.vat if vat.from_on <= month]
    return max(begun, key=lambda vat: vat.from_on, default=None)


def taxed(contract: Contract, month: date, amount: int) -> tuple[StatementVat | None, int]:
    """The tax on an amount of đồng, and what is to be paid with it."""
    vat = vat_at(contract, month)
    if vat is None:
        return None, amount
    made = StatementVat(treatment=vat.treatment, clause=vat.clause, rate_bp=vat.rate_bp)
    if vat.treatment == "exempt":
        return msgspec.structs.replace(made, net=amount, amount=0), amount
    if vat.rate_bp is None:
        return made, amount
    rule = rounding(contract, "vat")
    whole = _BP if vat.treatment == "added" else _BP + vat.rate_bp
    tax = rounded(amount * vat.rate_bp, whole, rule)
    net = amount if vat.treatment == "added" else amount - tax
    return msgspec.structs.replace(made, net=net, amount=tax), net + tax


def rounding(contract: Contract, what: str) -> Rounded:
    """The contract's rule for one kind of amount; half up where none is needed."""
    return next((r.rule for r in contract.rounding if r.what == what), "half_up")


def holds(from_on: date, to_on: date | None, day: date) -> bool:
    """Whether a validity covers a day."""
    return from_on <= day and (to_on is None or day <= to_on)
