"""What to keep, what to read, when to be worried: pure answers about sets and moments."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID

from tenants.backup.layout import Segment
from tenants.backup.shapes import BackupSet, Manifest

# A backup nobody restored for so long is a hope, not a backup.
UNPROVED = timedelta(days=7)
# So long a copy may be on its way to another place.
COPYING = timedelta(hours=6)
# So long a nightly set may be missing before somebody is told.
NIGHTLY = timedelta(hours=30)
# So long the log may be behind.
BEHIND = timedelta(minutes=10)

_YEAR = timedelta(days=366)


# One that has not said for so long how far it is does nothing any more.
SILENT_SECONDS = 30
# So long the backup process may not have looked at a receiver commits are to wait for.
UNSEEN = timedelta(minutes=2)


class Step(StrEnum):
    """What a receiver of the log needs."""

    GO_ON = "go_on"
    START = "start"
    BEGIN_ANEW = "begin_anew"


class Worry(StrEnum):
    """What is wrong with a tenant's or a cluster's backups."""

    NO_SET = "no_set"
    OLD_SET = "old_set"
    NO_DRILL = "no_drill"
    OLD_DRILL = "old_drill"
    FAILED_DRILL = "failed_drill"
    LATE_COPY = "late_copy"
    LOG_BEHIND = "log_behind"
    LOG_LOST = "log_lost"
    NOT_AWAITED = "not_awaited"
    LATE_PUSH = "late_push"
    PLACE_AWAY = "place_away"
    MISSING = "missing"


class Standing(NamedTuple):
    """What is known of one tenant's backups; None where there was none."""

    newest_at: datetime | None  # the newest set of its own
    log_reaches_at: datetime | None  # of its cluster
    drilled_at: datetime | None  # the last drill that passed
    drill_failed: bool  # whether the last drill did not
    uncopied_since: datetime | None  # the oldest set a place still lacks
    push_due_at: datetime | None  # when its own centre should have had the next copy
    log_lost: bool = False  # a piece of the log is gone, and no base was begun since
    awaited_at: datetime | None = None  # promised: when commits were last seen to wait; or None
    promised: bool = False  # that no commit is answered before a second disk has it
    place_away: bool = False  # a place, or that of the keys, did not answer when looked into last
    missing: bool = False  # a set or its key is not where it was copied


def worries(standing: Standing, now: datetime) -> list[Worry]:
    """Everything that is red, the gravest first."""
    found = []
    if standing.newest_at is None:
        found.append(Worry.NO_SET)
    elif now - standing.newest_at > NIGHTLY:
        found.append(Worry.OLD_SET)
    if standing.missing:
        found.append(Worry.MISSING)
    if standing.place_away:
        found.append(Worry.PLACE_AWAY)
    if standing.drill_failed:
        found.append(Worry.FAILED_DRILL)
    if standing.drilled_at is None:
        found.append(Worry.NO_DRILL)
    elif now - standing.drilled_at > UNPROVED:
        found.append(Worry.OLD_DRILL)
    if standing.log_reaches_at is None or now - standing.log_reaches_at > BEHIND:
        found.append(Worry.LOG_BEHIND)
    if standing.log_lost:
        found.append(Worry.LOG_LOST)
    awaited = standing.awaited_at is not None and now - standing.awaited_at <= UNSEEN
    if standing.promised and not awaited:
        found.append(Worry.NOT_AWAITED)
    if standing.uncopied_since is not None and now - standing.uncopied_since > COPYING:
        found.append(Worry.LATE_COPY)
    if standing.push_due_at is not None and now > standing.push_due_at + COPYING:
        found.append(Worry.LATE_PUSH)
    return found


def receiver_step(*, alive: bool, lost: bool, silent_seconds: float) -> Step:
    """What is to be done about the receiver; one that hangs is worse than none.

    The cluster keeps the log for it, and cannot even let go of it.
    """
    if lost:
        return Step.BEGIN_ANEW
    return Step.GO_ON if alive and silent_seconds <= SILENT_SECONDS else Step.START


def era_of(file: str, eras: Sequence[BackupSet]) -> BackupSet:
    """Whose key seals a file of the log: the newest era that began with it or before.

    `eras` is not empty, oldest first. What comes from before the first belongs to the first.
    """
    fitting = [era for era in eras if (era.first_segment or "") <= file]
    return fitting[-1] if fitting else eras[0]


def needed(segments: Iterable[Segment], first: str, until: datetime | None) -> list[Segment]:
    """The files a recovery to `until` reads, in order: from `first` to one that is all later.

    None = to the end of the log. The histories of timelines that began after `first` are among
    them; a base brings those from before.
    """
    found = []
    for segment in sorted(segments):
        if segment.file >= first:
            found.append(segment)
            if until is not None and segment.opened_at > until:
                break
    return found


