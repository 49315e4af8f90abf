"""How often one may ask (pure): the kind of a request, and how a limit is counted.

A limit is a bucket that empties steadily (GCRA, ITU-T I.371): all there is to keep of it is the
moment at which it will be empty.
"""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

Lane = Literal["quick", "acting", "patient", "heavy"]
By = Literal["address", "account", "tenant", "thing"]

READING = {"GET", "HEAD", "OPTIONS"}


class Limit(msgspec.Struct, frozen=True):
    """So many at once, and from then on so many a minute."""

    at_once: int
    a_minute: float

    @property
    def every_us(self) -> int:
        """Microseconds until one more is allowed."""
        return round(60_000_000 / self.a_minute)

    @property
    def depth_us(self) -> int:
        """How far ahead of the present the bucket may be filled, in microseconds."""
        return self.at_once * self.every_us


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of request: where it waits for its turn, and how often one may come.

    `calm` is the part of a limit that each process grants without asking Valkey, `alone` the part
    it grants by itself while Valkey is away. Limits of a `secret` hold in every deployment.
    """

    name: str = ""
    lane: Lane = "quick"
    query_seconds: float = 10.0  # one query may take this long
    calm: float = 0.0
    alone: float = 1.0
    secret: bool = False
    address: Limit | None = None  # who is not signed in
    account: Limit | None = None  # who is: many people share one address
    tenant: Limit | None = None
    thing: Limit | None = None  # what is asked for, whoever asks


class _Table(msgspec.Struct, frozen=True):
    kinds: dict[str, Kind]
    reading: dict[str, list[str]]
    writing: dict[str, list[str]]


def kind_of(method: str, path: str, *, files: bool = False) -> Kind:
    """The kind of a request; `files` tells that its form brings some."""
    reading = method in READING
    found = _pattern(reading).fullmatch(path)
    name = found.lastgroup if found and found.lastgroup else "page" if reading else "act"
    return kinds()["upload" if name == "act" and files else name]


@cache
def kinds() -> dict[str, Kind]:
    """All kinds by name."""
    found = _table().kinds
    return {name: msgspec.structs.replace(kind, name=name) for name, kind in found.items()}


def spent(empty_us: int, at_us: int, limit: Limit) -> tuple[int, int]:
    """One more at `at_us`: when the bucket will be empty, and how long to wait instead (0: go on).

    Whoever has to wait has spent nothing.
    """
    filled = max(empty_us, at_us) + limit.every_us
    wait = filled - at_us - limit.depth_us
    return (empty_us, wait) if wait > 0 else (filled, 0)


@cache
def part(limit: Limit, of_it: float) -> Limit:
    """A part of a limit, or a multiple; at least one at a time."""
    return Limit(max(1, int(limit.at_once * of_it)), limit.a_minute * of_it)


def wait_words(seconds: int) -> str:
    """How long to wait, as people say it, rounded up."""
    return f"{seconds} giây" if seconds < 60 else f"{-(-seconds // 60)} phút"


@cache
def _table() -> _Table:
    raw = Path(__file__).with_name("limits.json").read_bytes()
    return msgspec.json.decode(raw, type=_Table)


@cache
def _pattern(reading: bool) -> re.Pattern[str]:
    named = _table().reading if reading else _table().writing
    return re.compile("|".join(f"(?P<{name}>{_either(paths)})" for name, paths in named.items()))


def _either(paths: Iterable[str]) -> str:
    return "|".join(f"(?:{path})" for path in paths)
