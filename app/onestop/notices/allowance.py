"""What a part of a message costs on a day, and how much of the contract's allowance is used.

The figures are the meter's own: the same facts the statement of the month is made from.
"""

from datetime import date
from functools import cache
from pathlib import Path

import msgspec

from billing import queries
from billing.agreed import PerUnit
from billing.charging import clause_at, price_at
from billing.months import period
from billing.refusals import NoContract
from tenants import db
from tenants.current import current

METER = "notice.part"
_FILE = Path(__file__).parent / "data" / "prices.json"
# Served by usage_record_by_time.
_USED = """
select coalesce(sum(quantity), 0)::bigint from usage_record
where meter = $1 and occurred_at >= $2 and occurred_at < $3
"""


class ListPrice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a part costs from a day on where no contract says it, and where that comes from."""

    from_on: date
    unit_price: int
    basis: str


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What a contract says of messages in a month; `included` parts are free, 0: none named.

    A price never stands without its clause.
    """

    unit_price: int
    clause: str
    source: str
    included: int = 0


class Allowance(msgspec.Struct, frozen=True, kw_only=True):
    """How far a month's allowance is used, in parts."""

    month: date
    used: int
    included: int
    clause: str


async def terms_on(day: date) -> Terms:
    """Price and allowance on a day: the contract's, else the dated list's."""
    month = day.replace(day=1)
    try:
        contract = await queries.contract_for(current().id, month)
    except NoContract:
        return list_price(day)
    for line in contract.lines:
        if line.meter == METER and isinstance(line.pricing, PerUnit):
            clause = clause_at(line, month)
            return Terms(
                unit_price=price_at(line.pricing, month),
                clause=clause.quote,
                source=clause.source,
                included=line.pricing.included,
            )
    return list_price(day)


def list_price(day: date) -> Terms:
    """The list's price on a day; before its first day the first one."""
    held = [one for one in _prices() if one.from_on <= day] or _prices()[:1]
    return Terms(unit_price=held[-1].unit_price, clause="", source=held[-1].basis)


async def of_month(day: date) -> Allowance:
    """How far the allowance of the day's month is used."""
    terms = await terms_on(day)
    begin, end = period(day.replace(day=1))
    used = await db.tenant.fetch_value(_USED, METER, begin, end)
    return Allowance(
        month=day.replace(day=1), used=used, included=terms.included, clause=terms.clause
    )


@cache
def _prices() -> list[ListPrice]:
    held = msgspec.json.decode(_FILE.read_bytes(), type=list[ListPrice])
    return sorted(held, key=lambda one: one.from_on)
