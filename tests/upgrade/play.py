"""The play: an older release at work, the newer one takes over, and nobody notices.

People work all the while. Every question must be answered as it should be: none is asked twice,
nobody is told to come back, no connection is refused or broken.
"""

import asyncio
import http.client
import time
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

import httpx

from app.instance import Instance
from infra.phases import Phase
from tests.chaos import ledger
from tests.chaos.campaign import Load, drain
from tests.chaos.facts import Facts
from tests.chaos.people import Family, Follower, Office, Visitor
from tests.upgrade.street import OfRelease, Street, street, until
from tests.upgrade.trees import probe

# So many that bringing them over takes a while, two at a time.
_ENOUGH = 4
# Some of them are connected to the release that goes.
_RESTING = 8
_IDS = "select id from dossier"
_DONE = "select id from dossier where probe_new is not null"
_VALUES = "select id, probe_old from dossier order by id"
_KEPT = "select id, probe_new from dossier order by id"


class Found(NamedTuple):
    """What came of it."""

    old: str  # which commit played the older release
    deeds: dict[str, int]
    answers: int
    both: tuple[float, float]  # requests each release answered while both served
    killed_after: int  # rows that were brought over when the upgrade was killed
    drained_seconds: float
    wrong: list[str]


class Strict(Visitor):
    """A browser for which nothing may go wrong."""

    answers = 0

    def __init__(self, instance: Instance, slug: str, facts: Facts) -> None:
        super().__init__(instance, slug, facts)
        # A slow machine is no failure.
        self.http.timeout = httpx.Timeout(60)
        self._once, self.http.send = self.http.send, self._send  # type: ignore[method-assign]

    async def _send(self, request: httpx.Request, **how: object) -> httpx.Response:
        asked = f"{request.method} {request.url.path}"
        try:
            answer = await self._once(request, **how)  # type: ignore[arg-type]
        except Exception as error:
            self._facts.wrong.append(f"{asked}: {type(error).__name__} {error}")
            raise
        Strict.answers += 1
        if answer.status_code >= 400:
            self._facts.wrong.append(f"{asked}: {answer.status_code} {answer.text[:200]}")
        return answer


class Passing(Strict):
    """The same with a connection of its own for each question, as many people together have."""

    def __init__(self, instance: Instance, slug: str, facts: Facts) -> None:
        super().__init__(instance, slug, facts)
        self.http.headers["Connection"] = "close"


class Clerk(Office):
    """The counter and those behind it."""

    browser = Strict


class Parent(Family):
    """A citizen who files online."""

    browser = Strict


class Reader(Follower):
    """Somebody who looks again and again where the dossiers are."""

    browser = Passing


def play(
    seconds: float,
    say: Callable[[str], None] = print,
    revision: str = "HEAD~1",
    rest_seconds: float = 0.05,
    rest_share: float = 0.0,
) -> Found:
    """Upgrade under load, working `seconds` longer with both releases and with the newer alone.

    People rest `rest_seconds` between two pieces of work, or `rest_share` times as long as the
    last one took.
    """
    facts, wrong = Facts(), list[str]()
    for kind in (Clerk, Parent, Reader):
        kind.rest_seconds, kind.rest_share = rest_seconds, rest_share
    Strict.answers = 0
    with street(revision) as here:
        say(f"the older release: {here.trees.said}")
        web, worker = (here.start(f"app.{name}", here.trees.old) for name in ("web", "worker"))
        load = Load(here, facts, 1, (Clerk, Parent, Reader))  # type: ignore[arg-type]
        load.go()
        say("people are at work")
        killed_after = _killed(here)
        say(f"expanded; killed when {killed_after} rows had been brought over")
        both = _join(here, seconds, wrong)
        say(f"both serve: {both}")
        drained = _leave(here, web, worker, wrong)
        say(f"the older release has gone within {drained:.1f} s")
        _contract(here, wrong)
        say("the newer release is alone")
        time.sleep(seconds / 2)
        load.finish()
        drain(here)  # type: ignore[arg-type]
        wrong += asyncio.run(ledger.kept(here, facts))  # type: ignore[arg-type]
        wrong += [f"no good answer: {said}" for said in facts.lost]
    return Found(
        here.trees.said, dict(Counter(deed.kind for deed in facts.deeds)), Strict.answers, both,
        killed_after, round(drained, 1), wrong,
    )  # fmt: skip


