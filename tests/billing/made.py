"""Contracts and months made by chance, for the rules and for who computes them again."""

import random
from datetime import UTC, date, datetime

import msgspec

from billing import rules
from billing.agreed import Contract, Penalty, PerUnit, Price, Rounding, Sla, Vat
from billing.months import last_day, shifted
from billing.shapes import Credit, Late, Statement, Used
from tests.billing.contracts import CLAUSE, MONTHS, TAX, contract, counted, fixed, term

START = date(2026, 1, 1)
METERS = ("dossier.received", "notice.part", "storage.byte_day")


def credit(penalty: str, cases: int) -> Credit:
    """A breach as entered."""
    return Credit(
        penalty=penalty,
        cases=cases,
        reason="Sự cố quá 60 phút",
        entered_by="Vận hành",
        entered_at=datetime(2026, 6, 1, tzinfo=UTC),
    )


def random_contract(chance: random.Random) -> Contract:
    """A sound contract with any mixture of rules."""
    months = chance.randint(2, 48)
    lines = [fixed(chance.randrange(10**11), code=f"F{n}") for n in range(chance.randint(0, 2))]
    for meter in chance.sample(METERS, chance.randint(1, 3)):
        pricing = _pricing(chance, months, daily=meter == "storage.byte_day")
        lines.append(msgspec.structs.replace(counted(meter), pricing=pricing))
    rate = chance.choice([None, 500, 800, 1000])
    treatment = chance.choice(["added", "included"]) if rate else "included"
    vat = Vat(from_on=START, treatment=treatment, rate_bp=rate, clause=CLAUSE)
    promise = Sla(code="restore", name="60", measure="restore_minutes", value=60, clause=CLAUSE)
    cost = Penalty(code="P", name="Chậm", sla="restore", rate_bp=37, cap_bp=900, clause=CLAUSE)
    taken = Rounding(what="credit", rule=chance.choice(["half_up", "down"]), clause=CLAUSE)
    return contract(
        term=term(START, months),
        lines=lines,
        vat=[vat],
        sla=[promise],
        penalties=[cost],
        rounding=[MONTHS, TAX, taken],
    )


def random_used(chance: random.Random, found: Contract, month: date) -> dict[str, Used]:
    """What was used in a month, some of it late."""
    used = {}
    for line in found.lines:
        if line.meter is None:
            continue
        own = chance.randrange(10**6)
        late = [
            Late(
                month=shifted(month, -back),
                quantity=chance.randrange(-50, 5000),
                facts=2,
                before=chance.randrange(50, 10**6),
            )
            for back in sorted(chance.sample(range(1, 9), chance.randint(0, 3)), reverse=True)
        ]
        moved = sum(each.quantity for each in late)
        used[line.meter] = Used(
            quantity=own + moved, facts=7, late_quantity=moved, late_facts=2 * len(late), late=late
        )
    return used


def random_month(chance: random.Random, found: Contract) -> Statement:
    """The statement of any month, sometimes outside of the term."""
    month = shifted(START, chance.randint(-1, found.term.months + 1))
    credits = [credit("P", chance.randint(1, 9)) for _ in range(chance.randint(0, 2))]
    return rules.statement(found, random_used(chance, found, month), month, credits=credits)


def _pricing(chance: random.Random, months: int, *, daily: bool) -> PerUnit:
    change = shifted(START, chance.randint(1, months - 1))
    prices = [
        Price(
            from_on=START,
            to_on=last_day(shifted(change, -1)),
            unit_price=chance.randrange(900),
            clause=CLAUSE,
        ),
        Price(from_on=change, unit_price=chance.randrange(900), clause=CLAUSE),
    ]
    return PerUnit(
        unit="đơn vị",
        unit_price=0,
        included=chance.choice([0, 100, 10**5]),
        size=chance.choice([1, 1000, 10**4]),
        daily_mean=daily,
        prices=prices,
    )
