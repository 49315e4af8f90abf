"""The kill campaign: seeded rounds of faults under load, and after each a look from outside.

`make chaos ROUNDS=1000 SEED=1`. Any failure names the seed and the round; the faults of a round
depend on nothing else.
"""

import argparse
import asyncio
import contextlib
import json
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from app.demo.cast import cast_of
from infra.clock import VIETNAM
from tests.chaos import ledger
from tests.chaos.facts import Facts
from tests.chaos.people import Family, Follower, Meter, Office, Worker
from tests.chaos.plan import Fault, faults_of, jump_of
from tests.chaos.town import Town, town

_FINISH_SECONDS = 60.0
_DRAIN_SECONDS = 200.0


class Outcome(NamedTuple):
    """What a campaign came to; `waited`: seconds the last message lay after a recovery at most."""

    rounds: int
    deeds: dict[str, int]
    in_doubt: int
    unanswered: int
    asked_to_come_back: int
    waited: float
    wrong: list[str]


class Load:
    """People at work in a thread of their own, so that whoever strikes can wait."""

    def __init__(
        self,
        here: Town,
        facts: Facts,
        seed: int,
        kinds: Sequence[type[Worker]] = (Office, Office, Family, Follower, Meter),
    ) -> None:
        self._loop = asyncio.new_event_loop()
        self._going = asyncio.Event()
        cast = cast_of("binhdinh")
        self._workers: list[Worker] = [
            kind(here, cast, facts, random.Random(f"{seed}/{number}"))
            for number, kind in enumerate(kinds)
        ]
        for worker in self._workers:
            if isinstance(worker, Meter):
                worker.token, worker.began = _token(here), datetime.now(VIETNAM).isoformat()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._tasks = [self._start(worker) for worker in self._workers]

    def go(self) -> None:
        """Begin; return when everybody is at work."""
        self._loop.call_soon_threadsafe(self._going.set)
        for _ in _patiently(_FINISH_SECONDS):
            if all(worker.pieces for worker in self._workers):
                return

    def finish(self) -> None:
        """Begin nothing new; return when what was begun has ended."""
        self._loop.call_soon_threadsafe(self._going.clear)
        limit = time.monotonic() + _FINISH_SECONDS
        while not all(worker.idle for worker in self._workers) and time.monotonic() < limit:
            time.sleep(0.1)
        for task in self._tasks:
            task.cancel()
        asyncio.run_coroutine_threadsafe(self._part(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _start(self, worker: Worker) -> Any:
        return asyncio.run_coroutine_threadsafe(worker.work(self._going), self._loop)

    async def _part(self) -> None:
        for worker in self._workers:
            await worker.close()


def campaign(rounds: int, seed: int, first: int = 0, say: Callable[[str], None] = print) -> Outcome:
    """Play that many rounds from round `first` on; what was found."""
    facts, waited = Facts(), 0.0
    with town() as here:
        load = Load(here, facts, seed)
        load.go()
        for number in range(first, first + rounds):
            faults = faults_of(seed, number, here.able)
            _play(here, faults, jump_of(seed, number))
            lay = _recovered(here)
            waited = max(waited, lay)
            if lay >= _DRAIN_SECONDS:
                facts.wrong.append(f"round {number}: nobody took up messages that were due")
            told = "; ".join(map(str, faults))
            say(f"seed {seed} round {number}: {told}: {len(facts.deeds)} deeds, {lay:.1f} s")
            if facts.wrong:
                facts.wrong += here.complaints()
                break
        load.finish()
        # The store shuns for a minute a disk that failed, and a message waits three for the worker
        # that was killed with it in hand: both are to be looked at now.
        here.strike("store")
        here.strike("worker")
        asyncio.run(ledger.hasten(here))
        here.mend_all()
        drain(here)
        wrong = asyncio.run(ledger.check(here, facts))
        for said, times in facts.lost.most_common(12):
            say(f"{times:5} {said}")
    return Outcome(
        rounds, dict(Counter(deed.kind for deed in facts.deeds)),
        sum(not deed.sure for deed in facts.deeds), facts.lost.total(), facts.refused,
        round(waited, 2), wrong,
    )  # fmt: skip


def _play(here: Town, faults: list[Fault], jump: int) -> None:
    """Let the faults of a round happen at their times, one perhaps during another."""
    acts = [(fault.after, number, "strike") for number, fault in enumerate(faults)]
    acts += [(fault.after + fault.lasts, number, "lift") for number, fault in enumerate(faults)]
    began = time.monotonic()
    for at, number, what in sorted(acts):
        time.sleep(max(began + at - time.monotonic(), 0))
        (_strike if what == "strike" else _lift)(here, faults[number], jump)
    here.mend_all()


def _strike(here: Town, fault: Fault, jump: int) -> None:
    match fault.kind:
        case "kill":
            here.strike(fault.target)
        case "cut" | "half" | "slow" | "dead":
            here.wires.set(fault.target, fault.kind)
        case "flush":
            here.flush()
        case "full":
            here.fill_disk()
        case "jump":
            here.set_clock(jump)


def _lift(here: Town, fault: Fault, _: int) -> None:
    match fault.kind:
        case "cut" | "half" | "slow":
            here.wires.set(fault.target, "pass")
        case "full":
            here.free_disk()
        case "jump":
            here.set_clock(0)


def _recovered(here: Town) -> float:
    """Wait until messages due at this moment were taken up by the worker; how long it took."""
    began, since = time.monotonic(), datetime.now(UTC)
    with contextlib.suppress(TimeoutError):
        for _ in _patiently(_DRAIN_SECONDS):
            if not asyncio.run(ledger.waiting(here, since)):
                break
    return time.monotonic() - began


def drain(here: Town) -> None:
    """Wait until nothing is on its way any more: leases and delays of attempts included."""
    for _ in _patiently(_DRAIN_SECONDS):
        if not asyncio.run(ledger.on_the_way(here)):
            return


def _patiently(seconds: float) -> Iterator[None]:
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        yield
        time.sleep(0.1)


def _token(here: Town) -> str:
    source = ("binhdinh", "//chaos.test/meter", "api.call")
    return here.motcua("usage", "issue", *source).stdout.split()[0]


def main() -> None:
    """Print one JSON object; exit status 1 when anything was lost, doubled or untrue."""
    parser = argparse.ArgumentParser("python -m tests.chaos.campaign", description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--first", type=int, default=0, help="begin with this round")
    asked = parser.parse_args()
    found = campaign(
        asked.rounds, asked.seed, asked.first, lambda line: print(line, file=sys.stderr, flush=True)
    )
    print(json.dumps({"seed": asked.seed, **found._asdict()}, ensure_ascii=False), flush=True)
    sys.exit(1 if found.wrong else 0)


if __name__ == "__main__":
    main()
