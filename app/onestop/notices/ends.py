"""What becomes of a message when an attempt ends. Pure."""

from datetime import timedelta
from enum import StrEnum

from msgspec import Struct

from app.onestop.notices.rules import State, retry_after

IN_DOUBT = "Mất liên lạc với nhà mạng khi đang gửi, chưa rõ tin đã đến hay chưa."
GIVEN_UP = "Nhà mạng không nhận tin sau {} lần gửi. Có thể gửi lại sau."


class Result(StrEnum):
    """How an attempt ended."""

    TAKEN = "taken"
    REFUSED = "refused"
    LATER = "later"  # surely not taken
    UNKNOWN = "unknown"
    ABSENT = "absent"  # asked afterwards: the provider surely does not have it
    SPARED = "spared"  # never begun


# Whoever answers, even with a refusal, is at work.
GOOD = frozenset({Result.TAKEN, Result.REFUSED, Result.ABSENT})


class Step(Struct, frozen=True, kw_only=True):
    """What a notice is to become: its state, when to try again, and whether to ask then."""

    state: State
    wait: timedelta = timedelta(0)
    doubtful: bool = False
    error: str | None = None


def step(
    result: Result, *, attempts: int, askable: bool, sentence: str = "", idle: bool = False
) -> Step:
    """The step after an attempt for which no other provider stands ready.

    `askable` tells whether the provider can be asked; `sentence` is its refusal; `idle` that the
    attempt was never begun for want of time and costs nothing.
    """
    if result is Result.TAKEN:
        return Step(state=State.SENT)
    if result is Result.REFUSED:
        return Step(state=State.FAILED, error=sentence)
    if result is Result.UNKNOWN:
        return _in_doubt(attempts, askable=askable)
    if idle:
        return Step(state=State.PENDING)
    delay = retry_after(attempts)
    if delay is None:
        return Step(state=State.FAILED, error=GIVEN_UP.format(attempts))
    return Step(state=State.PENDING, wait=delay)


def _in_doubt(attempts: int, *, askable: bool) -> Step:
    """Nothing is sent again before somebody knows: the provider, or the officer."""
    delay = retry_after(attempts)
    if not askable or delay is None:
        return Step(state=State.IN_DOUBT, doubtful=askable, error=IN_DOUBT)
    return Step(state=State.PENDING, wait=delay, doubtful=True)
