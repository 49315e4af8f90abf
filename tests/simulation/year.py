"""The year itself: one clock for everybody, from the first filing to the last night."""

import heapq
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from app.onestop.catalog.needs import papers_to_upload
from app.onestop.catalog.shapes import ChannelKind
from app.onestop.deadlines.calendar import Calendar
from app.onestop.deadlines.counting import is_within_office_hours
from app.onestop.dossiers.rules import Act, Status, missing_papers
from tests.simulation import calendars, habits
from tests.simulation.arrivals import END, Arrival, arrival
from tests.simulation.habits import Wish
from tests.simulation.meddling import collide, meddle
from tests.simulation.numbers import LONG_AT, Numbers
from tests.simulation.province import Province
from tests.simulation.watching import Deed, Watched, late

MINUTE = timedelta(minutes=1)
_MEDDLED, _COLLIDED, _REGRETTED, _ROLLED_BACK, _FORGOTTEN = 0.06, 0.03, 0.04, 0.005, 0.05
Figures = dict[str, object]


class Broken(AssertionError):
    """Something that must always be true was not; its text says how to see it again."""


class Year:
    """All of it. `played` are the numbers of the dossiers, `kept` keeps their trails."""

    def __init__(self, seed: int, slug: str, *, kept: bool = False) -> None:
        self.seed, self.slug, self._kept = seed, slug, kept
        self.province = Province(slug)
        document, self.calendar = calendars.first(self.province.file)
        self._changes = calendars.later(document, self.calendar)
        self._next_change = next(self._changes, None)
        self.numbers = Numbers()
        self.open: dict[int, Watched] = {}
        self.now = datetime.min.replace(tzinfo=END.tzinfo)
        # Moment, dossier, and a changed calendar with its version, or nothing: somebody works.
        self.queue: list[tuple[datetime, int, int, Calendar | None]] = []
        self.statuses: Counter[str] = Counter()
        self.acts: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.ready: Counter[bool] = Counter()
        self.recounted = self.moved = 0
        self.trails: dict[int, list[str]] = {}

    def play(self, numbers: range | list[int]) -> Figures:
        """Live through the year with those dossiers; what came of them."""
        began = time.process_time()
        # Each is drawn anew when its moment comes: all of them at once would fill the memory.
        arrivals = sorted((self._arrival(number).at, number) for number in numbers)
        for number, due in self._moments(iter(arrivals)):
            self._guarded(number, due)
        for number in sorted(self.open):
            self._guarded(number, None, closing=True)
        self.numbers.check()
        assert self.statuses.total() == len(arrivals)
        return self._figures(len(arrivals), time.process_time() - began)

    def _arrival(self, number: int) -> Arrival:
        return arrival(self.seed, number, self.province)

    def _moments(
        self, coming: Iterator[tuple[datetime, int]]
    ) -> Iterator[tuple[int, Calendar | None]]:
        """Whose moment comes next, in the order of the one clock; the clock goes with it."""
        come = next(coming, None)
        while come or self.queue:
            first = min(each[0] for each in ([come] if come else []) + self.queue[:1])
            if first >= END:
                return
            if self._next_change and self._next_change[0] <= first:
                self._change(*self._next_change)
                self._next_change = next(self._changes, None)
                continue
            assert first >= self.now, "the clock went back"
            self.now = first
            if come and come[0] == first:
                number = come[1]
                self.open[number] = Watched(self._arrival(number), self.province, self.calendar)
                yield number, None
                come = next(coming, None)
            else:
                _, number, _, due = heapq.heappop(self.queue)
                yield number, due

    def _change(self, at: datetime, calendar: Calendar) -> None:
        """A changed calendar is approved: the job takes its time over the open dossiers."""
        self.now, self.calendar = at, calendar
        for number, one in self.open.items():
            later = at + one.rng.uniform(0, 20) * MINUTE
            heapq.heappush(self.queue, (later, number, calendar.version, calendar))

    def _guarded(self, number: int, due: Calendar | None, *, closing: bool = False) -> None:
        try:
            one = self.open.get(number)
            if one is None:
                return
            if closing:
                self.close(one)
            elif due is not None:
                self._recount(one, due)
            else:
                self._step(one)
        except Exception as error:
            raise Broken(self._words(number, error)) from error

    def _words(self, number: int, error: Exception) -> str:
        one = self.open[number]
        trail = "\n".join(told(deed) for deed in one.trail[-12:])
        return (
            f"seed {self.seed}, dossier {number}, {self.now.isoformat()}: {error!r}\n{trail}\n"
            f"play it again: python -m tests.simulation --seed {self.seed} "
            f"--province {self.slug} --only {number}"
        )

    def _recount(self, one: Watched, calendar: Calendar) -> None:
        if calendar is self.calendar and one.model.entries:
            self.recounted += 1
            self.moved += one.recount(calendar, self.now)

    def _step(self, one: Watched) -> None:
        if one.model.status is None:
            self._arrive(one)
        elif (later := self._work(one)) > self.now:
            self._again(one, later)
            return
        if one.over:
            self.close(one)
            return
        self._again(one, habits.pause_before_next(one, self.now, self.calendar))

    def _again(self, one: Watched, at: datetime) -> None:
        heapq.heappush(self.queue, (at.astimezone(UTC), one.come.number, 0, None))

    def _arrive(self, one: Watched) -> None:
        come, rng = one.come, one.rng
        online = come.channel is ChannelKind.ONLINE
        if not online and not is_within_office_hours(self.now, self.calendar):
            return
        slots = {p.id for p in papers_to_upload(come.procedure, come.channel, come.known.case_id)}
        if slots and rng.random() < _FORGOTTEN:
            slots.remove(rng.choice(sorted(slots)))
        if missing_papers(come.procedure, come.channel, come.known.case_id, slots):
            one.refuse("papers_missing")
        elif rng.random() < _ROLLED_BACK:
            self._number(one, kept=False)
            one.refuse("rolled_back")
        else:
            self._number(one)
            self._do(one, habits.filing(one))

    def _number(self, one: Watched, *, kept: bool = True) -> None:
        agency = one.come.desk_id or one.come.agency_id
        long = self.province.keys[agency] == LONG_AT
        self.numbers.code(self.province.prefixes[agency], self.now, long=long, kept=kept)

    def _work(self, one: Watched) -> datetime:
        """Somebody does what they wish, or comes back when the office is open."""
        rng = one.rng
        wish = habits.wish(one, self.now, self.calendar)
        if isinstance(wish, str):
            one.arrives(wish, self.now)
            return self.now
        if wish.actor.kind == "officer":
            later = habits.at_work(self.now, self.calendar, rng)
            if later > self.now:
                return later
        if rng.random() < _MEDDLED:
            meddle(one, self.now, self.calendar)
        self._do(one, wish)
        return self.now

    def _do(self, one: Watched, wish: Wish) -> None:
        model, rng, version = one.model, one.rng, one.model.version
        if wish.act is Act.FINISH and not model.has_result and rng.random() < 0.9:
            one.attempt(Act.ATTACH_RESULT, wish.actor, self.now, self.calendar)
        done = one.attempt(wish.act, wish.actor, self.now, self.calendar, **wish.how)
        if not done:
            return
        if wish.act in (Act.RECEIVE, Act.INTAKE, Act.INTAKE_FOR):
            self.numbers.enter(one.come.desk_id or one.come.agency_id, self.now)
        if rng.random() < _COLLIDED:
            collide(one, wish, version, self.now, self.calendar)
        if rng.random() < _REGRETTED and model.recall_task is not None:
            one.attempt(Act.RECALL, wish.actor, self.now, self.calendar)

    def close(self, one: Watched) -> None:
        """The dossier has ended, or the year has."""
        one.close(self.calendar)
        model = one.model
        self.statuses[model.status.name.lower() if model.status else "not_filed"] += 1
        self.acts.update(str(act) for act in model.passed)
        self.refused.update(one.refused)
        lateness = late(model)
        if lateness is not None:
            self.ready[lateness <= timedelta()] += 1
        if self._kept:
            self.trails[one.come.number] = [told(deed) for deed in one.trail]
        self.open.pop(one.come.number)

    def _figures(self, arrivals: int, seconds: float) -> Figures:
        return {
            "province": self.slug, "seed": self.seed, "arrivals": arrivals,
            "statuses": {each.name.lower(): self.statuses[each.name.lower()] for each in Status}
            | {"not_filed": self.statuses["not_filed"]},
            "on_time": round(self.ready[True] / max(1, self.ready.total()), 4),
            "acts": self.acts.total(), "by_act": dict(sorted(self.acts.items())),
            "refused": dict(sorted(self.refused.items())),
            "recounted": self.recounted, "moved": self.moved,
            "codes": len(self.numbers.given), "registered": len(self.numbers.entered),
            "seconds": round(seconds, 1), "dossiers_per_s": round(arrivals / seconds, 1),
        }  # fmt: skip


def told(deed: Deed) -> str:
    """An act as an engineer reads it."""
    at, what, actor, _, _, how = deed
    who = actor.name if actor else "-"
    said = f"recount on {what.version}" if isinstance(what, Calendar) else str(what)
    return f"{at.isoformat(timespec='minutes')} {said:16} {who} {how or ''}".rstrip()
