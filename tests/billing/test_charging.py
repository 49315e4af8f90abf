"""Blocks, included volumes, dated prices, tax, credits and amendments: no đồng is ever lost."""

import random
from datetime import date
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing import checks, rules, service
from billing.agreed import FixedTotal, Payment, Penalty, PerUnit, Price, Rounding, Settled, Sla, Vat
from billing.charging import charge, fixed_share, fixed_to_date, rounded
from billing.months import shifted
from billing.payments import payment_calendar
from billing.shapes import Late, Used
from tests.billing.contracts import CLAUSE, INCLUDED, MONTHS, TAX, contract, counted, fixed, term
from tests.billing.made import credit, random_contract, random_month

MAY = date(2026, 5, 1)


@given(st.integers(0, 10**13), st.integers(0, 10**13), st.integers(2, 120), st.data())
def test_an_amended_total_is_kept_to_the_dong(before, after, months, data):
    kept = Settled(data.draw(st.integers(1, months - 1)), before)
    pricing = FixedTotal(total=after, settled=kept)
    shares = [fixed_share(pricing, months, number) for number in range(1, months + 1)]
    assert sum(shares) == after == fixed_to_date(pricing, months, months)
    assert sum(shares[: kept.months]) == before == fixed_to_date(pricing, months, kept.months)


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_rounding_gives_whole_dong_within_one(numerator, denominator):
    down, half, up = (rounded(numerator, denominator, r) for r in ("down", "half_up", "up"))
    assert abs(down) <= abs(half) <= abs(up) <= abs(down) + 1
    assert abs(2 * (half * denominator - numerator)) <= denominator


@given(st.integers(0, 10**12), st.integers(1, 10**9), st.integers(0, 50))
def test_begun_blocks_count_whole_and_included_ones_are_free(quantity, size, included):
    made = charge(PerUnit(unit="block", unit_price=7, size=size, included=included), MAY, quantity)
    assert (made.units - 1) * size < quantity <= made.units * size or quantity == made.units == 0
    assert made.amount == 7 * max(made.units - included, 0)


def test_storage_is_measured_by_the_average_day_of_its_month():
    pricing = PerUnit(unit="block", unit_price=5, size=100, daily_mean=True)
    assert charge(pricing, MAY, 31 * 100).units == 1
    assert charge(pricing, MAY, 31 * 100 + 1).units == 2
    assert charge(pricing, date(2026, 2, 1), 31 * 100).units == 2


def sms(included=0):
    prices = [
        Price(from_on=date(2020, 1, 1), to_on=date(2026, 6, 30), unit_price=300, clause=CLAUSE),
        Price(from_on=date(2026, 7, 1), unit_price=500, clause=CLAUSE),
    ]
    pricing = PerUnit(unit="tin", unit_price=0, included=included, prices=prices)
    return msgspec.structs.replace(counted("notice.part"), pricing=pricing)


def test_late_facts_are_charged_at_the_price_of_their_own_month_and_beyond_what_it_includes():
    late = Late(month=date(2026, 6, 1), quantity=10, facts=10, before=95)
    used = Used(quantity=17, facts=17, late_quantity=10, late_facts=10, late=[late])
    made = rules.statement(contract(lines=[sms(100)]), {"notice.part": used}, date(2026, 7, 1))
    row = made.adjustments[0]
    assert (row.month, row.quantity, row.unit_price, row.amount) == (late.month, 5, 300, 1500)
    assert (made.lines[0].quantity, made.lines[0].charged, made.total) == (17, 0, 1500)


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 2)), max_size=40))
def test_usage_costs_the_same_in_total_however_late_it_comes(parts):
    """`parts`: quantities of May, each stated so many months later."""
    found = contract(lines=[sms(150)])
    whole = {"notice.part": Used(quantity=sum(quantity for quantity, _ in parts))}
    total, before = 0, 0
    for delay in range(3):
        now = sum(quantity for quantity, after in parts if after == delay)
        late = [Late(month=MAY, quantity=now, facts=1, before=before)] if delay else []
        used = Used(quantity=now, late_quantity=now if delay else 0, late=late)
        total += rules.statement(found, {"notice.part": used}, shifted(MAY, delay)).total
        before += now
    assert total == rules.statement(found, whole, MAY).total


def test_facts_of_the_last_month_are_adjusted_after_the_term_and_under_the_next_contract():
    found = contract(lines=[sms()])
    late = Late(month=date(2028, 12, 1), quantity=3, facts=3)
    used = {"notice.part": Used(quantity=3, late_quantity=3, late=[late])}
    assert rules.statement(found, used, date(2029, 1, 1)).total == 3 * 500
    term = msgspec.structs.replace(found.term, start_on=date(2029, 1, 1), end_on=date(2031, 12, 31))
    following = msgspec.structs.replace(found, id="HD-2", term=term, lines=[fixed(36)])
    made = rules.statement(following, used, date(2029, 1, 1), versions=[found, following])
    assert made.total == 3 * 500 + 1


