"""What a dossier counts as, and which rows put the figures right. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from app.onestop.dossiers.rules.statuses import Status
from app.onestop.statistics.shapes import FIGURES, Countable, Kind, Line, Row, Values
from infra.clock import VIETNAM

LINKED = "linked"
_MOVES = (Kind.MOVED_IN, Kind.MOVED_OUT)
_ENDS = {Status.WITHDRAWN: Kind.WITHDRAWN, Status.STOPPED: Kind.STOPPED}


def kinds_of(dossier: Countable) -> list[Kind]:
    """All a dossier counts as, the way it stands; nothing where it was counted elsewhere."""
    if dossier.channel == LINKED:
        return []
    status, found = Status(dossier.status), list[Kind]()
    if dossier.received_at is not None:
        found.append(Kind.RECEIVED)
    if dossier.finished_at is not None:
        found.append(_settled(dossier.finished_at, dossier.due_at, dossier.requests))
    if status is Status.NOT_RECEIVED:
        found.append(Kind.REFUSED)
    if status in _ENDS:
        found.append(_ENDS[status] if dossier.received_at else Kind.CANCELLED)
    if status is Status.DELIVERED:
        found.append(Kind.DELIVERED)
    return found


def _settled(finished_at: datetime, due_at: datetime | None, requests: int) -> Kind:
    """Early is before the day it was due. Papers asked for more than once count as late (Decree
    118/2025/NĐ-CP, Article 19)."""
    if requests > 1 or (due_at is not None and finished_at > due_at):
        return Kind.SETTLED_LATE
    if due_at is None or _day(finished_at) == _day(due_at):
        return Kind.SETTLED_ON_TIME
    return Kind.SETTLED_EARLY


def values_of(dossier: Countable) -> Values:
    """What its rows are counted under."""
    return Values(dossier.procedure_id, dossier.channel, dossier.wanted_way)


def changes(live: Sequence[Row], dossier: Countable, at: datetime) -> tuple[list[Row], list[Row]]:
    """Which of the rows that count are reversed, and which are added, so that they say what is so.

    What is put right stays in its month and with its agency; what is new is of the month of `at`.
    """
    kinds, values = kinds_of(dossier), values_of(dossier)
    standing = [row for row in live if row.kind in kinds or row.kind in _MOVES]
    wrong = [row for row in standing if row.values != values]
    reversed_ = [row for row in live if row not in standing] + wrong
    added = [_righted(row, values) for row in wrong]
    known = {row.kind for row in standing}
    added += [
        Row(kind=kind, agency_id=dossier.agency_id, values=values, month=month_of(at))
        for kind in kinds
        if kind not in known
    ]
    return reversed_, added


def _righted(row: Row, values: Values) -> Row:
    return Row(kind=row.kind, agency_id=row.agency_id, values=values, month=row.month, about=row.id)


def month_of(at: datetime) -> date:
    """The first day of the month it is in Vietnam."""
    return _day(at).replace(day=1)


def _day(at: datetime) -> date:
    return at.astimezone(VIETNAM).date()


def total(lines: Iterable[Line], name: str) -> Line:
    """All lines in one."""
    summed = list(lines)
    return Line(
        name=name, **{each: sum(getattr(line, each) for line in summed) for each in FIGURES}
    )
