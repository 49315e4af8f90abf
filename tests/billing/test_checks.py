"""Contracts that are refused, each with the place and the reason."""

from datetime import date

import msgspec
import pytest

from billing import checks, service
from billing.agreed import Cited, Included, NoExtra, Party, Penalty, Price, Rounding, Vat
from billing.months import last_day
from billing.refusals import ContractRefused
from billing.shapes import Clause, FixedTotal, Line, Obligation, PerUnit, Term
from tests.billing.contracts import CLAUSE, MONTHS, amendment, contract, counted, fixed, term

NO_WORDS = Clause(quote=" ", source="x")
AT_PRICES = ("$.lines[0].pricing.prices",)
NO_EXTRA = NoExtra(code="free", name="Không thu thêm", meters=["notice.part"], clause=CLAUSE)
PENALTY = Penalty(code="P", name="P", sla="restore", rate_bp=50, cap_bp=500, clause=CLAUSE)


def tax(year, month):
    return Vat(from_on=date(year, month, 1), treatment="included", clause=CLAUSE)


def credit_down():
    return Rounding(what="credit", rule="down", clause=CLAUSE)


def included():
    return [counted("dossier.received"), counted("storage.byte_day")]


def dated(year, month, until_year, until, *again):
    """A line whose price ends with a month and, if given, goes on from another one."""
    to_on = last_day(date(until_year, until, 1))
    prices = [Price(from_on=date(year, month, 1), to_on=to_on, unit_price=1, clause=CLAUSE)]
    if again:
        prices.append(Price(from_on=date(*again, 1), unit_price=2, clause=CLAUSE))
    pricing = PerUnit(unit="tin", unit_price=0, prices=prices)
    return Line(code="SMS", name="SMS", meter="notice.part", pricing=pricing, clause=CLAUSE)


def test_a_sound_contract_has_no_faults_and_reads_back_from_its_json():
    found = contract()
    assert checks.read(msgspec.json.encode(found)) == found


@pytest.mark.parametrize("found", service.shipped(), ids=lambda found: found.id)
def test_every_line_and_duty_of_a_shipped_contract_quotes_its_clause(found):
    assert checks.faults(found) == []
    assert {line.meter for line in found.lines} >= {"notice.part", "storage.byte_day"}
    assert all(line.clause.quote and line.clause.source for line in found.lines)
    assert found.obligations and all(duty.quote for duty in found.obligations)


