"""The new organisation: agencies and posts begin and end, officers' posts with them."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from app.onestop.reorganisation.rules import ending, followers, post_after, posts_to_make
from app.onestop.reorganisation.shapes import (
    Dissolve,
    Holders,
    KnownAgency,
    Merge,
    MovePost,
    Plan,
    Rename,
    Split,
    Standing,
)
from app.onestop.reorganisation.standing import standing_for
from app.people.shapes import SYSTEM
from app.trail.service import record
from infra.ids import uuid7
from tenants import db

_ADD_AGENCY = """
insert into agency (id, key, name, sms_name, kind, unit_code, code_prefix, address, valid_from)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
_HANG = """
update agency set parent_id = (select id from agency where key = $2) where key = $1
"""
_ADD_POST = """
insert into post (id, agency_id, key, kind, title, valid_from)
select $1, id, $3, $4, $5, $6 from agency where key = $2
"""
_SUCCEED = """
insert into agency_succession (from_id, to_id, on_day, kind, is_main, decision, reorganisation_id)
values ($1, $2, $3, $4, $5, $6, $7)
"""
_END_AGENCIES = "update agency set valid_to = $2 where id = any($1)"
_END_POSTS = """
update post set valid_to = $2
where (agency_id = any($1) or id = any($3)) and (valid_to is null or valid_to > $2)
"""
_ADOPT = "update agency set parent_id = $2 where parent_id = $1 and id <> all($3)"
_RENAME = "update agency set name = $2, sms_name = $3 where id = $1"
_REMEMBER = """
insert into agency_former_name (agency_id, name, until_on, decision, reorganisation_id)
values ($1, $2, $3, $4, $5)
"""
# Served by post_holding_by_post.
_HOLDINGS = """
select h.officer_id, h.post_id, h.from_on, h.to_on from post_holding h
where h.post_id = any($1) and (h.to_on is null or h.to_on >= $2)
order by h.officer_id, h.from_on
"""
_FORGET = "delete from post_holding where post_id = any($1) and from_on >= $2"
_RELEASE = """
update post_holding set to_on = $2 where post_id = any($1) and (to_on is null or to_on > $2)
"""
_HOLD = """
insert into post_holding (id, post_id, officer_id, from_on, to_on)
select $1, $2, $3, $4, $5
where not exists (
    select from post_holding where post_id = $2 and officer_id = $3
       and daterange(from_on, to_on, '[]') && daterange($4, $5, '[]'))
"""
_OFFICER = "select id from officer where username = $1"


async def organise(plan: Plan, standing: Standing, reorganisation_id: UUID) -> None:
    """Let the new organisation begin and the old one end, in the caller's transaction.

    The plan has no faults against `standing`. Dossiers and drafts are moved afterwards.
    """
    await _found(plan, standing)
    now_standing = await standing_for(plan)
    await _succeed(plan, now_standing, reorganisation_id)
    await _rename(plan, now_standing, reorganisation_id)
    await _change_holders(plan, now_standing)
    await _end(plan, now_standing)


async def _found(plan: Plan, standing: Standing) -> None:
    """New agencies with their posts, and posts that move."""
    await db.tenant.execute_many(
        _ADD_AGENCY,
        [
            (uuid7(), new.key, new.name, new.sms_name, new.kind.value, new.unit_code,
             new.code_prefix, new.address, plan.on)
            for new in plan.agencies
        ],
    )  # fmt: skip
    await db.tenant.execute_many(
        _HANG, [(new.key, new.parent) for new in plan.agencies if new.parent]
    )
    posts = [
        (uuid7(), new.key, post.key, post.kind.value, post.title, plan.on)
        for new in plan.agencies
        for post in posts_to_make(plan, standing, new.key)
    ]
    for move in _moves(plan):
        post = standing.agencies[move.agency].posts[move.post]
        posts.append((uuid7(), move.to, post.key, post.kind, post.title, plan.on))
    await db.tenant.execute_many(_ADD_POST, posts)


async def _succeed(plan: Plan, standing: Standing, reorganisation_id: UUID) -> None:
    for new in plan.agencies:
        await _note(plan, "agency.begin", standing.agencies[new.key], name=new.name)
    for change in plan.changes:
        for source in ending(change):
            for place, key in enumerate(followers(change)):
                await db.tenant.execute(
                    _SUCCEED,
                    *(standing.agencies[source].id, standing.agencies[key].id, plan.on),
                    *(_KINDS[type(change)], place == 0, plan.number, reorganisation_id),
                )
            known = standing.agencies[source]
            await _note(plan, "agency.end", known, name=known.name, successors=followers(change))


