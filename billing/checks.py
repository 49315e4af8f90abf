"""What a contract must be before it is taken: faults with their place and reason. Pure."""

from collections.abc import Iterator

import msgspec

from billing import check_terms
from billing.agreed import Contract, FixedTotal, Line, PerUnit, Price, Term
from billing.check_terms import gaps
from billing.months import last_day, shifted
from billing.shapes import METERS, Fault


def read(document: bytes) -> Contract | list[Fault]:
    """A contract out of its JSON, or why it is refused."""
    try:
        contract = msgspec.json.decode(document, type=Contract)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at `")
        return [Fault(place.rstrip("`") or "$", reason)]
    except msgspec.DecodeError as error:
        return [Fault("$", f"this is not JSON: {error}")]
    return faults(contract) or contract


def faults(contract: Contract) -> list[Fault]:
    """Everything that is wrong with a contract; empty when it can be taken."""
    found = [*_head(contract), *_term(contract.term)]
    return [*found, *_lines(contract), *check_terms.faults(contract)]


def _head(contract: Contract) -> Iterator[Fault]:
    for name in ("id", "tenant_slug", "title", "customer"):
        if not getattr(contract, name).strip():
            yield Fault(f"$.{name}", "it is empty")
    if contract.currency != "VND":
        yield Fault("$.currency", "statements are in VND only")
    if contract.version < 1:
        yield Fault("$.version", "versions count from 1")
    if not contract.lines:
        yield Fault("$.lines", "a contract without lines states nothing")
    for index, duty in enumerate(contract.obligations):
        if not duty.quote.strip() or not duty.source.strip():
            yield Fault(f"$.obligations[{index}]", "a duty needs the clause it rests on")


def _term(term: Term) -> Iterator[Fault]:
    if term.end_on < term.start_on:
        yield Fault("$.term.end_on", f"it ends on {term.end_on}, before it starts")
        return
    if term.start_on.day != 1:
        yield Fault("$.term.start_on", "a term starts on the first day of a month")
        return
    if not 1 <= term.months <= 1200:
        yield Fault("$.term.months", "a term has 1 to 1200 months")
        return
    end_on = last_day(shifted(term.start_on, term.months - 1))
    if term.end_on != end_on:
        yield Fault("$.term.end_on", f"{term.months} months end on {end_on}, not {term.end_on}")


def _lines(contract: Contract) -> Iterator[Fault]:
    codes: set[str] = set()
    meters: set[str] = set()
    for index, line in enumerate(contract.lines):
        place = f"$.lines[{index}]"
        if line.code in codes:
            yield Fault(f"{place}.code", f"another line has the code {line.code!r} too")
        if line.meter is not None and line.meter in meters:
            yield Fault(f"{place}.meter", f"another line counts {line.meter!r} too")
        codes.add(line.code)
        meters.add(line.meter or "")
        yield from _line(line, place)
        yield from _pricing(contract, line, place)


def _line(line: Line, place: str) -> Iterator[Fault]:
    if not line.code.strip() or not line.code.replace("-", "").replace("_", "").isalnum():
        yield Fault(f"{place}.code", "a code is letters, digits, - and _")
    if line.meter is not None and line.meter not in METERS:
        yield Fault(f"{place}.meter", f"there is no meter {line.meter!r}")
    if line.clause is None or not line.clause.quote.strip() or not line.clause.source.strip():
        yield Fault(f"{place}.clause", "a price needs the clause it rests on, and its source")


def _pricing(contract: Contract, line: Line, place: str) -> Iterator[Fault]:
    if isinstance(line.pricing, FixedTotal):
        yield from _fixed(contract, line, line.pricing, place)
        return
    if line.meter is None:
        yield Fault(f"{place}.meter", "a price for each unit needs a meter that counts them")
    if line.pricing.included < 0 or line.pricing.size < 1:
        yield Fault(f"{place}.pricing", "a unit has a size of 1 or more, and none is included")
    if line.pricing.unit_price < 0:
        yield Fault(f"{place}.pricing.unit_price", "a price is not below zero")
    yield from _prices(contract.term, line.pricing, place)
    priced = [line.pricing.unit_price, *(price.unit_price for price in line.pricing.prices)]
    for found in contract.no_extra:
        if any(priced) and line.meter in found.meters:
            yield Fault(f"{place}.pricing", f"{found.code} says that nothing more is charged")


def _fixed(contract: Contract, line: Line, pricing: FixedTotal, place: str) -> Iterator[Fault]:
    if pricing.total < 0:
        yield Fault(f"{place}.pricing.total", "an amount is not below zero")
    if line.meter is not None:
        yield Fault(f"{place}.meter", "a fixed amount counts nothing")
    kept = pricing.settled
    if kept and (contract.amendment is None or not 0 < kept.months < contract.term.months):
        yield Fault(f"{place}.pricing.settled", "an amendment keeps months inside of the term")


def _prices(term: Term, pricing: PerUnit, place: str) -> Iterator[Fault]:
    if not pricing.prices:
        return
    if pricing.unit_price:
        yield Fault(f"{place}.pricing.unit_price", "prices with days replace it: leave it at 0")
    for index, price in enumerate(pricing.prices):
        yield from _price(price, f"{place}.pricing.prices[{index}]")
    spans = [(price.from_on, price.to_on) for price in pricing.prices]
    yield from gaps(term, spans, f"{place}.pricing.prices", "price")


def _price(price: Price, place: str) -> Iterator[Fault]:
    if price.unit_price < 0:
        yield Fault(f"{place}.unit_price", "a price is not below zero")
    if not price.clause.quote.strip() or not price.clause.source.strip():
        yield Fault(f"{place}.clause", "a price needs the clause it rests on, and its source")
