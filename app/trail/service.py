"""Leaving a mark: called by every verb, in the same transaction as the act itself."""

from collections.abc import Mapping

import msgspec

from app.people.shapes import Actor
from infra.clock import now
from infra.ids import uuid7
from tenants import db

_INSERT = """
insert into trail (id, at, actor_kind, actor_id, actor_name, act, subject_kind, subject_id,
                   detail, basis, request_id, address, on_behalf_of, port)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $10, $11, $12, $13, $14)
"""


async def record(
    actor: Actor,
    act: str,
    subject: tuple[str, object],
    *,
    detail: Mapping[str, object] | None = None,
    basis: str | None = None,
    on_behalf_of: str | None = None,
) -> None:
    """Add one row to the trail (nhật ký).

    `act` is a dotted English name such as `dossier.receive`; `subject` the kind and id of what was
    acted on; `detail` goes through JSON and holds no more than the act needs; `basis` is the rule;
    `on_behalf_of` names whom the actor stood in for.
    The request's id, address and port come with the actor.
    """
    kind, key = subject
    await db.tenant.execute(
        _INSERT,
        uuid7(),
        now(),
        actor.kind,
        str(actor.id) if actor.id else None,
        actor.name,
        act,
        kind,
        str(key),
        msgspec.json.encode(detail or {}).decode(),
        basis,
        actor.request_id,
        actor.address,
        on_behalf_of,
        actor.port,
    )
