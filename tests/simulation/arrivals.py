"""Who comes when with what: a year's filings with their peaks, each out of its own chance."""

from bisect import bisect
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from random import Random
from typing import NamedTuple
from uuid import UUID

from app.onestop.catalog import source as catalog
from app.onestop.catalog.needs import choosable_cases, limit_for
from app.onestop.catalog.shapes import ChannelKind, Limit, PostKind, Procedure, Unit
from app.onestop.dossiers.standing import tree_of
from app.onestop.workflows import source as workflows
from app.onestop.workflows.conditions import ApplicantKind, ChannelIs, Facts
from app.onestop.workflows.tree import (
    Branch,
    Choice,
    Join,
    Node,
    Nothing,
    Parallel,
    Sequence,
    Step,
    Until,
    Wait,
)
from infra.clock import VIETNAM
from tests.simulation.calendars import YEAR
from tests.simulation.province import Province

DAY = timedelta(days=1)
BEGIN = datetime(YEAR, 1, 1, tzinfo=VIETNAM).astimezone(UTC)
END = datetime(YEAR + 1, 1, 1, tzinfo=VIETNAM).astimezone(UTC)
_TET = date(YEAR, 2, 17)
_MONDAY = (1.35, 1.1, 1.0, 1.0, 0.95, 0.25, 0.2)
# People at the counter by the hour; online also at night, most after supper.
_COUNTER = dict(zip(range(7, 17), (9, 16, 15, 10, 2, 1, 8, 14, 10, 4), strict=True))
_ONLINE = (2, 1, 1, 1, 1, 2, 3, 5, 8, 9, 8, 5, 4, 5, 7, 7, 6, 5, 5, 7, 9, 8, 6, 4)
# What most people come for: copies, births, marriages; then land, building, trade.
_OFTEN = {"2.000815": 40, "2.000884": 15, "1.001193": 14, "1.000894": 8, "1.004873": 10,
          "1.000656": 6, "2.000635": 10, "1.001612": 8, "1.013980": 7, "3.000333": 6}  # fmt: skip


class Arrival(NamedTuple):
    """A dossier that will be filed: all that is settled before anybody acts. `desk_id`: at which
    other agency's desk it is handed in."""

    number: int
    at: datetime
    procedure: Procedure
    agency_id: UUID
    desk_id: UUID | None
    channel: ChannelKind
    tree: Node
    known: Facts
    limit: Limit
    rng: Random


def arrival(seed: int, number: int, province: Province) -> Arrival:
    """The dossier of that number in the year of that seed, whatever others there are."""
    rng = Random(f"{seed}:{number}")
    procedure = _procedure(rng)
    kinds = list(dict.fromkeys(each.kind for each in procedure.channels)) or [ChannelKind.DIRECT]
    online = ChannelKind.ONLINE in kinds and rng.random() < 0.6
    channel = ChannelKind.ONLINE if online else rng.choice(kinds)
    cases = choosable_cases(procedure)
    case_id = rng.choice(cases).id if cases else None
    # Where nothing is published the officer sets the time.
    said = Limit(rng.randint(5, 40), Unit.WORKING_DAYS)
    limit = limit_for(procedure, channel, case_id) or said
    agency_id = province.agency_of(procedure, rng.random())
    return Arrival(
        number=number, at=_moment(rng, online=channel is ChannelKind.ONLINE), procedure=procedure,
        agency_id=agency_id, desk_id=_desk(rng, channel, agency_id, province), channel=channel,
        tree=_tree(procedure, limit, rng),
        known=Facts(case_id=case_id, channel=channel, applicant=rng.choice(list(ApplicantKind))),
        limit=limit, rng=rng,
    )  # fmt: skip


def _desk(rng: Random, channel: ChannelKind, agency_id: UUID, province: Province) -> UUID | None:
    """One of seven goes to the nearest commune's desk, whoever settles it."""
    if channel is ChannelKind.ONLINE or rng.random() > 0.15:
        return None
    nearest = province.ids[rng.choice(province.communes)]
    return nearest if nearest != agency_id else None


def _moment(rng: Random, *, online: bool) -> datetime:
    day = date(YEAR, 1, 1) + bisect(_days(), rng.random() * _days()[-1]) * DAY
    hour = (
        rng.choices(range(24), _ONLINE)[0] if online
        else rng.choices(list(_COUNTER), list(_COUNTER.values()))[0]
    )  # fmt: skip
    clock = time(hour, rng.randrange(60), rng.randrange(60))
    return datetime.combine(day, clock, VIETNAM).astimezone(UTC)


@cache
def _days() -> list[float]:
    days = (END - BEGIN).days
    return list(accumulate(_crowd(date(YEAR, 1, 1) + n * DAY) for n in range(days)))


def _crowd(day: date) -> float:
    to_tet = (_TET - day).days
    season = 1.8 if 4 <= to_tet <= 18 else 0.15 if -6 <= to_tet <= 3 else 1.0
    if -25 <= to_tet < -6 or day.month in (6, 8):
        season = 1.4
    return season * _MONDAY[day.weekday()]


def _procedure(rng: Random) -> Procedure:
    procedures, weights = _procedures()
    return procedures[bisect(weights, rng.random() * weights[-1])]


@cache
def _procedures() -> tuple[list[Procedure], list[float]]:
    found = [each for each in catalog.shipped() if each.valid_to is None]
    return found, list(accumulate(_OFTEN.get(each.code, 1) for each in found))


def _tree(procedure: Procedure, limit: Limit, rng: Random) -> Node:
    # Other agencies take part in what takes weeks, not in what is done while one waits.
    if limit.unit is Unit.SAME_DAY or limit.qty < 5 or rng.random() < 0.5:
        return _own_tree(procedure.code)
    return rng.choice(_trees())


@cache
def _own_tree(code: str) -> Node:
    return tree_of(next(each for each in _procedures()[0] if each.code == code))


@cache
def _trees() -> list[Node]:
    """The shipped workflows, and two with everything a workflow may have."""
    shipped = [each.tree for each in workflows.shipped().values()]
    return [*shipped, _side_by_side(Join.ALL), _side_by_side(Join.FIRST)]


def _side_by_side(join: Join) -> Node:
    two = Parallel("cung-lam", "Cùng làm", (
        Step("a", "A", PostKind.SPECIALIST, 20),
        Sequence((Step("b", "B", PostKind.SPECIALIST, 20), Step("c", "C", PostKind.LEADER, 20))),
        Wait("d", "D", Until.OUTSIDE),
        Sequence((Step("e", "E", PostKind.SPECIALIST, 5), Wait("f", "F", Until.TIMER))),
    ), join)  # fmt: skip
    way = Choice("kenh", "Kênh", (Branch(ChannelIs(ChannelKind.ONLINE), Nothing()),),
                 Step("doi-chieu", "Đối chiếu", PostKind.SPECIALIST, 10))  # fmt: skip
    sign = Step("ky", "Ký", PostKind.LEADER, 20)
    first, last = (
        Step(name, name, PostKind.RECEPTION, 10) for name in ("tiep-nhan", "tra-ket-qua")
    )
    return Sequence((first, way, two, Step("xem", "Xem", PostKind.LEADER, 10), sign, last))
