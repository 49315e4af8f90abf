"""The clocks beside the dossier's own, as a clerk can check them on a wall calendar."""

from datetime import date

import pytest

from app.onestop.deadlines import clocks, reasons
from app.onestop.deadlines.counting import working_minutes_between
from app.onestop.deadlines.rules import due_at
from tests.onestop.deadlines.offices import at, office


@pytest.mark.parametrize(
    ("filed", "due", "why"),
    [
        ("2026-06-01 07:00", "2026-06-01 17:00", "trọn một ngày làm việc"),
        ("2026-06-01 09:15", "2026-06-02 09:15", "sang giờ ấy hôm sau"),
        ("2026-06-05 20:00", "2026-06-08 17:00", "nộp tối thứ Sáu"),
        ("2026-02-13 16:00", "2026-02-23 16:00", "qua Tết"),
        ("2026-08-28 09:00", "2026-09-03 09:00", "qua kỳ nghỉ lễ"),
    ],
)
def test_the_desk_answers_an_online_filing_in_eight_working_hours(filed, due, why) -> None:
    hours = (clocks.RECEPTION_HOURS, clocks.RECEPTION_UNIT)
    assert due_at(at(filed), *hours, office()).at == at(due), why


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-06-01 09:00", "2026-06-04 17:00"),
        ("2026-02-12 09:00", "2026-02-24 17:00"),
        ("2026-06-05 18:00", "2026-06-11 17:00"),
    ],
)
def test_a_supplement_is_asked_for_within_three_working_days(received, due) -> None:
    assert clocks.supplement_by(at(received), office()).at == at(due)


@pytest.mark.parametrize(
    ("due", "by", "why"),
    [
        ("2026-06-11 17:00", "2026-06-10 17:00", "ngày hôm trước"),
        ("2026-06-08 17:00", "2026-06-05 17:00", "hôm trước là Chủ nhật"),
        ("2026-02-23 17:00", "2026-02-13 17:00", "hôm trước còn trong kỳ nghỉ Tết"),
        ("2027-01-04 17:00", "2026-12-31 11:30", "ngày làm nửa buổi"),
        ("2026-08-24 17:00", "2026-08-22 17:00", "thứ Bảy làm bù"),
    ],
)
def test_an_apology_goes_out_a_day_before_the_deadline(due, by, why) -> None:
    assert clocks.apology_by(at(due), office()) == at(by), why


def test_a_dossier_from_another_desk_counts_from_the_competent_agency() -> None:
    here, there = at("2026-06-01 09:00"), at("2026-06-02 10:00")
    assert clocks.counts_from(here, there, elsewhere=False) == here
    assert clocks.counts_from(here, there, elsewhere=True) == there
    assert clocks.counts_from(here, None, elsewhere=True) is None


@pytest.mark.parametrize(
    ("percent", "due"),
    [
        (0, "2026-06-01 08:00"),
        (20, "2026-06-02 09:24"),
        (50, "2026-06-04 07:30"),
        (100, "2026-06-08 17:00"),
    ],
)
def test_a_step_has_its_share_of_the_whole(percent, due) -> None:
    start, whole = at("2026-06-01 08:00"), at("2026-06-08 17:00")
    # 47 hours: 2,820 minutes.
    assert working_minutes_between(start, whole, office()) == 2820
    assert clocks.step_due(2820, percent, whole, office(), start) == at(due)


def test_a_step_counts_from_when_it_was_reached_and_ends_with_the_whole() -> None:
    whole, begun = at("2026-06-05 17:00"), at("2026-06-03 07:00")
    assert clocks.step_due(2400, 20, whole, office(), begun) == at("2026-06-03 17:00")
    assert clocks.step_due(2400, 90, whole, office(), begun) == whole


def test_reasons_to_pause_are_dated_and_each_has_its_article() -> None:
    today = {each.code for each in reasons.reasons_on(date(2026, 6, 1))}
    assert today == {"supplement", "financial_duty", "publication", "outside_agency"}
    assert all(each.basis.startswith(("Điều", "khoản")) for each in reasons.shipped())
    assert reasons.reason_on("supplement", date(2025, 6, 30)) is None
    assert reasons.reason_on("tea", date(2026, 6, 1)) is None
    assert reasons.title_of("tea") == "tea"
