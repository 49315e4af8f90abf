"""Messages to other systems, written with the act that causes them and sent by the worker."""

from datetime import UTC, datetime
from functools import partial
from uuid import UUID

import msgspec

from app.onestop.exchange.shapes import Content, File, Message, Paper, kind_of
from infra import bell
from infra.clock import now
from infra.ids import uuid7
from tenants import db
from tenants.current import current
from tenants.work import after_commit

JOB = "send_exchange"

_PUT = """
insert into outgoing (id, partner_id, work_id, dossier_id, kind, body, state, next_at, created_at)
values ($1, $2, $3, $4, $5, $6::jsonb, 'pending', $7, $7)
"""
# Served by paper_by_dossier.
_PAPERS = """
select p.slot, p.name, p.form, p.quantity, p.file_name, o.size, encode(o.sha256, 'hex') as sha256
from paper p left join stored_object o on o.id = p.object_id and o.removed_at is null
where p.dossier_id = $1 and p.kind = any($2) and p.added_at >= $3 order by p.added_at, p.id
"""
# Served by outgoing_by_work. What surely never went out need not be taken back.
_UNSENT = """
update outgoing set state = 'dropped', error = null, claimed_until = null
where partner_id = $1 and work_id = $2 and kind = 'request' and (
    state in ('refused', 'stuck') or state = 'pending' and attempts = 0 and claimed_until is null)
returning state
"""
_WAS_REFUSED = """
select state = 'refused' or attempts = 0 as never from outgoing
where partner_id = $1 and work_id = $2 and kind = 'request' for update
"""
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


async def put(partner_id: UUID, work_id: UUID, dossier_id: UUID, content: Content) -> UUID:
    """Write a message of the current act; the id it has at every attempt."""
    message = Message(id=uuid7(), work_id=work_id, sent_at=now(), content=content)
    await db.tenant.execute(
        _PUT,
        *(message.id, partner_id, work_id, dossier_id, kind_of(content)),
        *(msgspec.json.encode(message).decode(), message.sent_at),
    )
    await after_commit(partial(bell.ring, JOB, current().slug))
    return message.id


async def papers(
    dossier_id: UUID, kinds: tuple[str, ...], since: datetime | None = None
) -> tuple[Paper, ...]:
    """The dossier's papers of those kinds as a message brings them, those added `since` only."""
    rows = await db.tenant.fetch(_PAPERS, dossier_id, list(kinds), since or _EVER)
    return tuple(
        Paper(
            slot=row["slot"], name=row["name"], form=row["form"], quantity=row["quantity"],
            file=_file(row["file_name"] or row["name"], row["sha256"], row["size"]),
        )
        for row in rows
    )  # fmt: skip


async def drop_unsent(partner_id: UUID, work_id: UUID) -> bool:
    """Take back a request that never went out; whether the other system can know nothing of it."""
    row = await db.tenant.fetch_row(_WAS_REFUSED, partner_id, work_id)
    dropped = await db.tenant.fetch_value(_UNSENT, partner_id, work_id)
    return dropped is not None and row is not None and bool(row["never"])


def _file(name: str, sha256: str | None, size: int | None) -> File | None:
    return File(name=name, sha256=sha256, size=size) if sha256 and size else None
