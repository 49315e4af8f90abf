"""Deadlines a clerk can check on a wall calendar."""

import pytest
from msgspec.structs import replace

from app.onestop.catalog.shapes import Unit
from app.onestop.deadlines import national
from app.onestop.deadlines.rules import due_at
from tests.onestop.deadlines.offices import DOCUMENT, at, office

D, C, H, W, M, S = (
    Unit.WORKING_DAYS,
    Unit.DAYS,
    Unit.HOURS,
    Unit.WORKING_HOURS,
    Unit.MONTHS,
    Unit.SAME_DAY,
)

TABLE = [
    # Plain weeks.
    ("2026-06-01 08:15", 1, D, "2026-06-02 17:00", "thứ Hai nhận, thứ Ba trả"),
    ("2026-06-01 08:15", 3, D, "2026-06-04 17:00", "trong một tuần"),
    ("2026-06-01 16:59", 3, D, "2026-06-04 17:00", "giờ nhận trong ngày không đổi ngày trả"),
    ("2026-06-01 08:15", 5, D, "2026-06-08 17:00", "qua một kỳ nghỉ cuối tuần"),
    ("2026-06-05 09:00", 1, D, "2026-06-08 17:00", "thứ Sáu nhận, thứ Hai trả"),
    ("2026-06-01 08:15", 10, D, "2026-06-15 17:00", "hai tuần làm việc"),
    ("2026-06-01 08:15", 20, D, "2026-06-29 17:00", "bốn tuần làm việc"),
    # Outside office hours.
    ("2026-06-05 17:30", 1, D, "2026-06-09 17:00", "tối thứ Sáu tính như sáng thứ Hai"),
    ("2026-06-05 19:05", 3, D, "2026-06-11 17:00", "tối thứ Sáu, ba ngày"),
    ("2026-06-06 10:00", 1, D, "2026-06-09 17:00", "thứ Bảy"),
    ("2026-06-07 23:59", 1, D, "2026-06-09 17:00", "đêm Chủ nhật"),
    ("2026-06-08 05:00", 1, D, "2026-06-09 17:00", "sáng sớm thứ Hai tính từ giờ mở cửa"),
    ("2026-06-01 12:10", 1, D, "2026-06-02 17:00", "giờ nghỉ trưa"),
    # Tết Bính Ngọ: off from Monday 16 to Friday 20 February 2026.
    ("2026-02-12 09:00", 1, D, "2026-02-13 17:00", "trả trước Tết"),
    ("2026-02-13 09:00", 1, D, "2026-02-23 17:00", "qua Tết"),
    ("2026-02-13 19:05", 1, D, "2026-02-24 17:00", "tối thứ Sáu trước Tết"),
    ("2026-02-10 09:00", 5, D, "2026-02-24 17:00", "năm ngày vắt qua Tết"),
    ("2026-02-18 10:00", 2, D, "2026-02-25 17:00", "nộp ngày mùng hai Tết"),
    ("2026-02-11 09:00", 7, C, "2026-02-23 17:00", "ngày cuối 18/2 là mùng hai"),
    # Swapped days of New Year 2026: Friday 2 January off, Saturday 10 January worked.
    ("2025-12-31 09:00", 1, D, "2026-01-05 17:00", "nghỉ 1/1 và 2/1"),
    ("2026-01-09 09:00", 1, D, "2026-01-10 17:00", "thứ Bảy 10/1 làm bù"),
    ("2026-01-09 09:00", 2, D, "2026-01-12 17:00", "qua ngày làm bù"),
    ("2026-01-10 16:00", 1, D, "2026-01-12 17:00", "nhận trong ngày làm bù"),
    # Giỗ Tổ falls on Sunday 26 April 2026: Monday 27 is off; then 30 April and 1 May.
    ("2026-04-24 09:00", 1, D, "2026-04-28 17:00", "nghỉ bù Giỗ Tổ"),
    ("2026-04-29 09:00", 1, D, "2026-05-04 17:00", "nghỉ 30/4 và 1/5"),
    ("2026-04-24 09:00", 5, D, "2026-05-06 17:00", "qua cả hai dịp"),
    ("2026-04-28 09:00", 3, C, "2026-05-04 17:00", "ngày cuối 1/5"),
    # National Day 2026: 31 August swapped with 22 August, 1 and 2 September off.
    ("2026-08-21 09:00", 1, D, "2026-08-22 17:00", "thứ Bảy 22/8 làm bù"),
    ("2026-08-28 09:00", 1, D, "2026-09-03 17:00", "nghỉ từ 29/8 đến 2/9"),
    ("2026-08-28 17:01", 1, D, "2026-09-04 17:00", "tối thứ Sáu trước lễ"),
    ("2026-08-24 09:00", 10, C, "2026-09-03 17:00", "mười ngày tính cả ngày nghỉ"),
    # The day of Vietnamese culture, a storm closure and a half day.
    ("2026-11-23 09:00", 1, D, "2026-11-25 17:00", "24/11 nghỉ"),
    ("2026-11-17 09:00", 1, D, "2026-11-19 17:00", "nghỉ do bão"),
    ("2026-12-30 09:00", 1, D, "2026-12-31 11:30", "ngày làm nửa buổi"),
    # Earlier and later years.
    ("2024-02-07 09:00", 1, D, "2024-02-15 17:00", "Tết Giáp Thìn 8/2-14/2/2024"),
    ("2024-04-26 09:00", 1, D, "2024-05-02 17:00", "nghỉ 27/4-1/5/2024"),
    ("2024-05-03 09:00", 1, D, "2024-05-04 17:00", "thứ Bảy 4/5/2024 làm bù"),
    ("2024-08-30 09:00", 1, D, "2024-09-04 17:00", "nghỉ 31/8-3/9/2024"),
    ("2025-01-24 09:00", 1, D, "2025-02-03 17:00", "Tết Ất Tỵ 25/1-2/2/2025"),
    ("2025-04-25 09:00", 1, D, "2025-04-26 17:00", "thứ Bảy 26/4/2025 làm bù"),
    ("2025-04-29 09:00", 1, D, "2025-05-05 17:00", "nghỉ 30/4-4/5/2025"),
    ("2025-08-29 09:00", 1, D, "2025-09-03 17:00", "nghỉ 30/8-2/9/2025"),
    ("2027-02-03 09:00", 1, D, "2027-02-11 17:00", "Tết Đinh Mùi quanh mùng một 6/2/2027"),
    ("2027-04-29 09:00", 1, D, "2027-05-04 17:00", "1/5/2027 vào thứ Bảy, nghỉ bù thứ Hai"),
    # Calendar days and months.
    ("2026-06-01 09:00", 4, C, "2026-06-05 17:00", "tính cả ngày nghỉ, cuối là thứ Sáu"),
    ("2026-06-01 09:00", 5, C, "2026-06-08 17:00", "ngày cuối thứ Bảy chuyển thứ Hai"),
    ("2026-06-01 09:00", 15, C, "2026-06-16 17:00", "ngày cuối thứ Ba"),
    ("2026-06-01 09:00", 30, C, "2026-07-01 17:00", "ba mươi ngày"),
    ("2026-01-30 09:00", 1, M, "2026-03-02 17:00", "28/2 là thứ Bảy, chuyển thứ Hai 2/3"),
    ("2026-06-15 09:00", 2, M, "2026-08-17 17:00", "15/8 là thứ Bảy"),
    ("2026-12-15 09:00", 1, M, "2027-01-15 17:00", "sang năm sau"),
    # Hours.
    ("2026-06-01 08:15", 4, H, "2026-06-01 13:30", "12:15 là giờ nghỉ trưa"),
    ("2026-06-01 08:15", 8, H, "2026-06-01 16:15", "trong ngày"),
    ("2026-06-01 08:15", 24, H, "2026-06-02 08:15", "hai mươi bốn giờ"),
    ("2026-06-05 16:00", 24, H, "2026-06-08 07:00", "hết hạn vào thứ Bảy"),
    ("2026-06-01 08:15", 4, W, "2026-06-01 14:15", "trừ giờ nghỉ trưa"),
    ("2026-06-01 07:00", 8, W, "2026-06-01 17:00", "trọn một ngày làm việc"),
    ("2026-06-05 16:00", 2, W, "2026-06-08 08:00", "qua cuối tuần"),
    ("2026-06-05 19:05", 8, W, "2026-06-08 17:00", "nộp trực tuyến tối thứ Sáu"),
    # The 15:00 rule.
    ("2026-06-01 08:15", 1, S, "2026-06-01 17:00", "trong ngày"),
    ("2026-06-01 15:00", 1, S, "2026-06-01 17:00", "đúng 15 giờ chưa phải là sau 15 giờ"),
    ("2026-06-01 15:01", 1, S, "2026-06-02 17:00", "sau 15 giờ"),
    ("2026-06-05 15:01", 1, S, "2026-06-08 17:00", "sau 15 giờ thứ Sáu"),
    ("2026-06-05 19:05", 1, S, "2026-06-08 17:00", "tối thứ Sáu"),
    ("2026-02-13 15:30", 1, S, "2026-02-23 17:00", "chiều cuối cùng trước Tết"),
    # Tết Đinh Mùi: off from Thursday 4 to Wednesday 10 February 2027.
    ("2027-02-02 09:00", 1, D, "2027-02-03 17:00", "ngày làm việc cuối cùng trước Tết"),
    ("2027-02-03 19:00", 1, D, "2027-02-12 17:00", "tối trước kỳ nghỉ Tết"),
    ("2027-02-01 09:00", 5, D, "2027-02-15 17:00", "hai ngày trước, ba ngày sau Tết"),
    ("2027-01-29 09:00", 10, C, "2027-02-11 17:00", "ngày cuối 8/2 là mùng ba"),
    ("2027-02-06 10:00", 1, D, "2027-02-12 17:00", "nộp ngày mùng một Tết"),
    ("2027-02-03 15:30", 1, S, "2027-02-11 17:00", "sau 15 giờ ngày cuối trước Tết"),
    # Giỗ Tổ on Friday 16 April 2027; 30 April a Friday, 1 May a Saturday made up on Monday.
    ("2027-04-15 09:00", 1, D, "2027-04-19 17:00", "10/3 âm lịch vào thứ Sáu"),
    ("2027-04-14 09:00", 2, C, "2027-04-19 17:00", "ngày cuối 16/4 là Giỗ Tổ"),
    ("2027-04-28 09:00", 2, D, "2027-05-04 17:00", "nghỉ từ 30/4 đến 3/5"),
    ("2027-03-30 09:00", 1, M, "2027-05-04 17:00", "tròn tháng vào 30/4"),
    ("2027-09-01 09:00", 1, D, "2027-09-06 17:00", "nghỉ 2/9 và 3/9"),
    # The swapped Saturday of National Day 2026 from within.
    ("2026-08-22 09:00", 1, D, "2026-08-24 17:00", "nhận trong ngày làm bù"),
    ("2026-08-22 15:30", 1, S, "2026-08-24 17:00", "sau 15 giờ ngày làm bù"),
    ("2026-08-28 15:30", 1, S, "2026-09-03 17:00", "sau 15 giờ trước kỳ nghỉ lễ"),
    ("2026-07-31 09:00", 1, M, "2026-09-03 17:00", "31/8 nghỉ hoán đổi, 1/9 và 2/9 nghỉ lễ"),
    # A half day: 31 December 2026 is worked in the morning only.
    ("2026-12-31 08:00", 4, W, "2027-01-04 07:30", "ba giờ rưỡi, còn nửa giờ sang năm"),
    ("2026-12-31 11:31", 1, D, "2027-01-05 17:00", "nộp sau khi đóng cửa buổi sáng"),
    ("2026-12-31 09:00", 1, S, "2026-12-31 11:30", "trả trong buổi sáng"),
    ("2026-12-30 16:00", 2, W, "2026-12-31 08:00", "sang ngày làm nửa buổi"),
    ("2026-12-31 09:00", 4, H, "2027-01-04 07:00", "13 giờ không làm việc, qua Tết Dương lịch"),
    # Ends of months.
    ("2027-01-29 09:00", 1, M, "2027-03-01 17:00", "28/2/2027 là Chủ nhật"),
    ("2027-12-31 09:00", 2, M, "2028-02-29 17:00", "năm nhuận có ngày 29/2"),
    ("2026-10-30 09:00", 1, M, "2026-11-30 17:00", "30/11 là thứ Hai"),
    ("2026-10-31 09:00", 1, M, "2026-12-02 17:00", "thứ Bảy tính từ thứ Hai 2/11"),
    # Hours around days off.
    ("2026-11-23 16:00", 24, H, "2026-11-25 07:00", "hết hạn vào ngày nghỉ 24/11"),
    ("2026-11-23 16:00", 2, W, "2026-11-25 08:00", "một giờ trước, một giờ sau ngày nghỉ"),
    ("2026-02-13 16:00", 8, W, "2026-02-23 16:00", "một giờ trước Tết, bảy giờ sau Tết"),
]


