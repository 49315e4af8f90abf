from app.onestop.catalog.shapes import Unit
from app.onestop.deadlines.rules import due_at, hand_over_by, remaining
from tests.onestop.deadlines.offices import at, office


def test_receiving_on_friday_evening_counts_from_monday() -> None:
    due = due_at(at("2026-06-05 19:05"), 3, Unit.WORKING_DAYS, office())
    assert due.start_at == at("2026-06-08 07:00")
    assert due.lines == (
        "Tiếp nhận lúc 19 giờ 05 phút, thứ Sáu 05/06/2026, ngoài giờ làm việc.",
        "Thời hạn được tính từ giờ làm việc tiếp theo: 07 giờ 00 phút, thứ Hai 08/06/2026.",
        "Không tính ngày tiếp nhận, thứ Hai 08/06/2026 (khoản 2 Điều 147 Bộ luật Dân sự năm 2015).",
        "Thời hạn 3 ngày làm việc: ngày đầu thứ Ba 09/06/2026, ngày cuối thứ Năm 11/06/2026.",
        "Hẹn trả kết quả lúc 17 giờ 00 phút, thứ Năm 11/06/2026 "
        "(Điều 147 Bộ luật Dân sự năm 2015; Nghị định số 118/2025/NĐ-CP).",
    )


def test_the_holidays_that_were_skipped_are_named() -> None:
    due = due_at(at("2026-08-27 09:00"), 3, Unit.WORKING_DAYS, office())
    assert "Không tính 2 ngày nghỉ hằng tuần." in due.lines
    assert (
        "Không tính 3 ngày nghỉ lễ, nghỉ bù hoặc nghỉ theo thông báo: 31/08/2026 (Nghỉ hoán đổi "
        "với ngày 22/08/2026); 01/09/2026 (Quốc khánh); 02/09/2026 (Quốc khánh)." in due.lines
    )


def test_a_last_day_that_is_off_says_where_it_moves() -> None:
    due = due_at(at("2026-06-01 09:00"), 5, Unit.DAYS, office())
    assert due.lines[2:4] == (
        "Thời hạn 5 ngày, tính cả ngày nghỉ: ngày cuối là thứ Bảy 06/06/2026.",
        "Ngày cuối là ngày nghỉ hằng tuần: chuyển sang thứ Hai 08/06/2026 "
        "(khoản 5 Điều 148 Bộ luật Dân sự năm 2015).",
    )


def test_handing_over_is_at_once_before_three_and_next_morning_after() -> None:
    assert hand_over_by(at("2026-06-05 14:59"), office()).at == at("2026-06-05 17:00")
    assert hand_over_by(at("2026-06-05 15:01"), office()).at == at("2026-06-08 07:00")


def test_time_left_is_said_in_working_days_and_hours() -> None:
    due = at("2026-06-11 17:00")
    said = {
        "2026-06-09 13:30": "Còn 2 ngày 3 giờ làm việc",
        "2026-06-10 07:00": "Còn 2 ngày làm việc",
        "2026-06-11 16:20": "Còn 40 phút làm việc",
        "2026-06-11 17:00": "Đã đến hạn",
        "2026-06-11 19:00": "Vừa quá hạn",
        "2026-06-12 17:00": "Quá hạn 1 ngày làm việc",
        "2026-06-15 08:30": "Quá hạn 1 ngày 1 giờ làm việc",
    }
    assert {now: remaining(at(now), due, office()).text for now in said} == said
