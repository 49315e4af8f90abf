"""What is true of every ledger, whatever its rows."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from app.onestop.catalog.shapes import Unit
from app.onestop.deadlines import ledger
from app.onestop.deadlines.calendar import Calendar, Document, SpecialDay, from_document, local
from app.onestop.deadlines.counting import (
    add_working_time,
    is_within_office_hours,
    working_time_between,
)
from app.onestop.deadlines.explaining import explain
from app.onestop.deadlines.ledger import BrokenLedger, audit, fold, may, may_extend, may_extend_to
from app.onestop.deadlines.rules import due_at
from app.onestop.deadlines.shapes import MINUTES, UNTIL, Answer, ClockName, Entry, Kind
from tests.onestop.deadlines.offices import DOCUMENT, PERIODS, WEEK, at

FROM = datetime(2025, 9, 1, tzinfo=UTC)
CLOSED = [SpecialDay(local(FROM + timedelta(days=n)).date(), [], "Nghỉ") for n in range(9, 700, 11)]
CALENDARS: dict[int, Calendar] = {
    version: from_document(document, version=version, decision=f"Quyết định {version}")
    for version, document in enumerate(
        [
            DOCUMENT,
            replace(DOCUMENT, hours={6: [("07:30", "11:00")]}),
            Document(weekdays=WEEK, periods=PERIODS, special=CLOSED),
            Document(weekdays=[1, 3], periods=[("08:00", "09:10")]),
        ],
        start=1,
    )
}
versions = st.sampled_from(list(CALENDARS))
moments = st.integers(0, 500 * 86_400).map(lambda n: FROM + timedelta(seconds=n))
amounts = st.integers(1, 30)
units = st.sampled_from([*(unit.value for unit in Unit), MINUTES])
many = settings(max_examples=150, deadline=None)


@st.composite
def starts(draw) -> Entry:
    return Entry(
        kind=Kind.START, at=draw(moments), amount=draw(amounts), unit=draw(units),
        calendar_version=draw(versions),
    )  # fmt: skip


@st.composite
def ledgers(draw, most: int = 8) -> list[Entry]:
    """Any rows the law lets follow one another, each with the deadline told at its writing."""
    entries = [_told([], draw(starts()))]
    for kind in draw(st.lists(st.sampled_from(list(Kind)), max_size=most)):
        standing = fold(entries, CALENDARS)
        if may(kind, standing) is not Answer.YES:
            continue
        moment = entries[-1].at + timedelta(minutes=draw(st.integers(0, 20_000)))
        chosen = (Kind.CALENDAR, Kind.RESTART)
        version = draw(versions) if kind in chosen else standing.calendar_version
        entry = Entry(kind=kind, at=moment, calendar_version=version)
        if kind is Kind.PAUSE:
            entry = replace(entry, reason="publication")
        if kind is Kind.EXTEND:
            later = standing.due_at + timedelta(minutes=draw(st.integers(1, 20_000)))
            entry = replace(entry, until_at=later)
        entries.append(_told(entries, entry))
    return entries


def _told(entries: list[Entry], entry: Entry) -> Entry:
    return replace(entry, due_at=fold([*entries, entry], CALENDARS).due_at)


def _row(entries: list[Entry], kind: Kind, moment: datetime, **what) -> Entry:
    version = fold(entries, CALENDARS).calendar_version
    return Entry(kind=kind, at=moment, calendar_version=version, **what)


@many
@given(ledgers())
def test_what_was_told_is_what_the_rows_add_up_to(entries) -> None:
    assert audit(entries, CALENDARS) == []
    assert entries[-1].due_at == fold(entries, CALENDARS).due_at


@many
@given(ledgers(), st.data())
def test_the_audit_says_which_row_was_changed(entries, data) -> None:
    index = data.draw(st.integers(0, len(entries) - 1))
    wrong = replace(entries[index], due_at=entries[index].due_at + timedelta(minutes=1))
    faults = audit([*entries[:index], wrong, *entries[index + 1 :]], CALENDARS)
    assert [(fault.index, fault.counted) for fault in faults] == [(index, entries[index].due_at)]


@many
@given(ledgers(), st.integers(0, 3000), st.integers(0, 5000))
def test_pausing_n_working_minutes_moves_the_deadline_by_exactly_n(entries, wait, minutes) -> None:
    before = fold(entries, CALENDARS)
    assume(before.running)
    calendar = CALENDARS[before.calendar_version]
    since = entries[-1].at + timedelta(minutes=wait)
    until = add_working_time(since, timedelta(minutes=minutes), calendar)
    entries = [*entries, _row(entries, Kind.PAUSE, since, reason="publication")]
    assert fold(entries, CALENDARS).due_at == before.due_at
    after = fold([*entries, _row(entries, Kind.RESUME, until)], CALENDARS)
    moved = working_time_between(before.due_at, after.due_at, calendar)
    assert moved == timedelta(minutes=minutes)
    assert after.worked_paused - before.worked_paused == moved


@many
@given(ledgers(), st.integers(0, 20_000))
def test_a_restart_counts_from_zero_whatever_came_before(entries, wait) -> None:
    before = fold(entries, CALENDARS)
    assume(before.stopped_at is None)
    moment = entries[-1].at + timedelta(minutes=wait)
    after = fold([*entries, _row(entries, Kind.RESTART, moment)], CALENDARS)
    calendar = CALENDARS[before.calendar_version]
    anew = Entry(
        kind=Kind.START, at=moment, amount=before.amount, unit=before.unit,
        calendar_version=calendar.version,
    )  # fmt: skip
    fresh = fold([anew], CALENDARS)
    assert (after.due_at, after.started_at) == (fresh.due_at, fresh.started_at)
    assert (after.restarts, after.worked_paused) == (before.restarts + 1, timedelta())
    assert after.running
    if before.unit != MINUTES:
        assert after.due_at == due_at(moment, before.amount, Unit(before.unit), calendar).at


@many
@given(ledgers())
def test_the_first_promise_is_kept_in_memory(entries) -> None:
    assert fold(entries, CALENDARS).original_due_at == entries[0].due_at


@many
@given(ledgers(most=4), st.data())
def test_a_deadline_given_by_start_restart_or_extension_is_a_working_moment(entries, data) -> None:
    standing = fold(entries, CALENDARS)
    calendar = CALENDARS[standing.calendar_version]
    assert is_within_office_hours(standing.due_at, calendar)
    assert calendar.reason_off(local(standing.due_at).date()) is None


@many
@given(ledgers(), versions)
def test_a_changed_calendar_gives_what_it_would_have_given_from_the_start(entries, version) -> None:
    assume(fold(entries, CALENDARS).stopped_at is None)
    change = Entry(kind=Kind.CALENDAR, at=entries[-1].at, calendar_version=version)
    after = fold([*entries, change], CALENDARS)
    restarted = [n for n, entry in enumerate(entries) if entry.kind is Kind.RESTART]
    since = entries[restarted[-1] :] if restarted else entries
    anew = [replace(each, calendar_version=version) for each in since]
    if restarted:
        given_ = {"kind": Kind.START, "amount": after.amount, "unit": after.unit}
        anew[0] = replace(anew[0], **given_)
    expected = fold([e for e in anew if e.kind is not Kind.CALENDAR], CALENDARS)
    assert (after.due_at, after.calendar_version) == (expected.due_at, version)


@many
@given(ledgers())
def test_counting_twice_on_the_same_calendar_moves_nothing(entries) -> None:
    before = fold(entries, CALENDARS)
    assume(before.stopped_at is None)
    after = fold([*entries, _row(entries, Kind.CALENDAR, entries[-1].at)], CALENDARS)
    assert after == before


@many
@given(ledgers())
def test_who_is_not_paused_cannot_go_on_and_what_is_over_stays_over(entries) -> None:
    standing = fold(entries, CALENDARS)
    resume = _row(entries, Kind.RESUME, entries[-1].at)
    if standing.paused_since is None:
        assert may(Kind.RESUME, standing) in (Answer.NOT_PAUSED, Answer.STOPPED)
        with pytest.raises(BrokenLedger):
            fold([*entries, resume], CALENDARS)
    if standing.stopped_at is not None:
        answers = {kind: may(kind, standing) for kind in Kind if kind is not Kind.START}
        assert set(answers.values()) == {Answer.STOPPED}


@many
@given(ledgers())
def test_the_appointment_is_put_off_once_and_only_in_time(entries) -> None:
    standing = fold(entries, CALENDARS)
    assert standing.extensions <= 1
    if standing.running:
        first = standing.extensions == 0
        assert may_extend(standing, standing.due_at) is (
            Answer.YES if first else Answer.ALREADY_EXTENDED
        )
        late = may_extend(standing, standing.due_at + timedelta(seconds=1))
        assert late is (Answer.EXPIRED if first else Answer.ALREADY_EXTENDED)
    calendar = CALENDARS[standing.calendar_version]
    assert may_extend_to(standing, standing.due_at, calendar) is Answer.NOT_LATER
    day = calendar.next_working_day(local(standing.due_at).date())
    assert may_extend_to(standing, calendar.closes(day), calendar) is Answer.YES
    assert may_extend_to(standing, calendar.opens(day) - timedelta(hours=3), calendar) in (
        Answer.NOT_WORKING,
        Answer.NOT_LATER,
    )


@many
@given(ledgers(), moments)
def test_every_row_is_explained_in_order_and_the_last_line_is_now(entries, now) -> None:
    lines = explain(entries, CALENDARS, now)
    over = fold(entries, CALENDARS).stopped_at is not None
    assert [line.at for line in lines[: len(lines) - (not over)]] == sorted(
        line.at for line in lines[: len(lines) - (not over)]
    )
    assert {line.at for line in lines} >= {entry.at for entry in entries}
    assert all(line.text.endswith(".") for line in lines)
    assert (lines[-1].at == now) or over


def test_rows_that_are_no_ledger_are_broken() -> None:
    start = Entry(kind=Kind.START, at=FROM, amount=1, unit="working_days", calendar_version=1)
    pause = Entry(kind=Kind.PAUSE, at=FROM, reason="publication", calendar_version=1)
    for rows in ([], [pause], [start, start], [start, pause, pause], [replace(start, unit=None)]):
        with pytest.raises(BrokenLedger):
            fold(rows, CALENDARS)
    with pytest.raises(BrokenLedger, match="calendar 99"):
        fold([replace(start, calendar_version=99)], CALENDARS)
    assert audit([start, pause, pause], CALENDARS)[-1].why == "row 2: pause when paused"


def test_each_clock_is_folded_by_itself() -> None:
    start = Entry(kind=Kind.START, at=FROM, amount=1, unit="working_days", calendar_version=1)
    desk = replace(start, clock=ClockName.RECEPTION, amount=8, unit="working_hours")
    found = ledger.standings([desk, start], CALENDARS)
    assert [each.clock for each in found] == [ClockName.RECEPTION, ClockName.WHOLE]
    assert ledger.of([desk, start]) == [start]


def test_an_end_set_on_a_day_off_moves_to_the_end_of_the_next_working_day() -> None:
    start = Entry(
        kind=Kind.START, at=at("2026-06-01 09:00"), amount=0, unit=UNTIL, calendar_version=1,
        until_at=at("2026-06-06 09:00"),
    )  # fmt: skip
    assert fold([start], CALENDARS).due_at == at("2026-06-08 17:00")
    early = replace(start, until_at=at("2026-06-08 05:00"))
    assert fold([early], CALENDARS).due_at == at("2026-06-08 07:00")
