"""What to keep, what to read, when to be worried: thousands of cases, no database."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tenants.backup.layout import Segment, segment_blob, segment_of
from tenants.backup.rules import (
    Standing,
    Worry,
    base_for,
    broken_after,
    ended_eras,
    era_of,
    expired_bases,
    expired_dumps,
    expired_segments,
    incomplete,
    needed,
    night_begins,
    worries,
)
from tenants.backup.shapes import BackupSet, Manifest

NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
KEEP = 35 * DAY
GOOD = Standing(NOW - HOUR, NOW - timedelta(minutes=1), NOW - DAY, False, None, None)
moments = st.timedeltas(DAY, 320 * DAY).map(lambda ago: NOW - ago)


def manifest(number, reaches_at, kind="base"):
    return Manifest(
        id=UUID(int=number), kind=kind, cluster="main", system="7", began_at=reaches_at,
        reaches_at=reaches_at, digests=[], bytes=0, plain_bytes=0,
    )  # fmt: skip


def era(number, first):
    return BackupSet(
        id=UUID(int=number), kind="wal", cluster="main", tenant_id=None, tenant_slug=None,
        state="running", began_at=NOW, ended_at=None, reaches_at=None, parts=0, bytes=0,
        first_segment=first, failure=None,
    )  # fmt: skip


def file(number):
    return f"0000000100000000{number:08X}"


def segment(number, opened_at):
    return Segment(file(number), opened_at, "blob", UUID(int=1))


sets = st.lists(moments, max_size=40).map(
    lambda found: [manifest(n, at) for n, at in enumerate(found)]
)


def test_whoever_was_restored_within_a_week_is_not_red():
    assert worries(GOOD, NOW) == []


def test_a_backup_nobody_restored_for_seven_days_is_red_one_second_later():
    drilled = GOOD._replace(drilled_at=NOW - 7 * DAY)
    assert worries(drilled, NOW) == []
    assert worries(drilled, NOW + timedelta(seconds=1)) == [Worry.OLD_DRILL]
    assert Worry.NO_DRILL in worries(GOOD._replace(drilled_at=None), NOW)
    assert worries(GOOD._replace(drill_failed=True), NOW) == [Worry.FAILED_DRILL]


def test_a_copy_a_log_or_a_push_that_is_late_is_red():
    assert worries(GOOD._replace(uncopied_since=NOW - 5 * HOUR), NOW) == []
    assert worries(GOOD._replace(uncopied_since=NOW - 7 * HOUR), NOW) == [Worry.LATE_COPY]
    assert worries(GOOD._replace(push_due_at=NOW - 7 * HOUR), NOW) == [Worry.LATE_PUSH]
    assert worries(GOOD._replace(log_reaches_at=NOW - HOUR), NOW) == [Worry.LOG_BEHIND]
    assert worries(GOOD._replace(missing=True), NOW) == [Worry.MISSING]
    assert worries(GOOD._replace(place_away=True), NOW) == [Worry.PLACE_AWAY]
    nothing = Standing(None, None, None, False, None, None)
    assert worries(nothing, NOW) == [Worry.NO_SET, Worry.NO_DRILL, Worry.LOG_BEHIND]


@given(sets, st.timedeltas(timedelta(0), KEEP))
def test_every_second_that_could_be_restored_within_the_days_kept_still_can_be(bases, ago):
    target = NOW - ago
    gone = expired_bases(bases, NOW, KEEP)
    before = base_for(bases, target)
    after = base_for([base for base in bases if base.id not in gone], target)
    assert (before is None) == (after is None)
    assert before is None or after.reaches_at == before.reaches_at


@given(sets)
def test_of_dumps_the_newest_and_those_of_the_days_kept_stay(dumps):
    gone = expired_dumps(dumps, NOW, KEEP)
    kept = [dump for dump in dumps if dump.id not in gone]
    assert all(dump in kept for dump in dumps if NOW - dump.reaches_at <= KEEP)
    assert not dumps or max(dumps, key=lambda d: d.reaches_at) in kept
    months = {(d.reaches_at.year, d.reaches_at.month) for d in dumps}
    assert {(d.reaches_at.year, d.reaches_at.month) for d in kept} == months


@given(
    st.lists(st.integers(0, 50), min_size=1, max_size=30), st.integers(0, 40), st.integers(0, 60)
)
def test_no_file_a_recovery_needs_is_left_out(gaps, first, minutes):
    """The commits of a file lie after its pulse and before the next one's."""
    at, segments = NOW, []
    for number, gap in enumerate(gaps):
        segments.append(segment(number, at))
        at += timedelta(minutes=gap)
    until = NOW + timedelta(minutes=minutes)
    found = needed(segments, file(first), until)
    wanted = [s for s in segments if s.file >= file(first) and s.opened_at <= until]
    assert found[: len(wanted)] == wanted
    assert len(found) - len(wanted) <= 1


