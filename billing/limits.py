"""Limits a contract sets to what is used: fair use, and what the price includes. Pure."""

from datetime import date
from typing import Literal

import msgspec

from billing.agreed import Clause, Contract, Line, PerUnit
from billing.charging import clause_at, price_at
from billing.months import last_day
from billing.shapes import METERS

LEVELS = (80, 100)
Kind = Literal["fair_use", "included"]


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a meter a month may use (hạn mức), in the meter's unit, and what comes beyond.

    Of a meter that is counted every day, fair use is what may be there on any day (`on_a_day`):
    bytes that are kept, not bytes times days. What the price includes is always the month's sum.
    """

    meter: str
    kind: Kind
    quantity: int
    beyond: Literal["warn", "refuse", "charge"]
    clause: Clause

    @property
    def on_a_day(self) -> bool:
        """Whether a single day is measured instead of the month."""
        return self.kind == "fair_use" and METERS[self.meter].daily


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How far a limit is used up."""

    limit: Limit
    used: int

    @property
    def percent(self) -> int:
        """Whole percents, rounded down: 100 means that nothing is left."""
        return self.used * 100 // self.limit.quantity

    @property
    def levels(self) -> list[int]:
        """The levels of warning it has reached, in percent."""
        return [level for level in LEVELS if self.percent >= level]

    @property
    def refused(self) -> bool:
        """Whether the contract says that more is refused now."""
        return self.percent >= 100 and self.limit.beyond == "refuse"


def limits_of(contract: Contract, month: date) -> list[Limit]:
    """Every limit of a month: the clauses of fair use, then what the prices include."""
    fair = [
        Limit(
            meter=rule.meter,
            kind="fair_use",
            quantity=rule.quantity,
            beyond=rule.beyond,
            clause=rule.clause,
        )
        for rule in contract.fair_use
    ]
    return [*fair, *(found for line in contract.lines if (found := _included(line, month)))]


def _included(line: Line, month: date) -> Limit | None:
    pricing = line.pricing
    if line.meter is None or not isinstance(pricing, PerUnit) or not pricing.included:
        return None
    days = last_day(month).day if pricing.daily_mean else 1
    return Limit(
        meter=line.meter,
        kind="included",
        quantity=pricing.included * pricing.size * days,
        beyond="charge" if price_at(pricing, month) else "warn",
        clause=clause_at(line, month),
    )
