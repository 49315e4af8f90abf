"""Which tenants joined another one, as rows and as what the other then answers for."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from infra.sealed import unseal_by
from infra.settings import settings
from tenants.db import control
from tenants.shapes import Former

_IN_FORCE = "select * from takeover where given_back_at is null order by taken_at, id"
_CLOSED = "select joined_id, max(taken_at) as at from takeover group by joined_id"


class Takeover(msgspec.Struct, frozen=True, kw_only=True):
    """One joining in force: `former` is who joined, `into_id` who took it over."""

    id: UUID
    into_id: UUID
    former: Former


def place(takeover_id: UUID) -> str:
    """What a kept key is sealed for, so that it can be moved to no other row."""
    return f"takeover:{takeover_id}"


async def in_force() -> list[Takeover]:
    """Every joining that was not given back, the earliest first."""
    return [_takeover(row) for row in await control.fetch(_IN_FORCE)]


async def closings() -> dict[UUID, datetime]:
    """When each tenant that ever joined another was last closed."""
    return {row["joined_id"]: row["at"] for row in await control.fetch(_CLOSED)}


def successors(takeovers: Iterable[Takeover]) -> dict[UUID, UUID]:
    """Who answers in the end for each tenant that joined another, which may itself have joined."""
    direct = {each.former.id: each.into_id for each in takeovers}
    return {joined: _end(direct, joined) for joined in direct}


def formers(takeovers: Iterable[Takeover]) -> dict[UUID, tuple[Former, ...]]:
    """What each tenant answers for besides itself, the earliest joined first.

    A tenant that joined by way of another has belonged to the last one since the later of the two.
    """
    direct = {each.former.id: each for each in takeovers}
    found: dict[UUID, list[Former]] = {}
    for each in direct.values():
        for into, since in _way(direct, each):
            former = msgspec.structs.replace(each.former, since=since)
            found.setdefault(into, []).append(former)
    return {into: tuple(all_) for into, all_ in found.items()}


def _end(direct: Mapping[UUID, UUID], joined: UUID) -> UUID:
    while joined in direct:
        joined = direct[joined]
    return joined


def _way(direct: Mapping[UUID, Takeover], first: Takeover) -> Iterator[tuple[UUID, datetime]]:
    """Everybody it came to on its way, and since when."""
    step: Takeover | None = first
    since = first.former.since
    while step is not None:
        since = max(since, step.former.since)
        yield step.into_id, since
        step = direct.get(step.into_id)


def _takeover(row: asyncpg.Record) -> Takeover:
    former = Former(
        id=row["joined_id"],
        slug=row["joined_slug"],
        name=row["joined_name"],
        key=unseal_by(settings().keys, row["sealed"], place(row["id"])),
        hosts=tuple(row["hosts"]),
        since=row["at"],
        retired_at=row["taken_at"],
    )
    return Takeover(id=row["id"], into_id=row["into_id"], former=former)
