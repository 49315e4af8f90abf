"""What has been sent to other systems, what came of it, and what is stuck."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from app.onestop.dossiers.rules.acts import ANY_POST
from app.people.shapes import Actor
from tenants import db

MOST = 200

_SENT = """
select o.id, o.work_id, o.kind, o.state, o.attempts, o.error, o.created_at, o.taken_at, o.next_at,
       p.name as partner, d.code, d.applicant_name
from outgoing o join partner p on p.id = o.partner_id join dossier d on d.id = o.dossier_id
"""
# Served by outgoing_stuck.
_STUCK = f"""{_SENT}
where o.state in ('refused', 'stuck') and d.agency_id = any($1) order by o.created_at limit $2
"""
# Served by outgoing_by_dossier.
_OF_DOSSIER = f"{_SENT} where o.dossier_id = $1 order by o.seq"
_WORK = """
select w.id, w.node, w.entered_at, w.left_at, w.their_code, w.outcome, w.outcome_note,
       (select (i.body->'content'->>'due_at')::timestamptz from incoming i
         where i.work_id = w.id and i.kind = 'acceptance' order by i.taken_at desc limit 1)
           as promised_at,
       (select max(i.taken_at) from incoming i where i.work_id = w.id and i.kind = 'question')
           as asked_at,
       p.name as partner, d.code, d.applicant_name, t.name as title, t.due_at,
       (select e.due_at from deadline_entry e where e.dossier_id = d.id and e.subject_id = w.id
         order by e.seq desc limit 1) as wanted_by,
       (select o.state from outgoing o where o.work_id = w.id order by o.seq desc limit 1) as sync
from linked_work w join partner p on p.id = w.partner_id join dossier d on d.id = w.dossier_id
left join lateral (select name, due_at from task where dossier_id = d.id and node = w.node
    order by opened_at desc limit 1) t on true
"""
# Served by outgoing_stuck and linked_work_unsettled.
_TROUBLES = """
select (select count(*) from outgoing o join dossier d on d.id = o.dossier_id
         where o.state in ('refused', 'stuck') and d.agency_id = any($1))
     + (select count(*) from linked_work w join dossier d on d.id = w.dossier_id
         where w.partner_id is not null and w.left_at is null
           and w.outcome in ('asked', 'ended') and d.agency_id = any($1))
"""
# Served by linked_work_unsettled.
_OPEN_WORK = f"""{_WORK}
where w.left_at is null and d.agency_id = any($1) order by w.entered_at limit $2
"""
# Served by linked_work_by_dossier.
_WORK_OF = f"{_WORK} where w.dossier_id = $1 order by w.entered_at"
_ERRANDS = """
select e.dossier_id, e.their_code, e.role, e.title, e.wanted_by, e.came_at, e.withdrawn_at,
       p.name as partner, d.code, d.status, d.applicant_name, d.due_at,
       (select o.state from outgoing o where o.work_id = e.work_id order by o.seq desc limit 1)
           as sync
from errand e join partner p on p.id = e.partner_id join dossier d on d.id = e.dossier_id
"""
# Served by errand_dossier_id_key.
_OPEN_ERRANDS = f"""{_ERRANDS}
where d.status not in (3, 7, 8, 9, 10) and d.agency_id = any($1) order by e.came_at limit $2
"""
_ERRAND_OF = f"{_ERRANDS} where e.dossier_id = $1"


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """One message. `state`: pending | taken | refused | stuck | dropped; `error` is Vietnamese."""

    id: UUID
    work_id: UUID
    kind: str
    state: str
    attempts: int
    error: str | None
    created_at: datetime
    taken_at: datetime | None
    next_at: datetime
    partner: str
    code: str
    applicant_name: str


class FarWork(msgspec.Struct, frozen=True, kw_only=True):
    """A part that lies, or lay, with another system. `outcome`: None (no word yet) | accepted |
    asked | finished | ended; `sync` is the state of the newest message of it. `wanted_by` ends its
    time here, `promised_at` is the other system's own word, `asked_at` when it asked for papers.
    """

    id: UUID
    node: str
    title: str | None
    entered_at: datetime
    left_at: datetime | None
    wanted_by: datetime | None
    due_at: datetime | None
    their_code: str | None
    outcome: str | None
    outcome_note: str | None
    promised_at: datetime | None
    asked_at: datetime | None
    partner: str
    code: str
    applicant_name: str
    sync: str | None


class ErrandView(msgspec.Struct, frozen=True, kw_only=True):
    """Work another system asked of us, and the dossier it became."""

    dossier_id: UUID
    code: str
    status: int
    applicant_name: str
    due_at: datetime | None
    their_code: str
    role: str
    title: str
    wanted_by: datetime | None
    came_at: datetime
    withdrawn_at: datetime | None
    partner: str
    sync: str | None


async def stuck(officer: Actor) -> list[Sent]:
    """Messages of the officer's agencies that nobody but a person can set going again."""
    rows = await db.tenant.fetch(_STUCK, _agencies(officer), MOST)
    return [Sent(**dict(row)) for row in rows]


async def troubles(officer: Actor) -> int:
    """How much of the exchange waits for a person of the officer's agencies: messages that are
    stuck, and work that ended without a result or wants papers."""
    return int(await db.tenant.fetch_value(_TROUBLES, _agencies(officer)))


async def open_work(officer: Actor) -> list[FarWork]:
    """What the officer's agencies wait for from other systems, the oldest first."""
    rows = await db.tenant.fetch(_OPEN_WORK, _agencies(officer), MOST)
    return [FarWork(**dict(row)) for row in rows]


async def open_errands(officer: Actor) -> list[ErrandView]:
    """What other systems wait for from the officer's agencies, the oldest first."""
    rows = await db.tenant.fetch(_OPEN_ERRANDS, _agencies(officer), MOST)
    return [ErrandView(**dict(row)) for row in rows]


async def work_of(dossier_id: UUID) -> list[FarWork]:
    """Everything of a dossier that lies, or lay, with other systems; the caller has made sure that
    the reader may see the dossier."""
    return [FarWork(**dict(row)) for row in await db.tenant.fetch(_WORK_OF, dossier_id)]


async def errand_of(dossier_id: UUID) -> ErrandView | None:
    """The request the dossier came from, if another system sent it. As above."""
    row = await db.tenant.fetch_row(_ERRAND_OF, dossier_id)
    return ErrandView(**dict(row)) if row else None


async def messages_of(dossier_id: UUID) -> list[Sent]:
    """The state of the dossier's exchange (trạng thái đồng bộ), message by message. As above."""
    return [Sent(**dict(row)) for row in await db.tenant.fetch(_OF_DOSSIER, dossier_id)]


def _agencies(officer: Actor) -> Sequence[UUID]:
    posts = [post for post in officer.posts if post.kind in ANY_POST]
    return [agency for post in posts for agency in (post.agency_id, *post.before)]
