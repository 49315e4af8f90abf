"""Verbs on accounts: admitting and dismissing officers, giving and taking posts."""

import contextlib
from datetime import date
from uuid import UUID

from app.people import refusals
from app.people.identities import (
    admit_operator,
    officer_by_subject,
    operator_by_subject,
    remember_citizen,
)
from app.people.rules import admission_faults, plain_name, plain_username
from app.people.shapes import SYSTEM, Actor
from app.refusals import Malformed, NotAllowed
from app.trail import service as trail
from infra.clock import now, today
from infra.ids import uuid7
from tenants import db

# A post is held while it and its agency are there.
_POST_ON = """
select 1 from post p join agency a on a.id = p.agency_id
where p.id = $1 and (p.valid_from is null or p.valid_from <= $2)
  and (p.valid_to is null or p.valid_to >= $3) and (a.valid_to is null or a.valid_to >= $3)
"""

__all__ = [
    "administrator_only",
    "admit",
    "admit_operator",
    "dismiss",
    "hold_post",
    "identity_of",
    "let_in",
    "name_issuer",
    "officer_by_subject",
    "operator_by_subject",
    "readmit",
    "release_post",
    "remember_citizen",
    "reopen",
]


async def admit(
    actor: Actor,
    username: str,
    full_name: str,
    *,
    email: str | None = None,
    issuer: str | None = None,
) -> UUID:
    """Let a staff identity in (cấp quyền) before its first sign-in; the new officer's id.

    `issuer` limits who may vouch for the username; None = any staff issuer of the tenant.
    Raises UsernameTaken, Malformed, NotAllowed.
    """
    administrator_only(actor)
    name, called = plain_username(username), plain_name(full_name)
    if faults := admission_faults(username, called):
        raise Malformed(fields=faults)
    officer_id = await db.tenant.fetch_value(
        "insert into officer (id, username, full_name, email, issuer, admitted_at)"
        " values ($1, $2, $3, $4, $5, $6) on conflict (username) do nothing returning id",
        *(uuid7(), name, called, email, issuer, now()),
    )
    if officer_id is None:
        raise refusals.UsernameTaken
    await trail.record(actor, "officer.admit", ("officer", officer_id), detail={"username": name})
    return UUID(str(officer_id))


async def dismiss(actor: Actor, officer_id: UUID) -> None:
    """End an officer's admission (thu hồi quyền) at once, with every post held."""
    administrator_only(actor)
    await _lock(officer_id)
    await db.tenant.execute("update officer set dismissed_at = $2 where id = $1", officer_id, now())
    await db.tenant.execute(
        "delete from post_holding where officer_id = $1 and from_on > $2", officer_id, today()
    )
    await db.tenant.execute(
        "update post_holding set to_on = $2"
        " where officer_id = $1 and (to_on is null or to_on > $2)",
        *(officer_id, today()),
    )
    await trail.record(actor, "officer.dismiss", ("officer", officer_id))


async def readmit(actor: Actor, officer_id: UUID) -> None:
    """Let somebody in again (cấp quyền lại) whose rights were taken back; posts are given anew.

    The account stays bound to the issuer and subject it had: the same person comes back, not
    somebody who was given the name since. Raises NotAllowed, NoSuchOfficer.
    """
    administrator_only(actor)
    done = await db.tenant.execute(
        "update officer set dismissed_at = null, entered_at = $2"
        " where id = $1 and dismissed_at is not null",
        *(officer_id, now()),
    )
    if done == "UPDATE 0":
        raise refusals.NoSuchOfficer
    await trail.record(actor, "officer.readmit", ("officer", officer_id))


async def reopen(actor: Actor, officer_id: UUID) -> None:
    """Open an account (mở lại) that was shut because nobody used it for long.

    Raises NotAllowed, NoSuchOfficer.
    """
    administrator_only(actor)
    await _lock(officer_id)
    await db.tenant.execute("update officer set entered_at = $2 where id = $1", officer_id, now())
    await trail.record(actor, "officer.reopen", ("officer", officer_id))


async def name_issuer(actor: Actor, officer_id: UUID, issuer: str) -> None:
    """Say which issuer vouches for an officer (hệ thống đăng nhập) who has not signed in yet.

    Raises NotAllowed, NoSuchOfficer.
    """
    administrator_only(actor)
    await _lock(officer_id)
    done = await db.tenant.execute(
        "update officer set issuer = $2 where id = $1 and subject is null", officer_id, issuer
    )
    if done == "UPDATE 0":
        raise refusals.NoSuchOfficer
    detail = {"issuer": issuer}
    await trail.record(actor, "officer.name_issuer", ("officer", officer_id), detail=detail)