def test_what_a_place_shows_less_of_than_was_made_is_incomplete():
    base = replace(era(9, ""), kind="base", parts=2, began_at=NOW)
    old = replace(era(1, file(1)), parts=4, reaches_at=NOW - DAY)
    needed_one = replace(era(2, file(5)), parts=4, reaches_at=NOW + DAY)
    newest = replace(era(3, file(9)), parts=4)
    log = [Segment(file(n), NOW, "blob", UUID(int=3)) for n in (9, 10, 11)]
    log.append(Segment(file(5), NOW, "blob", UUID(int=2)))
    sets = [base, old, needed_one, newest]

    def lacking(there=3, without=()):
        rest = [each for each in log if each.file not in without]
        found = incomplete(sets, {base.id: there}, rest, 1 << 24)
        return {each.int for each in found}

    assert lacking() == set(), "no base is rolled forward by the old one"
    assert lacking(there=2) == lacking(there=0) == {9}
    assert lacking(without=(file(5),)) == {2}
    assert lacking(without=(file(10),)) == {3}
    assert lacking(without=(file(9), file(10), file(11))) == {3}


def test_what_nothing_is_known_of_is_read():
    unknown = datetime(1970, 1, 1, tzinfo=UTC)
    found = needed([segment(1, NOW), segment(2, unknown), segment(3, NOW + DAY)], file(1), NOW)
    assert [s.file for s in found] == [file(1), file(2), file(3)]


def test_a_file_belongs_to_the_era_that_began_with_it_or_before():
    eras = [era(1, file(5)), era(2, file(9))]
    assert [era_of(file(n), eras).id.int for n in (1, 5, 8, 9, 20)] == [1, 1, 1, 2, 2]


@given(st.integers(0, 2**31), st.integers(2, 40), st.data())
def test_a_file_missing_from_the_log_is_seen_wherever_it_is(first, many, data):
    """Files are counted across the 256 of a log number, and a new timeline may begin earlier."""
    files = [f"00000001{n >> 8:08X}{n & 255:08X}" for n in range(first, first + many)]
    fork = first + data.draw(st.integers(0, many))
    files += [f"00000002{n >> 8:08X}{n & 255:08X}" for n in range(fork, fork + many)]
    mixed = data.draw(st.permutations([*files, "00000002.history"]))
    assert broken_after(mixed, 16 * 2**20) is None
    gone = data.draw(st.integers(1, many - 2)) if many > 2 else None
    if gone is not None:
        left = [file for file in files[:many] if file != files[gone]]
        assert broken_after(left, 16 * 2**20) == files[gone - 1]


def test_a_key_of_the_log_ends_with_the_last_base_that_needs_it():
    eras = [era(1, file(5)), era(2, file(9)), era(3, file(12))]
    assert ended_eras(eras, file(5)) == []
    assert ended_eras(eras, file(9)) == [UUID(int=1)]
    assert ended_eras(eras, file(20)) == [UUID(int=1), UUID(int=2)]


def test_the_history_of_a_timeline_a_base_brings_itself_is_not_read():
    first = "000000020000000000000004"
    found = [Segment(name, NOW, "blob", UUID(int=1)) for name in ("00000002.history", first)]
    later = Segment("00000003.history", NOW, "blob", UUID(int=1))
    assert needed([*found, later], first, None) == [found[1], later]
    assert expired_segments([*found, later], first) == [found[0]]


def test_lost_log_is_red_and_so_is_a_promise_nobody_keeps():
    assert worries(GOOD._replace(log_lost=True), NOW) == [Worry.LOG_LOST]
    assert worries(GOOD._replace(promised=True), NOW) == [Worry.NOT_AWAITED]
    kept = GOOD._replace(promised=True, awaited_at=NOW)
    assert worries(kept, NOW) == []
    assert worries(kept, NOW + timedelta(minutes=3)) == [Worry.NOT_AWAITED]


def test_the_log_before_the_oldest_base_goes():
    found = [segment(n, NOW) for n in range(5)]
    assert expired_segments(found, file(3)) == found[:3]


def test_a_name_in_the_archive_says_what_it_is():
    identity = UUID(int=7)
    blob = segment_blob("clusters/main-7/wal", identity, file(3), NOW)
    assert segment_of(blob) == Segment(file(3), NOW, blob, identity)
    assert segment_of("clusters/main-7/base/x/manifest.json") is None


def test_the_night_begins_yesterday_until_its_hour_comes():
    assert night_begins(NOW, 18) == datetime(2026, 11, 22, 18, tzinfo=UTC)
    assert night_begins(NOW, 4) == datetime(2026, 11, 23, 4, tzinfo=UTC)
