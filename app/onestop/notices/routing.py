"""Which provider a message goes through: health out of the last results, and a fair lot. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from uuid import UUID

from msgspec import Struct

# Only what happened lately says anything about now.
WINDOW = timedelta(minutes=15)
LAST = 20
# One message this often finds out whether a provider that failed has come back.
PROBE_EVERY = timedelta(seconds=30)
_FEW = 3
_SOUND, _BROKEN = 0.9, 0.5


class Past(Struct, frozen=True):
    """How one attempt ended: `good` when the provider answered as it should."""

    at: datetime
    good: bool


class Candidate(Struct, frozen=True, kw_only=True):
    """A provider and its last attempts, newest first."""

    name: str
    priority: int
    weight: int
    past: tuple[Past, ...] = ()


def share(past: Sequence[Past], moment: datetime) -> float:
    """How much of its traffic a provider gets, 0 to 1; 0 is down and only probed.

    Full below a tenth of failures, none from a half on or after three in a row. On the way back
    its share grows with each good result, so that a provider half recovered is not run over.
    """
    seen = [each.good for each in past[:LAST] if moment - each.at <= WINDOW]
    if len(seen) < _FEW:
        return 1.0
    streak = next((n for n, good in enumerate(seen) if not good), len(seen))
    if not any(seen[:_FEW]):
        return 0.0
    reliable = sum(seen) / len(seen)
    part = min(max((reliable - _BROKEN) / (_SOUND - _BROKEN), 0.0), 1.0)
    return max(part, streak / LAST if streak >= _FEW else 0.0)


def to_probe(candidates: Sequence[Candidate], moment: datetime) -> str | None:
    """The provider that is down and has not been tried for a while, if there is one."""
    for each in sorted(candidates, key=lambda one: one.priority):
        if share(each.past, moment) == 0.0 and moment - each.past[0].at >= PROBE_EVERY:
            return each.name
    return None


def choose(candidates: Sequence[Candidate], lot: float, moment: datetime) -> str | None:
    """The provider for a message with this lot (0 to below 1); None when there is no candidate.

    Providers of one priority share by weight times health; what they are not trusted with falls
    to the next priority. When all are down the least bad of the first priority is tried.
    """
    shares = {each.name: share(each.past, moment) for each in candidates}
    for priority in sorted({each.priority for each in candidates}):
        level = [e for e in candidates if e.priority == priority and shares[e.name] > 0]
        trusted = max((shares[each.name] for each in level), default=0.0)
        if lot < trusted:
            return _by_weight(level, shares, lot / trusted)
        lot = (lot - trusted) / (1 - trusted)
    ranked = sorted(candidates, key=lambda e: (-shares[e.name], e.priority, e.name))
    return ranked[0].name if ranked else None


def lot_of(notice_id: UUID, tried: int) -> float:
    """A number from 0 to below 1 that is a message's own at each attempt."""
    mixed = blake2b(notice_id.bytes + tried.to_bytes(4, "big"), digest_size=6).digest()
    return int.from_bytes(mixed, "big") / 2**48


def _by_weight(level: Sequence[Candidate], shares: dict[str, float], lot: float) -> str:
    weights = [each.weight * shares[each.name] for each in level]
    at = lot * sum(weights)
    for each, weight in zip(level, weights, strict=True):
        if at < weight:
            return each.name
        at -= weight
    return level[-1].name