async def identity_of(actor: Actor, officer_id: UUID) -> tuple[str, str] | None:
    """The issuer and subject an officer is bound to, for ending the sessions; with the trail row.

    None for who never signed in. Raises NotAllowed, NoSuchOfficer.
    """
    administrator_only(actor)
    await _lock(officer_id)
    row = await db.tenant.fetch_row(
        "select issuer, subject from officer where id = $1 and subject is not null", officer_id
    )
    if row is None:
        return None
    await trail.record(actor, "officer.end_sessions", ("officer", officer_id))
    return str(row["issuer"]), str(row["subject"])


async def hold_post(
    actor: Actor,
    officer_id: UUID,
    post_id: UUID,
    *,
    from_on: date | None = None,
    to_on: date | None = None,
) -> UUID:
    """Give an officer a post (giao chức danh) from a day on, today when not said; the holding's id.

    `to_on` is the last day, inclusive. Raises NoSuchOfficer, NoSuchPost, WrongPeriod,
    PostHeldAlready.
    """
    administrator_only(actor)
    begins = from_on or today()
    if to_on is not None and to_on < begins:
        raise refusals.WrongPeriod
    await _lock(officer_id)
    await _post_must_be_free(officer_id, post_id, begins, to_on)
    holding_id = uuid7()
    await db.tenant.execute(
        "insert into post_holding (id, post_id, officer_id, from_on, to_on)"
        " values ($1, $2, $3, $4, $5)",
        *(holding_id, post_id, officer_id, begins, to_on),
    )
    detail = {"post_id": post_id, "from_on": begins, "to_on": to_on}
    await trail.record(actor, "officer.hold_post", ("officer", officer_id), detail=detail)
    return holding_id


async def release_post(actor: Actor, holding_id: UUID, *, to_on: date | None = None) -> None:
    """Take a post back (thôi giữ chức danh); `to_on` is the last day of holding it, or today.

    Raises NoSuchPost, and WrongPeriod when that day lies before the first.
    """
    administrator_only(actor)
    ends = to_on or today()
    row = await db.tenant.fetch_row(
        "select officer_id, post_id, from_on from post_holding where id = $1 for update", holding_id
    )
    if row is None:
        raise refusals.NoSuchPost
    if ends < row["from_on"]:
        raise refusals.WrongPeriod
    await db.tenant.execute("update post_holding set to_on = $2 where id = $1", holding_id, ends)
    detail = {"post_id": row["post_id"], "to_on": ends}
    await trail.record(actor, "officer.release_post", ("officer", row["officer_id"]), detail=detail)


async def let_in(username: str, full_name: str, post_id: UUID, *, issuer: str | None) -> None:
    """The vendor's way in for a province's first administrator, or for its last, shut out for long.

    Raises UsernameTaken when the name is somebody's whose rights were taken back, Malformed.
    """
    known = await db.tenant.fetch_row(
        "select id, dismissed_at from officer where username = $1", plain_username(username)
    )
    if known is None:
        officer_id = await admit(SYSTEM, username, full_name, issuer=issuer)
    elif known["dismissed_at"] is not None:
        raise refusals.UsernameTaken
    else:
        officer_id = known["id"]
        await reopen(SYSTEM, officer_id)
    with contextlib.suppress(refusals.PostHeldAlready):
        await hold_post(SYSTEM, officer_id, post_id)


def administrator_only(actor: Actor) -> None:
    """Refuse whoever holds no administrator's post; the system itself may. Raises NotAllowed."""
    if actor.kind != "system" and actor.holds("administrator") is None:
        raise NotAllowed


async def _lock(officer_id: UUID) -> None:
    found = await db.tenant.fetch_value(
        "select 1 from officer where id = $1 and dismissed_at is null for update", officer_id
    )
    if found is None:
        raise refusals.NoSuchOfficer


async def _post_must_be_free(
    officer_id: UUID, post_id: UUID, begins: date, ends: date | None
) -> None:
    if await db.tenant.fetch_value(_POST_ON, post_id, begins, ends or begins) is None:
        raise refusals.NoSuchPost
    held = await db.tenant.fetch_value(
        "select 1 from post_holding where officer_id = $1 and post_id = $2"
        " and daterange(from_on, to_on, '[]') && daterange($3, $4, '[]')",
        *(officer_id, post_id, begins, ends),
    )
    if held is not None:
        raise refusals.PostHeldAlready
