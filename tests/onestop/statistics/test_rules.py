"""What a dossier counts as, and how figures are put right, walked by the thousand."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import msgspec

from app.onestop.dossiers.rules import Status
from app.onestop.statistics.rules import changes, kinds_of, month_of, total, values_of
from app.onestop.statistics.shapes import FIGURES, Kind, Line, Row

AT = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
HERE, PROCEDURE = uuid4(), uuid4()


class Standing(msgspec.Struct, kw_only=True):
    """A dossier as the figures see it."""

    id: UUID = msgspec.field(default_factory=uuid4)
    status: int = Status.REGISTERED
    agency_id: UUID = HERE
    procedure_id: UUID = PROCEDURE
    channel: str = "online"
    wanted_way: str = "counter"
    requests: int = 0
    received_at: datetime | None = None
    due_at: datetime | None = None
    finished_at: datetime | None = None


def settled(finished: datetime, due: datetime | None, **facts) -> list[Kind]:
    return kinds_of(
        Standing(status=Status.FINISHED, received_at=AT, finished_at=finished, due_at=due, **facts)
    )


def test_early_is_before_its_day_and_late_is_a_minute_after() -> None:
    due = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
    midnight = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)  # of the 25th in Vietnam
    assert settled(midnight - timedelta(minutes=1), due)[1] is Kind.SETTLED_EARLY
    assert settled(midnight, due)[1] is settled(due, due)[1] is Kind.SETTLED_ON_TIME
    assert settled(due + timedelta(minutes=1), due)[1] is Kind.SETTLED_LATE
    assert settled(due, None)[1] is Kind.SETTLED_ON_TIME


def test_papers_asked_for_twice_make_it_late() -> None:
    assert settled(AT, AT + timedelta(days=9), requests=2)[1] is Kind.SETTLED_LATE


def test_what_was_given_up_before_its_reception_was_never_work() -> None:
    assert kinds_of(Standing()) == []
    for status in (Status.WITHDRAWN, Status.STOPPED):
        assert kinds_of(Standing(status=status)) == [Kind.CANCELLED]
        assert Kind.CANCELLED not in kinds_of(Standing(status=status, received_at=AT))
    assert kinds_of(Standing(status=Status.NOT_RECEIVED)) == [Kind.REFUSED]


def test_a_dossier_of_another_system_is_not_counted_again() -> None:
    linked = Standing(status=Status.DELIVERED, channel="linked", received_at=AT, finished_at=AT)
    assert kinds_of(linked) == [] and changes([], linked, AT) == ([], [])


def test_the_month_begins_at_midnight_in_vietnam() -> None:
    assert month_of(datetime(2026, 11, 30, 16, 59, tzinfo=UTC)) == date(2026, 11, 1)
    assert month_of(datetime(2026, 11, 30, 17, 0, tzinfo=UTC)) == date(2026, 12, 1)


def wander(chance: random.Random) -> tuple[Standing, list[tuple[int, Row]]]:
    """A dossier changed at random, errors and reopenings among it, with all rows it wrote."""
    dossier, live, written, at = Standing(channel=chance.choice(WAYS_IN)), [], [], AT
    for _ in range(chance.randrange(12)):
        at += timedelta(days=chance.randrange(20))
        dossier.status = chance.choice(list(Status))
        dossier.wanted_way = chance.choice(["counter", "postal"])
        dossier.received_at = chance.choice([None, AT])
        dossier.finished_at = chance.choice([None, at])
        dossier.due_at = chance.choice([None, AT + timedelta(days=30)])
        reversed_, added = changes(live, dossier, at)
        added = [msgspec.structs.replace(row, id=uuid4()) for row in added]
        written += [(-1, row) for row in reversed_] + [(1, row) for row in added]
        live = [row for row in live if row not in reversed_] + added
    return dossier, written


WAYS_IN = ["online", "counter", "postal", "linked"]


def test_whatever_happens_the_sum_of_rows_is_a_recount() -> None:
    for seed in range(2000):
        dossier, written = wander(random.Random(seed))
        summed: Counter[tuple[object, ...]] = Counter()
        for amount, row in written:
            summed[row.kind, row.agency_id, row.values] += amount
        recount = Counter((kind, HERE, values_of(dossier)) for kind in kinds_of(dossier))
        if written:
            assert {key: n for key, n in summed.items() if n} == recount, seed


def test_what_is_reversed_and_put_right_stays_in_its_month() -> None:
    dossier = Standing(status=Status.RECEIVED, received_at=AT)
    _, [row] = changes([], dossier, AT)
    row = msgspec.structs.replace(row, id=uuid4())
    dossier.wanted_way = "postal"
    [reversed_], [right] = changes([row], dossier, AT + timedelta(days=40))
    assert reversed_ == row and right.about == row.id
    assert (right.month, right.values.wanted_way) == (row.month, "postal")
    assert changes([right], dossier, AT) == ([], [])


def test_a_line_and_the_total_balance() -> None:
    line = Line(name="a", opening=2, online=3, postal=1, moved=-1, on_time=2, late=1, ended=1)
    assert (line.received, line.settled, line.open) == (4, 3, 1)
    both = total([line, line], "b")
    assert all(getattr(both, name) == 2 * getattr(line, name) for name in FIGURES)
    assert both.open == 2 * line.open