@pytest.mark.parametrize(
    ("changes", "place", "reason"),
    [
        (
            {"term": Term(months=1, start_on=date(2026, 5, 1), end_on=date(2026, 4, 30))},
            "$.term.end_on",
            "before it starts",
        ),
        (
            {"term": Term(months=1, start_on=date(2026, 5, 2), end_on=date(2026, 5, 31))},
            "$.term.start_on",
            "first day of a month",
        ),
        (
            {"term": Term(months=2, start_on=date(2026, 5, 1), end_on=date(2026, 5, 31))},
            "$.term.end_on",
            "2 months end on 2026-06-30",
        ),
        (
            {"term": Term(months=0, start_on=date(2026, 5, 1), end_on=date(2026, 5, 31))},
            "$.term.months",
            "1 to 1200",
        ),
        ({"lines": []}, "$.lines", "without lines"),
        ({"lines": [fixed(1), fixed(2)]}, "$.lines[1].code", "another line"),
        (
            {"lines": [counted("notice.part", code="A"), counted("notice.part", code="B")]},
            "$.lines[1].meter",
            "another line",
        ),
        ({"lines": [counted("dossier.lost")]}, "$.lines[0].meter", "no meter"),
        (
            {"lines": [Line(code="A", name="A", pricing=FixedTotal(total=1))]},
            "$.lines[0].clause",
            "clause",
        ),
        (
            {
                "lines": [
                    Line(
                        code="A",
                        name="A",
                        pricing=FixedTotal(total=1),
                        clause=Clause(quote=" ", source="x"),
                    )
                ]
            },
            "$.lines[0].clause",
            "clause",
        ),
        ({"lines": [fixed(-1)]}, "$.lines[0].pricing.total", "below zero"),
        (
            {"lines": [counted("notice.part", unit_price=-1)]},
            "$.lines[0].pricing.unit_price",
            "below zero",
        ),
        (
            {
                "lines": [
                    Line(
                        code="A",
                        name="A",
                        pricing=PerUnit(unit="tin", unit_price=1),
                        clause=CLAUSE,
                    )
                ]
            },
            "$.lines[0].meter",
            "needs a meter",
        ),
        (
            {
                "lines": [
                    Line(
                        code="A",
                        name="A",
                        meter="notice.part",
                        pricing=FixedTotal(total=1),
                        clause=CLAUSE,
                    )
                ]
            },
            "$.lines[0].meter",
            "counts nothing",
        ),
        ({"lines": [fixed(1, code="A/../B")]}, "$.lines[0].code", "letters"),
        ({"currency": "USD"}, "$.currency", "VND"),
        ({"customer": " "}, "$.customer", "empty"),
        ({"version": 0}, "$.version", "from 1"),
        ({"version": 2}, "$.amendment", "names its amendment"),
        ({"amendment": amendment(date(2026, 5, 1))}, "$.amendment", "amends nothing"),
        (
            {"version": 2, "amendment": amendment(date(2030, 1, 1))},
            "$.amendment.effective_on",
            "of the term",
        ),
        ({"vat": []}, "$.vat", "value added tax"),
        ({"vat": [tax(2026, 3)]}, "$.vat[0]", "no tax rule from 2026-01-01 to 2026-02-28"),
        (
            {"vat": [tax(2026, 1), tax(2027, 1)]},
            "$.vat[1]",
            "it overlaps another tax rule, which holds until 2028-12-31",
        ),
        ({"rounding": []}, "$.rounding", "month_share becomes whole"),
        ({"rounding": [MONTHS, MONTHS]}, "$.rounding", "in one way"),
        ({"lines": [dated(2026, 1, 2026, 6), *included()]}, *AT_PRICES, "2026-07-01 to 2028-12-31"),
        (
            {"lines": [dated(2026, 1, 2026, 6, 2026, 6), *included()]},
            "$.lines[0].pricing.prices[1]",
            "it overlaps another price, which holds until 2026-06-30",
        ),
        (
            {"lines": [dated(2026, 1, 2026, 6, 2026, 8), *included()]},
            "$.lines[0].pricing.prices[1]",
            "there is no price from 2026-07-01 to 2026-07-31",
        ),
        (
            {"lines": [counted("notice.part", 300)], "no_extra": [NO_EXTRA]},
            "$.lines[0].pricing",
            "nothing more is charged",
        ),
        (
            {"included": [Included(line="X", quantity=1, unit="b", per="year", clause=CLAUSE)]},
            "$.included[0].line",
            "no line 'X'",
        ),
        (
            {"penalties": [PENALTY], "rounding": [MONTHS, credit_down()]},
            "$.penalties[0].sla",
            "no promise 'restore'",
        ),
        (
            {"parties": [Party(role="customer", name="Khác")]},
            "$.parties[0].name",
            "another name",
        ),
        ({"cited": [Cited(code="x", name="x", clause=NO_WORDS)]}, "$.cited[0].clause", "clause"),
        (
            {"obligations": [Obligation(code="x", rule="x", quote="", source="")]},
            "$.obligations[0]",
            "clause",
        ),
    ],
)
def test_a_faulty_contract_is_refused_with_place_and_reason(changes, place, reason):
    faults = checks.faults(contract(**changes))
    assert [fault.place for fault in faults] == [place]
    assert reason in faults[0].reason


def test_all_faults_are_told_at_once():
    found = contract(currency="EUR", term=term(months=0), lines=[fixed(-1), fixed(2)])
    assert len(checks.faults(found)) == 4


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (
            lambda plain: plain["lines"][0]["pricing"].update(total="many"),
            "$.lines[0].pricing.total",
        ),
        (lambda plain: plain["lines"][0]["pricing"].update(kind="free"), "$.lines[0].pricing.kind"),
        (lambda plain: plain["term"].pop("end_on"), "$.term"),
        (lambda plain: plain["term"].update(start_on="2026-02-30"), "$.term.start_on"),
    ],
)
def test_a_document_of_another_shape_is_refused_at_its_place(change, place):
    plain = msgspec.to_builtins(contract())
    change(plain)
    with pytest.raises(ContractRefused) as refused:
        service.read(msgspec.json.encode(plain), "a.json")
    assert [fault.place for fault in refused.value.faults] == [place]
    assert "a.json" in str(refused.value) and place in str(refused.value)


def test_a_document_that_is_no_json_is_refused():
    with pytest.raises(ContractRefused):
        service.read(b"{", "a.json")


def test_a_part_no_rule_knows_is_refused_so_nothing_is_left_to_free_text():
    plain = msgspec.to_builtins(contract()) | {"remarks": "..."}
    found = checks.read(msgspec.json.encode(plain))
    assert [fault.place for fault in found] == ["$"] and "remarks" in found[0].reason
