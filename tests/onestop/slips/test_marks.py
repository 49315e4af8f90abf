"""Before, on and after time, and who handed the dossier to whom."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.onestop.slips.marks import BEFORE, LATE, ON_TIME, Stage, hand_overs, mark

DUE = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)  # 17:00 in Vietnam
NOW = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def test_before_its_day_on_its_day_and_after_it():
    assert mark(DUE, datetime(2026, 11, 26, 16, 59, tzinfo=UTC), NOW) == BEFORE
    assert mark(DUE, datetime(2026, 11, 26, 17, 0, tzinfo=UTC), NOW) == ON_TIME  # the 27th there
    assert mark(DUE, DUE, NOW) == ON_TIME
    assert mark(DUE, DUE + timedelta(minutes=1), NOW) == LATE


def test_work_that_waits_is_late_only_once_the_time_is_over():
    assert mark(DUE, None, NOW) == ""
    assert mark(DUE, None, DUE + timedelta(seconds=1)) == LATE
    assert mark(None, NOW, NOW) == ""


@given(st.integers(-500_000, 500_000))
def test_late_is_exactly_after_the_deadline(seconds):
    done = DUE + timedelta(seconds=seconds)
    assert (mark(DUE, done, NOW) == LATE) == (done > DUE)


def _stage(name, opened, closed=None, by=None, **more):
    return Stage(
        name=name, post=f"Chức danh {name}", opened_at=START + timedelta(hours=opened),
        closed_at=None if closed is None else START + timedelta(hours=closed), closed_by=by,
        due_at=START + timedelta(hours=opened + 8), **more,
    )  # fmt: skip


def test_each_stage_is_given_by_who_finished_before():
    stages = [_stage("nhận", 0, 1, "Lan"), _stage("thẩm định", 1, 5, "Hoa"), _stage("duyệt", 5)]
    lines = hand_overs(stages, "Bùi Thị Ngọc", NOW)
    assert [(line.giver, line.receiver) for line in lines] == [
        ("Bùi Thị Ngọc", "Lan, Chức danh nhận"),
        ("Lan, Chức danh nhận", "Hoa, Chức danh thẩm định"),
        ("Hoa, Chức danh thẩm định", "Chức danh duyệt"),
    ]
    assert [line.mark for line in lines] == [ON_TIME, ON_TIME, LATE]


def test_parallel_stages_have_the_same_giver_and_a_return_comes_from_the_last():
    stages = [
        _stage("nhận", 0, 1, "Lan"),
        _stage("ý kiến", 1, 2, "Hoa"),
        _stage("đo đạc", 1, 4, "Thành"),
        _stage("duyệt", 4, 6, "Minh"),
        _stage("làm lại", 6),
    ]
    givers = [line.giver.split(",")[0] for line in hand_overs(stages, "Ngọc", NOW)]
    assert givers == ["Ngọc", "Lan", "Lan", "Thành", "Minh"]


def test_work_taken_back_has_no_mark_and_says_so():
    (line,) = hand_overs([_stage("duyệt", 0, 1, "Minh", cancelled=True)], "Ngọc", NOW)
    assert (line.mark, line.note) == ("", "duyệt (đã rút lại)")
