"""What people are told of their own sessions: since when, where from, with what.

A session's record opens by its token alone, so this lies beside it, under a key of the site's; it
holds nothing a session could be used by.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from app.doors import session_store
from app.doors.devices import device
from infra.clock import now
from infra.sealed import BrokenSeal, derive, seal, unseal
from infra.settings import settings
from tenants.current import NoTenant, current


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One sign-in as the person may know it again; `began_at` is aware UTC."""

    began_at: datetime
    address: str
    device: str


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A session that is still good; `token_id` names it and cannot be used as one."""

    token_id: str
    seen_at: datetime
    card: Card


def card_of(user_agent: str, address: str | None) -> Card:
    """The card of a sign-in that happens now."""
    return Card(began_at=now(), address=address or "", device=device(user_agent))


async def put(digest: str, card: Card, life: timedelta) -> None:
    """Lay a card beside the session of that digest."""
    sealed = seal(_key(), msgspec.msgpack.encode(card), digest)
    await session_store.lay_beside("card", digest, sealed, life)


async def standing(living: Iterable[tuple[str, datetime]]) -> list[Standing]:
    """The sessions of these digests and when each was last seen, the newest first."""
    known = dict(living)
    laid = await session_store.laid_beside("card", list(known))
    found = [
        Standing(token_id=session_store.short(digest), seen_at=known[digest], card=card)
        for digest, sealed in laid.items()
        if (card := _opened(digest, sealed))
    ]
    return sorted(found, key=lambda each: each.card.began_at, reverse=True)


def _opened(digest: str, sealed: bytes) -> Card | None:
    try:
        return msgspec.msgpack.decode(unseal(_key(), sealed, digest), type=Card)
    except (BrokenSeal, msgspec.ValidationError):
        return None


def _key() -> bytes:
    try:
        key = current().secrets.key
    except NoTenant:
        key = settings().key
    return derive(key, "session card")
