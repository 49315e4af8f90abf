"""Meters outside of this system: who may send usage of which tenant, and what became of it."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from billing import books, events
from billing.books import Recorded
from billing.events import May, Refused
from billing.months import month_of
from billing.refusals import SourceUnfit
from billing.shapes import METERS, OURS, Fact
from infra import clock
from infra.ids import uuid7
from tenants import addresses, db, provision
from tenants.addresses import Led
from tenants.work import work

_FIND = """
select id, tenant_id, source, meters from usage_source
where token_digest = $1 and revoked_at is null
"""
_LIST = """
select id, source, meters, issued_by, issued_at, revoked_at from usage_source
where tenant_id = $1 order by source, issued_at
"""


_REVOKE_ONE = """
update usage_source set revoked_by = $3, revoked_at = $4
where tenant_id = $1 and id = $2 and revoked_at is null returning source
"""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A meter that proved itself by its token."""

    id: UUID
    tenant_id: UUID
    source: str
    meters: list[str]


class IssuedSource(msgspec.Struct, frozen=True, kw_only=True):
    """A token as the vendor's list shows it; the token itself is not kept."""

    id: UUID
    source: str
    meters: list[str]
    issued_by: str
    issued_at: datetime
    revoked_at: datetime | None


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What became of one event. `adjusts` is its own month, where that one is closed already."""

    id: str
    outcome: Literal["booked", "adjustment", "known", "conflict", "refused"]
    month: str = ""
    adjusts: str = ""
    reason: str = ""


async def issue(issued_by: str, tenant_id: UUID, source: str, meters: Collection[str]) -> str:
    """A new token for a source (nguồn đo) of a tenant; it is shown once and kept as a digest.

    Raises SourceUnfit for a source that is empty, ours or unprintable, or an unknown meter.
    """
    wrong = [meter for meter in meters if meter not in METERS]
    if not meters or wrong or source == OURS or not _is_name(source):
        raise SourceUnfit
    token = secrets.token_urlsafe(32)
    await db.control.execute(
        "insert into usage_source (id, tenant_id, source, meters, token_digest, issued_by,"
        " issued_at) values ($1, $2, $3, $4, $5, $6, $7)",
        *(uuid7(), tenant_id, source, sorted(set(meters)), _digest(token), issued_by, clock.now()),
    )
    await _note(issued_by, "usage.issue", tenant_id, source=source, meters=sorted(set(meters)))
    return token


async def revoke(revoked_by: str, tenant_id: UUID, source: str) -> int:
    """End every token of a source, from the next request on; how many there were."""
    tag = await db.control.execute(
        "update usage_source set revoked_by = $3, revoked_at = $4"
        " where tenant_id = $1 and source = $2 and revoked_at is null",
        *(tenant_id, source, revoked_by, clock.now()),
    )
    await _note(revoked_by, "usage.revoke", tenant_id, source=source)
    return int(tag.rpartition(" ")[2])


async def revoke_one(revoked_by: str, tenant_id: UUID, identity: UUID) -> bool:
    """End one token, while another of its source stays good; False when it was not good."""
    source = await db.control.fetch_value(_REVOKE_ONE, tenant_id, identity, revoked_by, clock.now())
    if source is not None:
        await _note(revoked_by, "usage.revoke", tenant_id, source=source, token=identity)
    return source is not None


async def proven(token: str) -> Source | None:
    """The source a token speaks for; None for one that is unknown or was revoked."""
    row = await db.control.fetch_row(_FIND, _digest(token))
    return None if row is None else msgspec.convert(dict(row), Source)


async def issued(tenant_id: UUID) -> list[IssuedSource]:
    """Every token of a tenant, by source."""
    rows = await db.control.fetch(_LIST, tenant_id)
    return [msgspec.convert(dict(row), IssuedSource) for row in rows]


async def take(source: Source, raw: Sequence[bytes | msgspec.Raw]) -> list[Answer]:
    """Book what a meter sent (CloudEvents 1.0); one answer for each event, in their order.

    What can be taken is taken, whatever stands beside it. Where the tenant has joined another, what
    happened since is booked there. Opens its own unit of work.
    """
    first = await db.control.fetch_value(
        "select min(start_on) from contract where tenant_id = $1", source.tenant_id
    )
    now = clock.now()
    may = May(source.source, frozenset(source.meters), first)
    read = [events.read(each, may, now) for each in raw]
    waiting = [Recorded(fact=fact, recorded_at=now) for fact in read if isinstance(fact, Fact)]
    async with work():
        entered = iter(await _entered(source, waiting))
    return [
        _refused(each) if isinstance(each, Refused) else _answer(each, next(entered))
        for each in read
    ]


async def _entered(source: Source, waiting: Sequence[Recorded]) -> list[books.Entered]:
    way = await addresses.led(source.tenant_id)
    payers = [_payer(source.tenant_id, way, each.fact.occurred_at) for each in waiting]
    made: dict[int, books.Entered] = {}
    for payer in sorted(set(payers)) or [source.tenant_id]:
        places = [place for place, each in enumerate(payers) if each == payer]
        facts = [waiting[place] for place in places]
        told = await books.enter(payer, facts, source.source)
        made |= dict(zip(places, told, strict=True))
    return [made[place] for place in range(len(waiting))]


def _payer(tenant_id: UUID, way: Sequence[Led], occurred_at: datetime) -> UUID:
    """Whose books a fact belongs to: those of who the tenant was part of when it happened."""
    for step in way:
        if occurred_at < step.at:
            break
        tenant_id = step.into
    return tenant_id


async def _note(actor: str, act: str, tenant_id: UUID, **detail: object) -> None:
    slug = await db.control.fetch_value("select slug from tenant where id = $1", tenant_id)
    await provision.note(actor, act, slug, **detail)


def _refused(refused: Refused) -> Answer:
    return Answer(id=refused.id, outcome="refused", reason=refused.reason)


def _answer(fact: Fact, entered: books.Entered) -> Answer:
    late = entered.outcome == "adjustment"
    doubt = "the same id came with another content; neither is charged until the vendor decides"
    return Answer(
        id=fact.id,
        outcome=entered.outcome,
        month=entered.month.isoformat()[:7],
        adjusts=month_of(fact.occurred_at).isoformat()[:7] if late else "",
        reason=doubt if entered.outcome == "conflict" else "",
    )


def _is_name(source: str) -> bool:
    return 1 <= len(source) <= 200 and source.isprintable() and " " not in source


def _digest(token: str) -> bytes:
    """A token has 256 bits of chance, so a plain digest cannot be turned around."""
    return hashlib.sha256(token.encode()).digest()