@pytest.mark.parametrize(
    ("treatment", "rate", "net", "tax", "total"),
    [
        ("included", None, None, None, 1001),
        ("included", 1000, 910, 91, 1001),
        ("added", 850, 1001, 85, 1086),
        ("exempt", None, 1001, 0, 1001),
    ],
)
def test_tax_is_told_as_the_contract_treats_it(treatment, rate, net, tax, total):
    vat = Vat(from_on=date(2026, 1, 1), treatment=treatment, rate_bp=rate, clause=CLAUSE)
    found = contract(lines=[fixed(36 * 1001)], vat=[vat], rounding=[MONTHS, TAX])
    assert checks.faults(found) == []
    made = rules.statement(found, {}, MAY)
    assert (made.vat.net, made.vat.amount, made.total) == (net, tax, total)


def test_a_tax_rate_changes_on_its_day():
    old = msgspec.structs.replace(INCLUDED, to_on=date(2026, 5, 31))
    new = Vat(from_on=date(2026, 6, 1), treatment="added", rate_bp=800, clause=CLAUSE)
    found = contract(lines=[fixed(3600)], vat=[old, new], rounding=[MONTHS, TAX])
    assert checks.faults(found) == []
    assert [rules.statement(found, {}, shifted(MAY, n)).total for n in (0, 1)] == [100, 108]


def test_breaches_reduce_the_month_by_their_clause_up_to_its_cap():
    promise = Sla(
        code="restore", name="60 phút", measure="restore_minutes", value=60, clause=CLAUSE
    )
    penalty = Penalty(code="P", name="Chậm", sla="restore", rate_bp=33, cap_bp=100, clause=CLAUSE)
    down = Rounding(what="credit", rule="down", clause=CLAUSE)
    found = contract(
        lines=[fixed(36 * 1000)], sla=[promise], penalties=[penalty], rounding=[MONTHS, down]
    )
    assert checks.faults(found) == []
    for cases, amount in ((1, -3), (2, -6), (3, -9), (4, -10), (9, -10)):
        made = rules.statement(found, {}, MAY, credits=[credit("P", cases)])
        assert (made.adjustments[0].amount, made.total) == (amount, 1000 + amount)
        assert made.adjustments[0].clause == CLAUSE
    assert rules.statement(found, {}, MAY, credits=[credit("khong-co", 1)]).total == 1000


def test_thousands_of_random_statements_add_up_and_name_a_clause_for_every_amount():
    chance = random.Random(20261123)
    for _ in range(1500):
        found = random_contract(chance)
        assert checks.faults(found) == []
        made = random_month(chance, found)
        rows = [*made.lines, *made.adjustments]
        assert all(row.amount == 0 or (row.clause.quote and row.clause.source) for row in rows)
        assert all(isinstance(row.amount, int) for row in rows)
        assert all(line.amount == line.charged * line.unit_price for line in made.lines)
        net = sum(row.amount for row in rows)
        added = made.vat.amount if made.vat and made.vat.treatment == "added" else 0
        assert made.total == net + added


@pytest.mark.parametrize("found", service.shipped(), ids=lambda found: found.id)
def test_what_a_shipped_contract_includes_is_never_charged(found):
    used = {
        line.meter: Used(quantity=10**12, facts=9, late=[Late(month=MAY, quantity=10**9, facts=1)])
        for line in found.lines
        if line.meter
    }
    for n in range(36):
        month = shifted(found.term.start_on, n)
        assert rules.statement(found, used, month).total == rules.statement(found, {}, month).total


@given(
    st.integers(0, 10**13),
    st.integers(1, 60),
    st.integers(1, 12),
    st.sampled_from(["start", "end"]),
)
def test_the_payment_calendar_covers_the_term_and_adds_up(total, months, every, at):
    pay = Payment(every_months=every, at=at, invoice_by_day=7, due_days=30, clause=CLAUSE)
    found = contract(term=term(date(2026, 1, 1), months), lines=[fixed(total)], payment=pay)
    periods = payment_calendar(found)
    assert sum(period.amount for period in periods) == total
    assert periods[0].first == date(2026, 1, 1) and periods[-1].last == shifted(MAY, months - 5)
    for before, after in pairwise(periods):
        assert shifted(before.last, 1) == after.first
    for period in periods:
        month = shifted(period.last, 1) if at == "end" else period.first
        assert period.invoice_by == month.replace(day=7)
        assert (period.due_by - period.invoice_by).days == 30
