"""Who read what (lượt xem): noted by whatever hands it out, written before the answer leaves.

The law that a safe request never writes speaks of the State's business. That somebody looked is
no business of the State's: it is told in a short transaction of its own, and who cannot be told of
is not shown anything.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec
import structlog
from asyncpg.exceptions import InterfaceError, InternalClientError, PostgresError

from app.people.shapes import Actor
from app.refusals import Refusal
from infra.clock import now
from infra.ids import uuid7
from tenants import db
from tenants.work import aside

log = structlog.get_logger()

# Going back and forth between a list and a dossier is one reading, not twenty. A session ends
# after a quarter of an hour without a request (QCVN 12:2026/BCA), so no two people share a row.
FOLDED = timedelta(minutes=15)
_TROUBLE = (OSError, PostgresError, InterfaceError, InternalClientError)

# Served by trail_by_subject: readings have subjects of their own, so that nobody who asks for the
# acts on a dossier goes through them.
_KEEP = """
insert into trail (id, at, actor_kind, actor_id, actor_name, act, subject_kind, subject_id,
                   detail, request_id, address, port)
select $1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $10, $11, $12
where not exists (
    select from trail
    where subject_kind = $7 and subject_id = $8 and at > $13 and actor_kind = $3
      and actor_id is not distinct from $4 and address is not distinct from $11
      and detail = $9::jsonb)
"""


class NotKept(Refusal):
    """A reading that could not be written down, so that nothing is shown."""

    status = 503
    code = "reading_not_kept"
    message = (
        "Hệ thống chưa ghi được lượt xem nên chưa hiển thị nội dung. "
        "Ông/bà vui lòng thử lại sau ít phút."
    )


class Undeclared(RuntimeError):
    """A route hands out a dossier and does not say so in its option `reads`."""


class Reading(NamedTuple):
    """One thing that was handed out to somebody: which, and what of it."""

    actor: Actor
    kind: str  # dossier | register | search | trail
    key: str
    detail: bytes  # JSON


_noted: ContextVar[list[Reading] | None] = ContextVar("readings", default=None)


@contextmanager
def noting(noted: list[Reading]) -> Iterator[None]:
    """Collect in `noted` what the block hands out."""
    token = _noted.set(noted)
    try:
        yield
    finally:
        _noted.reset(token)


def note(actor: Actor, kind: str, key: UUID | str, **detail: object) -> None:
    """Somebody is about to be shown this; outside of a request, as in a job, nobody is."""
    noted = _noted.get()
    if noted is not None:
        noted.append(Reading(actor, kind, str(key), msgspec.json.encode(detail)))


def note_dossier(actor: Actor, citizen_id: UUID | None, dossier_id: UUID, **detail: object) -> None:
    """The same of a dossier; its own citizen reads it unnoted."""
    if actor.kind != "citizen" or actor.id is None or actor.id != citizen_id:
        at = {"agency": actor.posts[0].agency_name} if actor.posts else {}
        note(actor, "dossier", dossier_id, **detail, **at)


async def keep(noted: list[Reading], how: str | None) -> None:
    """Write down what was collected, each once; `how` is what the route shows of it, such as
    `page` or `pdf`. Raises NotKept, and Undeclared when the route does not say."""
    each = list(dict.fromkeys(noted))
    noted.clear()
    if not how:
        raise Undeclared(each[0].kind)
    try:
        with aside():
            for one in each:
                await _keep(one, how)
    except _TROUBLE as error:
        log.error("reading_not_kept", failure=type(error).__name__)
        raise NotKept from error


async def _keep(one: Reading, how: str) -> None:
    actor, at = one.actor, now()
    said = {"how": how, **msgspec.json.decode(one.detail)}
    detail = msgspec.json.encode(said).decode()
    who = (actor.kind, str(actor.id) if actor.id else None, actor.name)
    what = (f"{one.kind}.read", f"{one.kind}_reading", one.key, detail)
    origin = (actor.request_id, actor.address, actor.port)
    await db.tenant.execute(_KEEP, uuid7(), at, *who, *what, *origin, at - FOLDED)