@pytest.mark.parametrize(("received", "amount", "unit", "due", "why"), TABLE)
def test_the_wall_calendar_agrees(
    received: str, amount: int, unit: Unit, due: str, why: str
) -> None:
    assert due_at(at(received), amount, unit, office()).at == at(due), why


# An office that also works on Saturday mornings, 07:30-11:00.
SATURDAYS = [
    ("2026-06-05 09:00", 1, D, "2026-06-06 11:00", "sáng thứ Bảy là một ngày làm việc"),
    ("2026-06-06 08:00", 1, D, "2026-06-08 17:00", "nhận sáng thứ Bảy"),
    ("2026-06-06 11:01", 1, D, "2026-06-09 17:00", "thứ Bảy đã đóng cửa"),
    ("2026-06-01 09:00", 5, D, "2026-06-06 11:00", "sáu ngày làm việc một tuần"),
    ("2026-06-01 09:00", 5, C, "2026-06-06 11:00", "ngày cuối thứ Bảy có làm việc"),
    ("2026-06-06 08:00", 4, W, "2026-06-08 08:00", "ba giờ thứ Bảy, một giờ thứ Hai"),
    ("2026-06-06 09:00", 1, S, "2026-06-06 11:00", "trong buổi sáng thứ Bảy"),
    ("2026-02-13 09:00", 1, D, "2026-02-14 11:00", "sáng thứ Bảy trước Tết"),
    ("2026-02-14 11:30", 1, D, "2026-02-23 17:00", "mở cửa lại sáng thứ Bảy 21/2"),
    ("2026-08-28 09:00", 2, D, "2026-09-03 17:00", "thứ Bảy 29/8, rồi qua kỳ nghỉ lễ"),
]


@pytest.mark.parametrize(("received", "amount", "unit", "due", "why"), SATURDAYS)
def test_the_wall_calendar_agrees_where_saturday_mornings_are_worked(
    received: str, amount: int, unit: Unit, due: str, why: str
) -> None:
    calendar = office(replace(DOCUMENT, hours={6: [("07:30", "11:00")]}))
    assert due_at(at(received), amount, unit, calendar).at == at(due), why


# The weekdays off the table rests on, beside the office's own 2 January and 18 November 2026.
OFF = {
    2026: "1/1 16/2 17/2 18/2 19/2 20/2 27/4 30/4 1/5 31/8 1/9 2/9 24/11",
    2027: "1/1 4/2 5/2 8/2 9/2 10/2 16/4 30/4 3/5 2/9 3/9 24/11",
}


@pytest.mark.parametrize("year", OFF)
def test_the_days_off_behind_the_table_are_the_libraries(year: int) -> None:
    off = [day for day in national.year_of(year).off if day.weekday() < 5]
    assert " ".join(f"{day.day}/{day.month}" for day in off) == OFF[year]
