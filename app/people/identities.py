"""Whom a verified (issuer, subject) stands for here: an officer, a citizen, an operator.

A username is believed once, to find the admission it was given; from then on only issuer and
subject count, because a username can be given to somebody else.
"""

from collections.abc import Mapping
from typing import NamedTuple, cast
from uuid import UUID

import asyncpg

from app.people import queries, refusals
from app.people.rules import is_long_away, plain_username, profile
from app.people.shapes import Actor, Citizen, Operator
from infra.clock import now
from infra.ids import uuid7
from infra.settings import settings
from tenants import db
from tenants.db import Database

_REMEMBER = """
insert into citizen as c (id, issuer, subject, full_name, id_number, phone, email, birth_on,
                          first_seen_at, last_seen_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
on conflict (issuer, subject) do update set
    full_name = excluded.full_name,
    id_number = coalesce(excluded.id_number, c.id_number),
    phone = coalesce(excluded.phone, c.phone),
    email = coalesce(excluded.email, c.email),
    birth_on = coalesce(excluded.birth_on, c.birth_on),
    last_seen_at = excluded.last_seen_at
returning id, full_name, id_number, phone, email, birth_on
"""


class _Accounts(NamedTuple):
    """The three statements on a table of admitted accounts."""

    database: Database
    by_subject: str
    by_username: str
    bind: str
    enter: str


_OFFICERS = _Accounts(
    db.tenant,
    "select id, dismissed_at is null as admitted, coalesce(entered_at, admitted_at) as since"
    " from officer where issuer = $1 and subject = $2",
    "select id, issuer, subject, dismissed_at is null as admitted,"
    " coalesce(entered_at, admitted_at) as since from officer where username = $1 for update",
    "update officer set issuer = $2, subject = $3 where id = $1",
    "update officer set entered_at = $2 where id = $1",
)
_OPERATORS = _Accounts(
    db.control,
    "select id, active as admitted, coalesce(entered_at, admitted_at) as since"
    " from operator where issuer = $1 and subject = $2",
    "select id, issuer, subject, active as admitted, coalesce(entered_at, admitted_at) as since"
    " from operator where username = $1 for update",
    "update operator set issuer = $2, subject = $3 where id = $1",
    "update operator set entered_at = $2 where id = $1",
)


async def officer_by_subject(
    issuer: str, subject: str, username: str, *, sole: bool = True
) -> Actor:
    """The officer behind a verified identity, bound to it on the first sign-in.

    `sole`: no other issuer could vouch for the username; where one could, the admission must say
    which is meant. Raises NotAdmitted, IdentityTaken, IssuerUnclear, Dismissed or LongAway.
    """
    officer_id = await _entered(_OFFICERS, (issuer, subject), username, sole=sole)
    actor = await queries.actor_for_officer(officer_id)
    if actor is None:
        raise refusals.Dismissed
    return actor


async def operator_by_subject(issuer: str, subject: str, username: str) -> Operator:
    """The vendor's operator behind a verified identity; control database, same law as officers.

    Raises NotAdmitted, IdentityTaken, Dismissed or LongAway.
    """
    operator_id = await _entered(_OPERATORS, (issuer, subject), username, sole=True)
    operator = await queries.operator(operator_id)
    if operator is None:
        raise refusals.Dismissed
    return operator


async def remember_citizen(issuer: str, subject: str, claims: Mapping[str, object]) -> Citizen:
    """The citizen (người dân) behind a verified identity, with what the issuer says today.

    A claim the issuer no longer sends keeps its last value.
    """
    told = profile({"sub": subject, **claims})
    row = await db.tenant.fetch_row(
        _REMEMBER,
        *(uuid7(), issuer, subject, told.full_name, told.id_number, told.phone, told.email),
        *(told.birth_on, now()),
    )
    return queries.citizen_of(cast(asyncpg.Record, row))


async def admit_operator(username: str, full_name: str) -> UUID:
    """Let a member of the vendor's staff in, or back in; only the command line calls this."""
    operator_id = await db.control.fetch_value(
        "insert into operator (id, username, full_name, admitted_at) values ($1, $2, $3, $4)"
        " on conflict (username) do update set active = true, full_name = excluded.full_name,"
        " entered_at = excluded.admitted_at returning id",
        *(uuid7(), plain_username(username), full_name, now()),
    )
    return UUID(str(operator_id))


async def _entered(
    table: _Accounts, identity: tuple[str, str], username: str, *, sole: bool
) -> UUID:
    found = await _bound(table, *identity)
    if found is None:
        found = await _bind(table, identity, username, sole=sole)
    await table.database.execute(table.enter, found, now())
    return found


def _must_be_open(row: asyncpg.Record) -> None:
    if not row["admitted"]:
        raise refusals.Dismissed
    if is_long_away(row["since"], now(), settings().idle_days):
        raise refusals.LongAway


async def _bound(table: _Accounts, issuer: str, subject: str) -> UUID | None:
    row = await table.database.fetch_row(table.by_subject, issuer, subject)
    if row is not None:
        _must_be_open(row)
    return row["id"] if row else None


async def _bind(table: _Accounts, identity: tuple[str, str], username: str, *, sole: bool) -> UUID:
    row = await table.database.fetch_row(table.by_username, plain_username(username))
    if row is None:
        raise refusals.NotAdmitted
    # Two first sign-ins at once: the second waits for the first one's lock and finds it done.
    if (row["issuer"], row["subject"]) != identity:
        if row["subject"] is not None or row["issuer"] not in (None, identity[0]):
            raise refusals.IdentityTaken
        if row["issuer"] is None and not sole:
            raise refusals.IssuerUnclear
        _must_be_open(row)
        await table.database.execute(table.bind, row["id"], *identity)
    return cast(UUID, row["id"])
