"""What goes wrong in which round: a pure function of the seed, so that a round can be replayed."""

import random
from typing import NamedTuple

# Kind of fault -> what it may strike.
KINDS = {
    "kill": ("web", "worker", "postgres", "valkey", "store"),
    "cut": ("postgres", "valkey", "store", "sms"),  # lines break and none can be opened
    "half": ("postgres", "valkey", "store", "sms"),  # lines stay open and nothing passes
    "dead": ("valkey", "store", "sms"),  # those there are say nothing ever again
    "slow": ("postgres", "valkey", "store", "sms"),
    "flush": ("valkey",),
    "full": ("disk",),
    "jump": ("clock",),
}
ALL = tuple((kind, target) for kind, targets in KINDS.items() for target in targets)


class Fault(NamedTuple):
    """One fault: seconds after the round's beginning, and how many it lasts."""

    kind: str
    target: str
    after: float
    lasts: float

    def __str__(self) -> str:
        return f"{self.kind} {self.target} at {self.after:.2f} s for {self.lasts:.2f} s"


def faults_of(seed: int, number: int, able: tuple[tuple[str, str], ...] = ALL) -> list[Fault]:
    """The faults of a round, by time: every `len(able)` rounds each comes first once, and every
    third round a second one comes on top of it."""
    turn, place = divmod(number, len(able))
    order = random.Random(f"{seed}/{turn}").sample(able, len(able))
    luck = random.Random(f"{seed}/{turn}/{place}")
    chosen = [order[place]]
    if number % 3 == 2:
        chosen.append(luck.choice([each for each in able if each[1] != order[place][1]]))
    faults = [
        Fault(*each, round(luck.uniform(0.05, 0.4), 2), round(luck.uniform(0.15, 0.6), 2))
        for each in chosen
    ]
    return sorted(faults, key=lambda fault: fault.after)


def jump_of(seed: int, number: int) -> int:
    """By how many seconds the clock is wrong in a round whose fault it is: back or forward."""
    return random.Random(f"{seed}/{number}/jump").choice([-7200, -60, 90, 3600, 86400 * 40])
