"""The head of each tenant's chain in the control plane, where nobody of the tenant can reach it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

import msgspec

from app.trail import signing
from app.trail.checking import Published, Verdict, verify
from infra.clock import now
from infra.ids import uuid7
from tenants import db
from tenants.current import current
from tenants.shapes import Tenant

_LINES = 50

_HEAD = "select seq, digest, total from trail_seal order by seq desc limit 1"
_PUBLISH = """
insert into trail_head (tenant_id, seq, digest, total, published_at) values ($1, $2, $3, $4, $5)
on conflict do nothing
"""
# A head is excused when a person answered, after it was published, for a break before it.
_STANDS = """
from trail_head h where h.tenant_id = $1 and not exists (
    select from trail_break b
    where b.tenant_id = h.tenant_id and b.at > h.published_at and b.seq < h.seq)
"""
_NEWEST = "select coalesce(max(h.seq), 0) " + _STANDS
_RANGE = "select h.seq, h.digest " + _STANDS + " and h.seq between $2 and $3"
_KEYS = "select public_key from trail_break where tenant_id = $1 and public_key is not null"
_BREAK = """
insert into trail_break (id, tenant_id, seq, public_key, at, actor, reason)
values ($1, $2, $3, $4, $5, $6, $7)
"""
_CHECKED = """
insert into trail_check (tenant_id, checked_at, seals, rows, unsealed, findings, lines)
values ($1, $2, $3, $4, $5, $6, $7)
"""
_LATEST = """
select t.slug, c.checked_at, c.seals, c.rows, c.unsealed, c.findings, c.lines::text as lines
from tenant t cross join lateral (
    select * from trail_check where tenant_id = t.id order by checked_at desc limit 1) c
where $1::uuid is null or t.id = $1
"""


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The newest seal of a chain (đầu chuỗi niêm phong)."""

    seq: int
    digest: bytes
    total: int  # rows sealed so far


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What one night's verification found."""

    checked_at: datetime
    seals: int
    rows: int
    unsealed: int
    findings: int
    lines: list[str]


async def head() -> Head | None:
    """The current tenant's newest seal; None when nothing was sealed yet."""
    row = await db.tenant.fetch_row(_HEAD)
    return Head(**row) if row else None


async def publish() -> None:
    """Tell the control plane of the current tenant's newest seal; telling it twice is harmless."""
    newest = await head()
    if newest:
        said = (newest.seq, newest.digest, newest.total, now())
        await db.control.execute(_PUBLISH, current().id, *said)


async def published(tenant: Tenant) -> Published:
    """What the control plane knows of a tenant's chain, but for what a person answered for."""

    async def of(first: int, last: int) -> Mapping[int, Collection[bytes]]:
        found: dict[int, set[bytes]] = defaultdict(set)
        for row in await db.control.fetch(_RANGE, tenant.id, first, last):
            found[row["seq"]].add(row["digest"])
        return found

    return Published(await db.control.fetch_value(_NEWEST, tenant.id), of)


async def trusted(tenant: Tenant) -> list[bytes]:
    """The public keys that may have signed a tenant's seals: its own, and former ones a person
    answered for."""
    rows = await db.control.fetch(_KEYS, tenant.id)
    return [signing.public_key(tenant), *(row["public_key"] for row in rows)]


async def verify_here(first: int = 1, last: int | None = None) -> Verdict:
    """The current tenant's trail against its seals and against the heads that were published."""
    tenant = current()
    keys, heads = await trusted(tenant), await published(tenant)
    return await verify(keys=keys, published=heads, first=first, last=last)


async def accept_break(
    tenant: Tenant, seq: int, actor: str, reason: str, *, key: bytes | None = None
) -> None:
    """A person answers for it that the chain goes on differently after `seq`: the database was
    restored as of an earlier moment, or came with seals made by another key."""
    said = (seq, key, now(), actor, reason)
    await db.control.execute(_BREAK, uuid7(), tenant.id, *said)


async def note_check(verdict: Verdict) -> None:
    """Write down what a verification of the current tenant found."""
    lines = [finding.line for finding in verdict.findings[:_LINES]]
    await db.control.execute(
        _CHECKED,
        *(current().id, now(), verdict.seals, verdict.rows, verdict.unsealed, verdict.faults),
        msgspec.json.encode(lines).decode(),
    )


async def latest(tenant: Tenant | None = None) -> dict[str, Checked]:
    """The latest verification of every tenant, or of one, by the tenant's short name."""
    rows = await db.control.fetch(_LATEST, tenant.id if tenant else None)
    return {
        row["slug"]: Checked(
            **{name: row[name] for name in Checked.__struct_fields__ if name != "lines"},
            lines=msgspec.json.decode(row["lines"], type=list[str]),
        )
        for row in rows
    }
