"""What is held and what goes on, by counts alone."""

import random
from datetime import UTC, datetime

import pytest

from app.onestop.notices.limits import (
    Due,
    Hold,
    Limits,
    Number,
    Seen,
    Sieve,
    is_premium,
    network_of,
)
from infra.ids import uuid7

NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)
PHONE = "+84905000301"


def due(phone: str = PHONE, *, event: str = "CO_KQ", parts: int = 1, **more: bool) -> Due:
    return Due(id=uuid7(), event=event, phone=phone, parts=parts, **more)


def held(many, limits=None, **seen):
    sieve = Sieve(limits or Limits(), Seen(**seen), NOON)
    return [one.why for one in sieve.sift(many)], sieve


@pytest.mark.parametrize(
    ("one", "seen", "why"),
    [
        (due(), {"numbers": {PHONE: Number(20, 20)}}, Hold.NUMBER_HOUR),
        (due(), {"numbers": {PHONE: Number(0, 60)}}, Hold.NUMBER_DAY),
        (due(event="OTP"), {"numbers": {PHONE: Number(6, 6, 6)}}, Hold.CODES),
        (due(), {"numbers": {PHONE: Number(6, 6, 6)}}, None),
        (due(parts=2), {"day_parts": 999}, Hold.DAY_CAP),
        (due(parts=2, event="OTP"), {"day_parts": 999}, None),
        (due(), {"hour_parts": 20_000}, Hold.SURGE),
        (due(), {"hour_parts": 20_000, "usual_parts": 5_000}, None),
        (due(), {"hour_parts": 25_000, "usual_parts": 5_000}, Hold.SURGE),
        (due("+84190012345"), {}, Hold.PREFIX),
        (due("+15550100123"), {}, None),
        (due("+15550100123"), {"hour_strangers": 20}, Hold.PREFIX),
        (due(cleared=True), {"hour_parts": 10**6, "hour_strangers": 99}, None),
        (due(cleared=True, barred=True), {}, Hold.TEMPLATE),
    ],
)
def test_each_limit_holds_what_is_over_it_and_nothing_else(one, seen, why) -> None:
    found, _ = held([one], Limits(parts_a_day=1000), **seen)
    assert found == ([why] if why else [])


def test_no_more_than_allowed_ever_passes_whatever_comes_in_any_batches() -> None:
    for seed in range(300):
        dice = random.Random(seed)
        limits = Limits(parts_a_day=40, number_an_hour=5, strangers_an_hour=3)
        phones = [f"+8490500030{n}" for n in range(9)] + [f"+1555010{n:04}" for n in range(9)]
        many = [due(dice.choice(phones), parts=dice.randint(1, 3)) for _ in range(60)]
        stopped, sieve = held(many, limits)
        assert sieve.day_parts <= 40 and sieve.strangers <= 3
        assert sieve.messages + len(stopped) == 60


def test_what_waits_for_its_hour_knows_when_and_what_waits_for_a_person_does_not() -> None:
    sieve = Sieve(Limits(parts_a_day=1), Seen(numbers={PHONE: Number(20, 20)}), NOON)
    (busy,) = sieve.sift([due()])
    assert busy.until == datetime(2026, 11, 23, 6, tzinfo=UTC)
    (full,) = sieve.sift([due("+84905000302", parts=2)])
    assert full.until == datetime(2026, 11, 24, 0, tzinfo=UTC)  # seven in Vietnam
    (strange,) = sieve.sift([due("+84190012345")])
    assert strange.until is None


def test_numbers_are_known_by_their_operator_and_services_are_told_from_phones() -> None:
    assert [network_of(f"+84{n}1234567") for n in ("96", "91", "90", "56", "59", "55", "24")] == [
        "Viettel", "VinaPhone", "MobiFone", "Vietnamobile", "Gmobile", "Wintel", None,
    ]  # fmt: skip
    assert is_premium("+841900123456") and is_premium("8088") and not is_premium(PHONE)
