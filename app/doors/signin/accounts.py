"""From a verified identity to an account of ours; each in one short unit of work."""

from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from litestar.connection import ASGIConnection

from app.doors.incident import request_id
from app.doors.sessions import origin_of
from app.doors.signin import strength
from app.doors.signin.flow import Identity
from app.people import identities
from app.people.rules import profile
from app.people.shapes import SYSTEM, Actor, Operator
from app.trail import service as trail
from tenants import db, issuers, provision
from tenants.current import NoTenant, current
from tenants.issuers import Issuer
from tenants.work import work

Connection = ASGIConnection[Any, Any, Any, Any]


# Served by officer_issuer_subject_key and citizen_issuer_subject_key.
_ACCOUNT = """
select 'officer' as kind, id, full_name from officer where issuer = $1 and subject = $2
union all
select 'citizen', id, full_name from citizen where issuer = $1 and subject = $2
"""


class Account(NamedTuple):
    """Whom a session will be for."""

    id: UUID
    name: str


def tenant_here() -> UUID | None:
    """The id of the tenant at hand; None on the vendor's host."""
    try:
        return current().id
    except NoTenant:
        return None


async def account_of(connection: Connection, issuer: Issuer, identity: Identity) -> Account:
    """The account behind an identity, with the sign-in in the trail.

    Raises NotAdmitted and its kin for staff and operators; a citizen is always welcome.
    """
    match issuer.audience:
        case "citizen":
            return await _citizen(connection, issuer, identity)
        case "staff":
            return await _officer(connection, issuer, identity)
        case "vendor":
            return await _operator(connection, issuer, identity)


async def note_leaving(actor: Actor) -> None:
    """Leave the trail row of a sign-out."""
    async with work():
        await trail.record(actor, f"{actor.kind}.sign_out", (actor.kind, actor.id))


async def note_ended(issuer: Issuer, sid: str | None, subject: str) -> None:
    """Leave the row of sessions the issuer ended, under the account's name where it says whose."""
    async with work():
        row = await db.tenant.fetch_row(_ACCOUNT, issuer.issuer, subject)
        actor = Actor(kind=row["kind"], id=row["id"], name=row["full_name"]) if row else SYSTEM
        act = f"{actor.kind}.sign_out" if row else "session.end"
        about = (actor.kind, actor.id) if row else ("session", sid or subject)
        detail = {"by": issuer.issuer, "sid": sid}
        await trail.record(actor, act, about, detail=detail)


async def note_operator_leaving(connection: Connection, operator: Operator) -> None:
    """The same of the vendor's staff."""
    await provision.note(operator.username, "operator.sign_out", None, **origin_of(connection))


async def _citizen(connection: Connection, issuer: Issuer, identity: Identity) -> Account:
    async with work():
        citizen = await identities.remember_citizen(
            issuer.issuer, identity.subject, identity.claims
        )
        actor = Actor(kind="citizen", id=citizen.id, name=citizen.full_name)
        await _note(connection, actor, issuer, identity)
    return Account(citizen.id, citizen.full_name)


async def _officer(connection: Connection, issuer: Issuer, identity: Identity) -> Account:
    username = profile(identity.claims).username
    sole = await issuers.is_sole(issuer)
    async with work():
        officer = await identities.officer_by_subject(
            issuer.issuer, identity.subject, username, sole=sole
        )
        await _note(connection, officer, issuer, identity)
    assert officer.id is not None
    return Account(officer.id, officer.name)


async def _operator(connection: Connection, issuer: Issuer, identity: Identity) -> Account:
    username = profile(identity.claims).username
    async with work():
        operator = await identities.operator_by_subject(issuer.issuer, identity.subject, username)
        await provision.note(
            operator.username,
            "operator.sign_in",
            None,
            **{**origin_of(connection), **strength.shown(identity.proof)},
        )
    return Account(operator.id, operator.full_name)


async def _note(connection: Connection, actor: Actor, issuer: Issuer, identity: Identity) -> None:
    known = msgspec.structs.replace(actor, **origin_of(connection), request_id=request_id())
    # By `sid` the row finds the one of the issuer's own sign-out, which may name nothing else.
    detail = {"issuer": issuer.issuer, "sid": identity.sid, **strength.shown(identity.proof)}
    await trail.record(known, f"{actor.kind}.sign_in", (actor.kind, actor.id), detail=detail)