async def _rename(plan: Plan, standing: Standing, reorganisation_id: UUID) -> None:
    for change in plan.changes:
        if isinstance(change, Rename):
            known = standing.agencies[change.agency]
            await db.tenant.execute(
                _REMEMBER, known.id, known.name, eve(plan), plan.number, reorganisation_id
            )
            await db.tenant.execute(_RENAME, known.id, change.name, change.sms_name)
            await _note(plan, "agency.rename", known, before=known.name, name=change.name)


async def _change_holders(plan: Plan, standing: Standing) -> None:
    """Who held posts of the old organisation, and who holds those of the new one."""
    after = dict(_posts_after(plan, standing))
    held = await db.tenant.fetch(_HOLDINGS, list(after), plan.on)
    await db.tenant.execute(_FORGET, list(after), plan.on)
    await db.tenant.execute(_RELEASE, list(after), eve(plan))
    for row in held:
        detail = {"post_id": row["post_id"], "to_on": eve(plan)}
        await _note_officer(plan, "officer.release_post", row["officer_id"], detail)
        if (post_id := after[row["post_id"]]) is not None:
            begins = max(row["from_on"], plan.on)
            await _hold(plan, row["officer_id"], post_id, begins, row["to_on"])
    for one in plan.appointments:
        officer_id = await db.tenant.fetch_value(_OFFICER, one.officer)
        await _hold(plan, officer_id, standing.agencies[one.agency].posts[one.post].id, plan.on)


def _posts_after(plan: Plan, standing: Standing) -> Iterable[tuple[UUID, UUID | None]]:
    """Every post that ends, and the one its holders follow to."""
    for change in plan.changes:
        for source in ending(change):
            there = standing.agencies[followers(change)[0]].posts.values()
            for post in standing.agencies[source].posts.values():
                found = post_after(post, there) if plan.holders is Holders.FOLLOW else None
                yield post.id, found.id if found else None
    for move in _moves(plan):  # A post that moves takes its holders along, whatever ends.
        old = standing.agencies[move.agency].posts[move.post]
        yield old.id, standing.agencies[move.to].posts[move.post].id


async def _hold(
    plan: Plan, officer_id: UUID, post_id: UUID, from_on: date, to_on: date | None = None
) -> None:
    done = await db.tenant.execute(_HOLD, uuid7(), post_id, officer_id, from_on, to_on)
    if done == "INSERT 0 1":  # Whoever held two of the merged posts holds the new one once.
        detail = {"post_id": post_id, "from_on": from_on, "to_on": to_on}
        await _note_officer(plan, "officer.hold_post", officer_id, detail)


async def _end(plan: Plan, standing: Standing) -> None:
    """Agencies and posts end with the day before; those beneath hang under the successor."""
    ended = {key: followers(change)[0] for change in plan.changes for key in ending(change)}
    ids = [standing.agencies[key].id for key in ended]
    moved = [standing.agencies[move.agency].posts[move.post].id for move in _moves(plan)]
    await db.tenant.execute(_END_AGENCIES, ids, eve(plan))
    await db.tenant.execute(_END_POSTS, ids, eve(plan), moved)
    for key, successor in ended.items():
        await db.tenant.execute(
            _ADOPT, standing.agencies[key].id, standing.agencies[successor].id, ids
        )


def eve(plan: Plan) -> date:
    """The last day of the old organisation."""
    return plan.on - timedelta(days=1)


def _moves(plan: Plan) -> list[MovePost]:
    return [change for change in plan.changes if isinstance(change, MovePost)]


async def _note(plan: Plan, act: str, agency: KnownAgency, **detail: object) -> None:
    said = {"on": plan.on, **detail}
    await record(SYSTEM, act, ("agency", agency.id), detail=said, basis=plan.number)


async def _note_officer(plan: Plan, act: str, officer_id: UUID, detail: dict[str, object]) -> None:
    await record(SYSTEM, act, ("officer", officer_id), detail=detail, basis=plan.number)


_KINDS = {Merge: "merge", Split: "split", Dissolve: "dissolve"}
