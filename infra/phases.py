"""The phases of an upgrade without a pause, and in which order steps are taken. Pure.

A file's name tells its phase: `0042_phone.sql` expands, `0043_phone.migrate.sql` brings rows over,
`0044_phone.contract.sql` takes away. A database always has the first so many files of the chain.
"""

from collections.abc import Collection, Sequence
from enum import StrEnum
from itertools import takewhile
from typing import Protocol, TypeVar


class Phase(StrEnum):
    """Beside which releases a step may be carried out."""

    EXPAND = "expand"  # the previous release goes on working; the new one has what it needs
    MIGRATE = "migrate"  # rows are brought over, a batch at a time, while both releases work
    CONTRACT = "contract"  # the previous release is gone, and so may be what only it needed


class Step(Protocol):
    """What is to be known of a migration."""

    @property
    def number(self) -> int:
        """Its place in the chain, from 1."""

    @property
    def name(self) -> str:
        """Its file's name without `.sql`."""

    @property
    def phase(self) -> Phase:
        """Beside which releases it may be carried out."""


AnyStep = TypeVar("AnyStep", bound=Step)


def phase_of(name: str) -> Phase:
    """The phase a file's name tells; ValueError for a word that is none."""
    word = name.partition(".")[2]
    return Phase(word) if word else Phase.EXPAND


def next_step(
    chain: Sequence[AnyStep], version: int, phases: Collection[Phase]
) -> tuple[AnyStep, AnyStep] | None:
    """The next step of these phases for a database of that version, and the step that comes first.

    They are the same one when it may be taken now. A chain may hold several releases' phases one
    after the other; a later one's expansion builds upon what an earlier one has contracted, and
    waits for it. None when nothing is left to do.
    """
    waiting = chain[version:]
    return next(((step, waiting[0]) for step in waiting if step.phase in phases), None)


def repeated_before(chain: Sequence[AnyStep], step: Step) -> list[AnyStep]:
    """What is brought over once more before a contraction: all since the one before it.

    The older release may have written rows until the moment before.
    """
    if step.phase is not Phase.CONTRACT:
        return []
    since = takewhile(
        lambda each: each.phase is not Phase.CONTRACT, reversed(chain[: step.number - 1])
    )
    return [each for each in since if each.phase is Phase.MIGRATE][::-1]


def needed(chain: Sequence[Step]) -> int:
    """The lowest version of a database that a release with this chain can work with."""
    return max((step.number for step in chain if step.phase is Phase.EXPAND), default=0)


def floor(chain: Sequence[Step], version: int) -> int:
    """The lowest length of the chain of a release that can still work with a database."""
    done = chain[:version]
    return max((step.number for step in done if step.phase is Phase.CONTRACT), default=0)