def broken_after(files: Iterable[str], segment_bytes: int) -> str | None:
    """The last file of the log before one that is missing; None when all follow one another.

    A timeline may begin with any file the one before it reached, or with the next.
    """
    last: tuple[int, int] | None = None
    before = None
    for file in sorted(file for file in files if not file.endswith(".history")):
        at = _place(file, segment_bytes)
        if last is not None and at[1] > last[1] + 1:
            return before
        last, before = at, file
    return None


def incomplete(
    sets: Sequence[BackupSet], parts: Mapping[UUID, int], log: Sequence[Segment], segment_bytes: int
) -> set[UUID]:
    """Sets of which a place shows less than the catalogue says was made.

    `parts` counts the blobs of each set that has a manifest there, the manifest among them. Of an
    era of the log that a living base may still need, at least one file has to be there, and in the
    newest none may lack between two others: a file sent twice counts twice in the catalogue, so its
    number tells nothing.
    """
    eras = [each for each in sets if each.kind == "wal"]
    newest = max((era.id for era in eras), default=None)
    oldest = min((each.began_at for each in sets if each.kind == "base"), default=None)
    files: dict[UUID, set[str]] = {era.id: set() for era in eras}
    for segment in log:
        files.setdefault(segment.era, set()).add(segment.file)
    found = {each.id for each in sets if each.kind != "wal" and parts.get(each.id, 0) <= each.parts}
    found |= {era.id for era in eras if era.parts and not files[era.id] and _serves(era, oldest)}
    if newest is not None and broken_after(files[newest], segment_bytes):
        found.add(newest)
    return found


def _serves(era: BackupSet, oldest: datetime | None) -> bool:
    """Whether a base that began then may be rolled forward by it."""
    return oldest is None or era.reaches_at is None or era.reaches_at > oldest


def _place(file: str, segment_bytes: int) -> tuple[int, int]:
    """Timeline and number of a file of the log, counted from the beginning of the cluster."""
    timeline, high, low = (int(file[start : start + 8], 16) for start in (0, 8, 16))
    return timeline, high * (0x100000000 // segment_bytes) + low


def base_for(bases: Sequence[Manifest], target: datetime) -> Manifest | None:
    """The newest base a cluster can be rolled forward from to `target`; None when all are later."""
    fitting = [base for base in bases if base.reaches_at <= target]
    return max(fitting, key=lambda base: base.reaches_at, default=None)


def expired_bases(bases: Sequence[Manifest], now: datetime, keep: timedelta) -> set[UUID]:
    """Bases without which every second of the last `keep` can still be restored."""
    start = base_for(bases, now - keep)
    if start is None:
        return set()
    return {base.id for base in bases if base.reaches_at < start.reaches_at}


def expired_dumps(dumps: Sequence[Manifest], now: datetime, keep: timedelta) -> set[UUID]:
    """A tenant's sets older than `keep`, but for the newest and each month's first for a year."""
    kept: set[UUID] = set()
    months: set[tuple[int, int]] = set()
    for dump in sorted(dumps, key=lambda dump: dump.reaches_at):
        month = (dump.reaches_at.year, dump.reaches_at.month)
        age = now - dump.reaches_at
        if age <= keep or (age <= _YEAR and month not in months):
            kept.add(dump.id)
        months.add(month)
    newest = max(dumps, key=lambda dump: dump.reaches_at, default=None)
    return {dump.id for dump in dumps} - kept - ({newest.id} if newest else set())


def expired(sets: Iterable[Manifest], now: datetime, keep: timedelta) -> set[UUID]:
    """What nothing needs any more, of each tenant's sets and of each cluster's."""
    groups: dict[tuple[str, object], list[Manifest]] = {}
    for manifest in sets:
        of = manifest.tenant_id or (manifest.cluster, manifest.system)
        groups.setdefault((manifest.kind, of), []).append(manifest)
    found: set[UUID] = set()
    for (kind, _), group in groups.items():
        rule = expired_bases if kind == "base" else expired_dumps
        found |= rule(group, now, keep)
    return found


def ended_eras(eras: Sequence[BackupSet], first: str) -> list[UUID]:
    """Eras, oldest first, whose files all come before the oldest base's first."""
    following = pairwise(eras)
    return [era.id for era, later in following if (later.first_segment or "") <= first]


def expired_segments(segments: Iterable[Segment], first: str) -> list[Segment]:
    """Files of the log from before the oldest base that is kept."""
    return [s for s in segments if s.file < first]


def is_due(last: datetime | None, now: datetime, every: timedelta) -> bool:
    """Whether something that is done again and again is to be done now."""
    return last is None or now - last >= every


def night_begins(now: datetime, hour: int) -> datetime:
    """When the night's work of which `now` is part was to begin (`hour` in UTC)."""
    today = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    return today if now >= today else today - timedelta(days=1)
