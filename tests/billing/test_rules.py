"""What a contract and usage come to, without a database, by the thousand."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing import rules, service
from billing.months import last_day, month_of, parse_month, period, shifted
from billing.shapes import Fact, Used
from tests.billing.contracts import contract, counted, fixed, term

months = st.dates(date(2000, 1, 1), date(2200, 1, 1)).map(lambda day: day.replace(day=1))
MICRO = timedelta(microseconds=1)


@given(st.integers(0, 10**13), st.integers(1, 120))
def test_shares_of_a_total_add_up_to_it_exactly_and_differ_by_one_dong_at_most(total, count):
    shares = [rules.share(total, count, number) for number in range(1, count + 1)]
    assert sum(shares) == total
    assert max(shares) - min(shares) <= 1


@given(st.integers(0, 10**13), st.integers(1, 120), st.integers())
def test_a_month_outside_of_the_term_has_no_share(total, count, number):
    outside = not 1 <= number <= count
    assert rules.share(total, count, number) == 0 or not outside


@given(months)
def test_a_month_begins_and_ends_at_midnight_in_vietnam(month):
    start_at, end_at = period(month)
    assert (start_at + timedelta(hours=7)).replace(tzinfo=None) == datetime.combine(
        month, datetime.min.time()
    )
    assert end_at == period(shifted(month, 1))[0]


@given(months)
def test_one_microsecond_decides_the_month(month):
    start_at, end_at = period(month)
    assert month_of(start_at) == month
    assert month_of(start_at - MICRO) == shifted(month, -1)
    assert month_of(end_at - MICRO) == month
    assert month_of(end_at) == shifted(month, 1)


@given(months, st.integers(-600, 600))
def test_going_some_months_on_and_back_again_changes_nothing(month, count):
    assert shifted(shifted(month, count), -count) == month


@given(months)
def test_a_month_reads_back_from_its_address(month):
    assert parse_month(f"{month:%Y-%m}") == month


@pytest.mark.parametrize(
    "text",
    ["", "2026", "2026-13", "2026-00", "2026-1", "26-11", "2026-11-01", "1999-12", "²026-11"],
)
def test_an_address_that_is_no_month_is_none(text):
    assert parse_month(text) is None


@pytest.mark.parametrize("found", service.shipped(), ids=lambda found: found.id)
def test_the_statements_of_a_shipped_contract_add_up_to_its_total(found):
    fixed_total = sum(line.pricing.total for line in found.lines if line.meter is None)
    statements = [
        rules.statement(found, {}, shifted(found.term.start_on, n))
        for n in range(found.term.months)
    ]
    assert sum(made.total for made in statements) == fixed_total
    assert [made.month_number for made in statements] == list(range(1, 37))
    assert statements[-1].month.replace(day=1) == found.term.end_on.replace(day=1)
    assert statements[-1].to_date == statements[-1].fixed_total == fixed_total
    running = 0
    for made in statements:
        running += made.total
        assert made.to_date == running


def test_the_totals_of_the_shipped_contracts_are_those_of_the_decisions():
    totals = {c.id: rules.statement(c, {}, c.term.start_on).fixed_total for c in service.shipped()}
    assert totals == {"BD-2023": 7_656_825_000, "LC-2021": 5_251_786_000 + 1_345_384_000}


def test_the_month_after_the_term_is_charged_nothing_but_still_shows_what_was_used():
    found = contract(lines=[fixed(100), counted("notice.part", unit_price=300)])
    used = {"notice.part": Used(quantity=7, facts=7)}
    after = rules.statement(found, used, shifted(found.term.start_on, 36))
    before = rules.statement(found, used, shifted(found.term.start_on, -1))
    for made in (after, before):
        assert (made.total, made.month_number) == (0, None)
        assert made.lines[1].quantity == 7
    assert (before.to_date, after.to_date) == (0, 100)


@given(
    st.dictionaries(
        st.sampled_from(["dossier.received", "notice.part", "storage.byte_day"]),
        st.integers(0, 10**15),
    ),
    st.integers(0, 35),
)
def test_included_lines_cost_nothing_and_are_stated_with_their_quantities(sums, number):
    used = {meter: Used(quantity=quantity, facts=1) for meter, quantity in sums.items()}
    found = contract()
    made = rules.statement(found, used, shifted(found.term.start_on, number))
    assert made.total == rules.share(3_600_000_001, 36, number + 1)
    assert {line.meter: line.quantity for line in made.lines if line.meter} == {
        meter: sums.get(meter, 0)
        for meter in ("dossier.received", "notice.part", "storage.byte_day")
    }
    assert all(line.amount == 0 and line.clause.quote for line in made.lines if line.meter)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_line_with_a_price_is_quantity_times_price(quantity, unit_price):
    found = contract(lines=[counted("notice.part", unit_price)])
    made = rules.statement(found, {"notice.part": Used(quantity=quantity)}, date(2026, 5, 1))
    assert made.total == made.lines[0].amount == quantity * unit_price


def test_a_term_over_a_leap_february_counts_whole_months():
    found = contract(term=term(date(2027, 3, 1), 12))
    assert found.term.end_on == last_day(date(2028, 2, 1)) == date(2028, 2, 29)
    assert rules.month_number(found, date(2028, 2, 1)) == 12
    assert rules.month_number(found, date(2028, 3, 1)) is None


def fact(**changes):
    plain = {
        "id": "dossier:1:received",
        "meter": "dossier.received",
        "quantity": 1,
        "subject": "H08.16-261122-0001",
        "occurred_at": datetime(2026, 11, 22, tzinfo=UTC),
    }
    return Fact(**(plain | changes))


def test_the_digest_does_not_depend_on_the_zone_a_moment_is_written_in():
    here = fact(occurred_at=datetime.fromisoformat("2026-11-22T07:00:00+07:00"))
    assert rules.digest(here) == rules.digest(fact())


def test_a_digest_is_the_same_for_ever_whatever_library_writes_the_moment():
    at = datetime(2026, 11, 22, 5, 0, 0, 120, UTC)
    assert rules.digest(fact(occurred_at=at, network="đ")).hex() == (
        "2bd026730a3df830c83c602cb61d6c85afcb85fde2fa688ba547aed1cac62949"
    )
    assert rules.digest(fact()).hex() == (
        "b2a338883756279df5f78d094a800c7b037ae11bdd44108f8d27b9873f333b3e"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"quantity": 2},
        {"meter": "notice.part"},
        {"subject": "H08.16-261122-0002"},
        {"occurred_at": datetime(2026, 11, 22, microsecond=1, tzinfo=UTC)},
    ],
)
def test_any_other_content_has_another_digest(changes):
    assert rules.digest(fact(**changes)) != rules.digest(fact())


@pytest.mark.parametrize(
    "changes",
    [
        {"meter": "dossier.lost"},
        {"quantity": -1},
        {"quantity": 2**63},
        {"id": ""},
        {"subject": "Nguyễn Văn Hùng"},
        {"subject": "0905123456"},
        {"subject": "+84905123456"},
        {"subject": "052095001234"},
        {"occurred_at": datetime(2026, 11, 22)},  # noqa: DTZ001
    ],
)
def test_a_fact_that_must_not_be_counted_says_why(changes):
    assert rules.fault_of(fact(**changes))


@pytest.mark.parametrize(
    "subject",
    [
        "H08.16-261122-0001",
        "000.00.16.H08-261122-0001",
        "storage",
        "0193f5a0-7b1e-7c6d-9f00-0242ac120002",
    ],
)
def test_codes_and_ids_can_be_counted(subject):
    assert rules.fault_of(fact(subject=subject)) is None


def test_a_fact_of_a_closed_month_is_stated_in_the_first_open_one():
    closed = frozenset({date(2026, 11, 1), date(2026, 12, 1)})
    assert rules.billed_in(fact(), frozenset()) == date(2026, 11, 1)
    assert rules.billed_in(fact(), closed) == date(2027, 1, 1)
    assert rules.billed_in(fact(), frozenset({date(2026, 12, 1)})) == date(2026, 11, 1)
