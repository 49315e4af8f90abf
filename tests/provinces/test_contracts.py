"""The provinces' contracts as data: the sums of the decisions, nothing charged that they forbid."""

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

import billing
from app.provinces import loader

FOLDER = Path(billing.__file__).parent / "contracts"
FILES = ["bd_2023.json", "lc_2021.json"]


def contract(name: str) -> dict[str, Any]:
    decoded: dict[str, Any] = msgspec.json.decode((FOLDER / name).read_bytes())
    return decoded


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("bd_2023.json", {"OSS": 7_656_825_000}),
        ("lc_2021.json", {"OSS": 5_251_786_000, "PORTAL": 1_345_384_000}),
    ],
)
def test_the_fixed_lines_add_up_to_the_rental_of_the_decision(
    name: str, lines: dict[str, int]
) -> None:
    read = contract(name)
    fixed = {
        line["code"]: line["pricing"]["total"]
        for line in read["lines"]
        if line["pricing"]["kind"] == "fixed_total"
    }
    assert fixed == lines
    parts = {part["code"]: part["amount"] for part in read["estimate"]["parts"]}
    assert sum(fixed.values()) == parts["rental"]


@pytest.mark.parametrize("name", FILES)
def test_the_estimate_adds_up_to_the_total_of_the_decision(name: str) -> None:
    estimate = contract(name)["estimate"]
    assert sum(part["amount"] for part in estimate["parts"]) == estimate["total"]


@pytest.mark.parametrize("name", FILES)
def test_every_meter_is_on_the_statement_at_no_charge_with_the_clause_that_says_so(
    name: str,
) -> None:
    metered = [line for line in contract(name)["lines"] if line["meter"]]
    meters = {line["meter"] for line in metered}
    assert meters == {"dossier.received", "notice.part", "storage.byte_day"}
    for line in metered:
        assert line["pricing"]["kind"] == "per_unit"
        assert line["pricing"]["unit_price"] == 0
        assert line["clause"]["quote"]
        assert line["clause"]["source"]


@pytest.mark.parametrize("name", FILES)
def test_the_term_is_thirty_six_whole_months(name: str) -> None:
    term = contract(name)["term"]
    start, end = date.fromisoformat(term["start_on"]), date.fromisoformat(term["end_on"])
    after = date.fromordinal(end.toordinal() + 1)
    assert (after.year - start.year) * 12 + after.month - start.month == term["months"] == 36
    assert (start.day, after.day) == (1, 1)
    assert "Giả định" in term["basis"]


@pytest.mark.parametrize("name", FILES)
def test_the_tenant_of_a_contract_ships_with_the_product(name: str) -> None:
    assert contract(name)["tenant_slug"] in loader.slugs()


def test_the_sites_of_binh_dinh_are_the_one_hundred_and_seventy_one_of_the_decision() -> None:
    assert sum(site["count"] for site in contract("bd_2023.json")["sites"]) == 171


def test_lao_cai_promises_to_mend_a_failure_within_sixty_minutes() -> None:
    obligations = {o["code"]: o for o in contract("lc_2021.json")["obligations"]}
    assert obligations["restore"]["value"] == {"minutes": 60}
    assert obligations["availability"]["value"] == {"hours_per_day": 24}
    assert all(o["quote"] and o["rule"] for o in obligations.values())
