"""The one source of the present moment, so that tests and simulations can set it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta

# Vietnam has one zone without summer time; every date a person reads is in it.
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
# A moment as other programs read it: aware, so that their schema can say so.
Moment = Annotated[datetime, Meta(tz=True)]

_frozen: ContextVar[datetime | None] = ContextVar("frozen_clock", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """The day it is in Viet Nam."""
    return now().astimezone(VIETNAM).date()


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Hold the clock at `at` (aware) for the current task and those it starts."""
    if at.tzinfo is None:
        raise ValueError("a frozen clock needs an aware moment")
    token = _frozen.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
