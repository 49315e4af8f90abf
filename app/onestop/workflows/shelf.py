"""Reads the workflows that are kept: what is in force, what a dossier is pinned to, the lists."""

from collections import OrderedDict
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from app.onestop.catalog import queries as catalog
from app.onestop.catalog.shapes import PostKind, Procedure
from app.onestop.forms.source import form_named
from app.onestop.workflows.shapes import Known, known_to
from app.onestop.workflows.tree import Workflow
from infra.clock import today
from tenants import db
from tenants.current import current

_PARTNERS = "select slug from partner where active"


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """One version as it is kept. `state`: draft | published | retired; `open_dossiers` counts
    those that walk it."""

    id: UUID
    procedure_code: str
    procedure_name: str
    version: int
    name: str
    state: str
    valid_from: date
    saved_at: datetime
    saved_by: str | None
    published_at: datetime | None
    published_by: str | None
    open_dossiers: int


_KEPT_TREES = 512
# What is published never changes; tenants share nothing, so the tenant is part of the key.
_parsed: OrderedDict[tuple[UUID, UUID], Workflow] = OrderedDict()

_DOCUMENT = "select document::text as document, state from workflow where id = $1"
# Served by workflow_procedure_code_version_key.
_IN_FORCE = """
select id from workflow where procedure_code = $1 and state = 'published' and valid_from <= $2
order by version desc limit 1
"""
_LIST = """
select w.id, w.procedure_code, w.version, w.document->>'name' as name, w.state, w.valid_from,
       w.saved_at, s.full_name as saved_by, w.published_at, p.full_name as published_by,
       coalesce((select min(short_name) from procedure
                  where code = w.procedure_code and valid_to is null), '') as procedure_name,
       (select count(*) from dossier d where d.workflow_id = w.id
           and d.status not in (3, 7, 8, 9, 10)) as open_dossiers
from workflow w
left join officer s on s.id = w.saved_by left join officer p on p.id = w.published_by
"""
_ALL = _LIST + "order by procedure_name, w.procedure_code, w.version desc limit 2000"
_OF = _LIST + "where w.procedure_code = $1 order by w.version desc"
_ONE = _LIST + "where w.id = $1"
_AGENCIES = "select key from agency where valid_to is null or valid_to >= $1"
_POSTS = "select distinct key, kind from post where valid_to is null or valid_to >= $1"


async def workflow_of(workflow_id: UUID) -> Workflow:
    """The definition of that version. Raises LookupError."""
    key = (current().id, workflow_id)
    if key in _parsed:
        _parsed.move_to_end(key)
        return _parsed[key]
    row = await db.tenant.fetch_row(_DOCUMENT, workflow_id)
    if row is None:
        raise LookupError(f"no workflow {workflow_id}")
    found = msgspec.json.decode(row["document"], type=Workflow)
    if row["state"] != "draft":
        _parsed[key] = found
        while len(_parsed) > _KEPT_TREES:
            _parsed.popitem(last=False)
    return found


async def pinned(workflow_id: UUID | None) -> Workflow | None:
    """The workflow a dossier walks; None where it walks its procedure's own list of steps."""
    return await workflow_of(workflow_id) if workflow_id else None


async def in_force(procedure_code: str, on: date | None = None) -> UUID | None:
    """The version a dossier received that day is pinned to, today by default."""
    found = await db.tenant.fetch_value(_IN_FORCE, procedure_code, on or today())
    return UUID(str(found)) if found else None


async def everything() -> list[Kept]:
    """All versions of all procedures, by name, the newest first."""
    return [_kept(row) for row in await db.tenant.fetch(_ALL)]


async def versions_of(procedure_code: str) -> list[Kept]:
    """The versions of one procedure, the newest first."""
    return [_kept(row) for row in await db.tenant.fetch(_OF, procedure_code)]


async def kept(workflow_id: UUID) -> Kept | None:
    """One version; None when there is none."""
    row = await db.tenant.fetch_row(_ONE, workflow_id)
    return _kept(row) if row else None


async def known_here(procedure: Procedure) -> Known:
    """The names a workflow of the procedure may use in this tenant."""
    agencies = await db.tenant.fetch(_AGENCIES, today())
    posts = await db.tenant.fetch(_POSTS, today())
    kinds = {kind.value for kind in PostKind}
    return known_to(
        procedure,
        form_named(procedure.form),
        agencies=frozenset(row["key"] for row in agencies),
        tenants=frozenset(row["slug"] for row in await db.tenant.fetch(_PARTNERS)),
        posts={row["key"]: PostKind(row["kind"]) for row in posts if row["kind"] in kinds},
    )


async def agency_names() -> dict[str, str]:
    """The names of this tenant's agencies by their keys."""
    rows = await db.tenant.fetch("select key, name from agency")
    return {row["key"]: row["name"] for row in rows}


async def procedure_in_force(code: str) -> Procedure | None:
    """The procedure's record in force; None when there is none."""
    view = await catalog.procedure(code)
    return view.document if view else None


def _kept(row: Any) -> Kept:
    return Kept(**dict(row))