def _join(here: Street, seconds: float, wrong: list[str]) -> tuple[float, float]:
    """The newer release begins beside the older one; how much each answered meanwhile."""
    for name in ("web", "worker"):
        here.start(f"app.{name}", here.trees.new)
    both = _both_serve(here, seconds / 2)
    if seconds:
        # All is brought over, and nothing is taken away.
        wrong += _must(here.upgrade(), 1, "an older release still runs: w")
    return both


def _contract(here: Street, wrong: list[str]) -> None:
    """What only the older release knew is taken away; every value has come over."""
    values = dict(here.fetch(_VALUES))
    wrong += _must(here.upgrade(), 0, "version")
    wrong += _changed(values, dict(here.fetch(_KEPT)))


def _must(ended: tuple[int, str], status: int, words: str) -> list[str]:
    if ended[0] == status and words in ended[1] and "set aside" not in ended[1]:
        return []
    return [f"upgrade ended with {ended[0]}: {ended[1]}"]


def _both_serve(here: Street, seconds: float) -> tuple[float, float]:
    """Wait until both releases have answered something since the newer one began."""
    trees, before = here.trees, here.answered(here.trees.old)
    until(
        lambda: here.answered(trees.old) > before and here.answered(trees.new) > 0,
        "only one of the releases serves",
    )
    time.sleep(seconds)
    return here.answered(trees.old) - before, here.answered(trees.new)


def _killed(here: Street) -> int:
    """Expand, then kill -9 the upgrade while it brings rows over; how many it had brought over."""
    until(lambda: len(here.fetch(_IDS)) > _ENOUGH, "too few dossiers come in")
    before = set(here.fetch(_IDS))

    needed = next(step.number for step in probe() if step.phase is Phase.MIGRATE) - 1

    def brought_over() -> int:
        expanded = min(here.versions()) >= needed
        return len(before & set(here.fetch(_DONE))) if expanded else 0

    process = here.upgrading()
    until(lambda: brought_over() or process.poll() is not None, "nothing is brought over")
    process.kill()
    process.communicate()
    return brought_over() if process.returncode < 0 else 0


class Resting:
    """A browser that has asked once and keeps its connection; it would never ask anew by itself."""

    def __init__(self, here: Street) -> None:
        self._host = here.origin("binhdinh").removeprefix("http://")
        self._line = http.client.HTTPConnection("127.0.0.1", here.ports.web, timeout=60)
        self._line.auto_open = 0
        self._line.connect()
        self.ask()

    def ask(self) -> list[str]:
        """One more question; what was wrong with the answer."""
        try:
            self._line.request("GET", "/dieu-khoan-khong-co", headers={"Host": self._host})
            answer = self._line.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            return [f"a connection at rest was closed: {type(error).__name__}"]
        return [] if answer.status == 404 else [f"a connection at rest got {answer.status}"]


def _leave(here: Street, web: OfRelease, worker: OfRelease, wrong: list[str]) -> float:
    """The older release goes while everybody works; how long that took."""
    resting = [Resting(here) for _ in range(_RESTING)]
    began = time.monotonic()
    for program in (web, worker):
        assert program.running is not None
        program.running.terminate()
    until(lambda: _says_no(here, web), "a leaving web process says that it is ready")
    wrong += [said for each in resting for said in each.ask()]
    for program in (web, worker):
        assert program.leave() == 0, program.last_words()
        here.forget(program)
    return time.monotonic() - began


def _says_no(here: Street, web: OfRelease) -> bool:
    try:
        return here.readiness(here.trees.old) == 503
    except httpx.HTTPError:
        assert web.running is not None
        return web.running.poll() is not None


def _changed(before: dict[object, object], after: dict[object, object]) -> list[str]:
    """Rows whose value did not come over as it was."""
    return [f"{key} had {value}, has {after.get(key)}" for key, value in before.items()
            if after.get(key) != value]  # fmt: skip
