"""The tenant as rows find it, and which of them are here already."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from app.coming_in.mapping import Known
from app.coming_in.places import Former, Places
from app.coming_in.shapes import SheetName
from app.coming_in.world import KnownAgency, KnownProcedure, World
from app.onestop.catalog.shapes import Procedure
from app.onestop.catalog.validity import in_force
from app.onestop.workflows.shelf import workflow_of
from app.onestop.workflows.tree import from_flow
from app.provinces.shapes import FormerUnit
from infra.clock import now, today
from tenants import db

_OFFICE = "Ủy ban nhân dân "
# Some hundred rows, read once for an import; so are the others.
_AGENCIES = """
select a.id, a.key, a.name, a.kind, coalesce(a.valid_to < $1, false) as ended,
       a.formed_from::text as formed_from,
       array(select distinct p.kind from post p where p.agency_id = a.id
             and (p.valid_to is null or p.valid_to >= $1)) as posts,
       (select b.key from units_on($1) u join agency b on b.id = u.unit_id
         where u.agency_id = a.id and u.unit_id <> a.id) as successor
from agency a
"""
_PROCEDURES = """
select distinct on (code) code, document::text as document from procedure
order by code, version desc
"""
_WORKFLOWS = """
select distinct on (procedure_code) procedure_code, id from workflow
where state = 'published' and valid_from <= $1 order by procedure_code, version desc
"""
_POSTS = """
select a.key as agency, p.key, p.id from post p join agency a on a.id = p.agency_id
where p.valid_to is null or p.valid_to >= $1
"""
_OFFICERS = "select username, full_name from officer"
# Served by carried_row_pkey.
_HERE = "select sheet, old_id, digest, subject_id from carried_row where source = $1"
_TAKEN = "select code from unnest($1::text[]) code where dossier_named(code) is not null"
_CODES = """
select distinct on (code) code, id from procedure order by code, version desc
"""


class Here(NamedTuple):
    """A row that came before: how it read, and what became of it."""

    digest: bytes
    subject_id: UUID


async def world() -> World:
    """All that rows are judged against, as it is now."""
    day = today()
    agencies = await db.tenant.fetch(_AGENCIES, day)
    posts = await db.tenant.fetch(_POSTS, day)
    return World(
        agencies={row["key"]: _agency(row) for row in agencies},
        procedures=await _procedures(day),
        posts={(row["agency"], row["key"]): row["id"] for row in posts},
        officers={r["username"]: r["full_name"] for r in await db.tenant.fetch(_OFFICERS)},
        places=_places(agencies),
        now=now(),
    )


def names_of(known: World) -> Known:
    """The names a mapping may use."""
    return Known(known.procedures, known.agencies, {key for _, key in known.posts})


async def here(source: str) -> dict[tuple[SheetName, str], Here]:
    """The rows of that system that came before."""
    rows = await db.tenant.fetch(_HERE, source)
    return {
        (SheetName(row["sheet"]), row["old_id"]): Here(row["digest"], row["subject_id"])
        for row in rows
    }


async def taken(codes: Sequence[str]) -> set[str]:
    """Those of the codes that some dossier has, or had."""
    return {row["code"] for row in await db.tenant.fetch(_TAKEN, list(codes))}


async def procedure_ids() -> dict[str, UUID]:
    """The newest version of each procedure, by its code."""
    return {row["code"]: row["id"] for row in await db.tenant.fetch(_CODES)}


async def _procedures(day: date) -> dict[str, KnownProcedure]:
    pinned = {r["procedure_code"]: r["id"] for r in await db.tenant.fetch(_WORKFLOWS, day)}
    found = {}
    for row in await db.tenant.fetch(_PROCEDURES):
        document = msgspec.json.decode(row["document"], type=Procedure)
        workflow_id = pinned.get(row["code"])
        tree = (await workflow_of(workflow_id)).tree if workflow_id else from_flow(document.flow)
        found[row["code"]] = KnownProcedure(document, tree, workflow_id, in_force(document, day))
    return found


def _agency(row: Any) -> KnownAgency:
    kinds = frozenset(row["posts"])
    return KnownAgency(row["id"], row["key"], row["name"], row["ended"], kinds, row["successor"])


def _places(agencies: Sequence[Any]) -> Places:
    """What the reform of 2025 made of the old communes, as the tenant's agencies say."""
    top = next((row["name"] for row in agencies if row["kind"] == "province"), "")
    former = [
        Former(unit.name, unit.district, row["key"], row["name"].removeprefix(_OFFICE), unit.part)
        for row in agencies
        if row["kind"] == "commune" and not row["ended"]
        for unit in msgspec.json.decode(row["formed_from"], type=list[FormerUnit])
    ]
    return Places(top.removeprefix(_OFFICE), tuple(former))
