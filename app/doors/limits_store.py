"""Limits as they are counted: together in Valkey, the calm and the outage in this process.

Who asks calmly is granted a part of every limit here, so that a page people read costs no question
to Valkey; whoever asks for more is counted by all processes together, in one atomic step. While
Valkey is away each process counts alone, and grants what the kind of request says.
"""

import asyncio
import hashlib
import time
from collections import OrderedDict
from typing import Any, NamedTuple, TypeVar

import structlog
from prometheus_client import Counter
from redis.exceptions import NoScriptError, RedisError

from app.doors import session_store
from app.doors.limits_rules import By, Kind, Limit, part, spent
from infra.settings import settings

log = structlog.get_logger()

T = TypeVar("T")

_alone = Counter("motcua_limits_counted_alone_total", "Limits counted while Valkey was away")

_PATIENCE_SECONDS = 0.4
_OUTAGE_SECONDS = 3.0
# An entry is some hundred bytes; what is pushed out has merely its calm part again.
_MOST_KEPT = 20_000

# The same as `limits_rules.spent`, for several buckets: all are filled or none is. Answers the
# number of the fullest that refuses (0: none does) and the microseconds to wait for it.
_SCRIPT = """
local clock = redis.call('TIME')
local at = clock[1] * 1000000 + clock[2]
local filled, longest, which = {}, 0, 0
for i, key in ipairs(KEYS) do
  local every, depth = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  filled[i] = math.max(tonumber(redis.call('GET', key) or '0'), at) + every
  local wait = filled[i] - at - depth
  if wait > longest then longest, which = wait, i end
end
if which == 0 then
  for i, key in ipairs(KEYS) do
    local life = math.ceil((filled[i] - at) / 1000) + 1
    redis.call('SET', key, string.format('%.0f', filled[i]), 'PX', life)
  end
end
return {which, longest}
"""
_DIGEST = hashlib.sha1(_SCRIPT.encode(), usedforsecurity=False).hexdigest()  # Valkey's name for it.


class Ask(NamedTuple):
    """One bucket a request is to be counted in."""

    by: By
    key: str  # bound to the site: no two tenants share one
    limit: Limit


class Wait(NamedTuple):
    """Not now."""

    by: By
    seconds: int


class Buckets:
    """What this process keeps of the buckets, and its way to those in Valkey."""

    def __init__(self) -> None:
        self._empty_us: OrderedDict[str, int] = OrderedDict()
        self._closed_until: OrderedDict[str, float] = OrderedDict()
        self._silent_until = 0.0

    async def spend(self, kind: Kind, asks: list[Ask]) -> Wait | None:
        """Count one request in all its buckets; None when every one of them has room."""
        at = time.monotonic()
        for ask in asks:
            # A bucket that was full is full until then: a flood is not worth a question each time.
            if (until := self._closed_until.get(ask.key, 0.0)) > at:
                return Wait(ask.by, _whole(until - at))
        beyond = [ask for ask in asks if not kind.calm or self._here(ask, kind.calm, "calm")]
        if not beyond:
            return None
        if at < self._silent_until:
            return self._by_ourselves(kind, asks)
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                return self._told(beyond, *await self._run(beyond))
        except (RedisError, OSError, TimeoutError) as error:
            # Nobody else waits for a dead Valkey during the next seconds.
            self._silent_until = time.monotonic() + _OUTAGE_SECONDS
            log.warning("limits_alone", error=type(error).__name__)
            return self._by_ourselves(kind, asks)

    def _told(self, asks: list[Ask], which: int, wait_us: int) -> Wait | None:
        if not which:
            return None
        found, seconds = asks[which - 1], wait_us / 1_000_000
        _keep(self._closed_until, found.key, time.monotonic() + seconds)
        return Wait(found.by, _whole(seconds))

    async def _run(self, asks: list[Ask]) -> tuple[int, int]:
        client: Any = session_store.client()  # What it says of its types is half wrong.
        values = [n for ask in asks for n in (ask.limit.every_us, ask.limit.depth_us)]
        arguments = (len(asks), *(ask.key for ask in asks), *values)
        try:
            which, wait_us = await client.evalsha(_DIGEST, *arguments)
        except NoScriptError:  # Valkey was started anew.
            which, wait_us = await client.eval(_SCRIPT, *arguments)
        return int(which), int(wait_us)

    def _by_ourselves(self, kind: Kind, asks: list[Ask]) -> Wait | None:
        _alone.inc()
        waits = [(self._here(ask, kind.alone, "alone"), ask) for ask in asks]
        seconds, ask = max(waits, key=lambda each: each[0])
        return Wait(ask.by, _whole(seconds)) if seconds else None

    def _here(self, ask: Ask, of_it: float, name: str) -> float:
        """Count in this process, against a part of the limit; seconds to wait."""
        key = f"{name}:{ask.key}"
        at_us = time.monotonic_ns() // 1000
        empty_us, wait_us = spent(self._empty_us.get(key, 0), at_us, part(ask.limit, of_it))
        _keep(self._empty_us, key, empty_us)
        return wait_us / 1_000_000


def asks_of(kind: Kind, site: str, who: dict[By, str]) -> list[Ask]:
    """The buckets of a request: for each of `who` that the kind limits."""
    times = 1 if kind.secret else settings().limits_factor
    limits = ((by, _limit(kind, by)) for by in who)
    return [
        Ask(by, f"limit:{site}:{kind.name}:{by}:{who[by]}", part(limit, times))
        for by, limit in limits
        if limit is not None
    ]


def _limit(kind: Kind, by: By) -> Limit | None:
    match by:
        case "address":
            return kind.address
        case "account":
            return kind.account
        case "tenant":
            return kind.tenant
        case "thing":
            return kind.thing


def _keep(kept: OrderedDict[str, T], key: str, value: T) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > _MOST_KEPT:
        kept.popitem(last=False)


def _whole(seconds: float) -> int:
    return max(1, -int(-seconds // 1))


BUCKETS = Buckets()
