"""Reads of the catalogue: search, one procedure, the agencies that settle it.

The catalogue is small and changes rarely, so each process keeps every tenant's index of it for
a little while; a change made by another process shows after at most `_FRESH_SECONDS`.
"""

import time
from collections import OrderedDict
from collections.abc import Sequence
from uuid import UUID

import msgspec

from app.onestop.catalog import rules
from app.onestop.catalog.shapes import Level, Procedure
from app.onestop.catalog.validity import public_on
from infra.clock import today
from tenants import db
from tenants.current import current


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the catalogue. `filing`: local | national_portal | off."""

    code: str
    name: str
    short_name: str
    field: str
    filing: str
    levels: tuple[Level, ...]


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a search; `did_you_mean` is a question when nothing truly matched."""

    query: str
    total: int
    procedures: list[Listed]
    did_you_mean: str | None = None


class ProcedureView(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a procedure with the switch that says where it is filed."""

    id: UUID
    version: int
    filing: str
    open: bool  # in force today and shown to citizens
    document: Procedure


class AgencyChoice(msgspec.Struct, frozen=True, kw_only=True):
    """An agency (cơ quan) that may be asked."""

    id: UUID
    key: str
    name: str
    kind: str
    address: str


class _Index(msgspec.Struct, frozen=True):
    until: float
    listed: dict[str, Listed]
    entries: list[rules.Entry]


_FRESH_SECONDS = 30.0
_KEPT_TENANTS = 64
_KEPT_DOCUMENTS = 1024
_indexes: OrderedDict[UUID, _Index] = OrderedDict()
# A version's document never changes; tenants share nothing, so the tenant is part of the key.
_documents: OrderedDict[tuple[UUID, UUID], Procedure] = OrderedDict()

# All rows in force: about a hundred, read at most twice a minute by each process.
_IN_FORCE = """
select id, filing, document::text as document from procedure where valid_to is null
"""
# Served by procedure_in_force.
_BY_CODE = """
select id, version, filing from procedure where code = $1 and valid_to is null
"""
_BY_ID = "select document::text as document from procedure where id = $1"
_AGENCIES = """
select id, key, name, kind, address from agency
where valid_from <= $1 and (valid_to is null or valid_to >= $1)
  and (kind = any($2) or key = any($3))
order by name
"""


async def search(text: str, *, limit: int = 20) -> Found:
    """Procedures (thủ tục) that answer what a citizen typed, best first; all for an empty text."""
    index = await _index()
    if not text.strip():
        lines = list(index.listed.values())
        return Found(query="", total=len(lines), procedures=lines[:limit])
    hits = rules.search(text, index.entries)
    meant = rules.suggestion(text, index.entries)
    return Found(
        query=text.strip(),
        total=len(hits),
        procedures=[index.listed[hit.code] for hit in hits[:limit]],
        did_you_mean=rules.did_you_mean(meant) if meant else None,
    )


async def by_field() -> dict[str, list[Listed]]:
    """The whole public catalogue by field (lĩnh vực), in order of their names."""
    fields: dict[str, list[Listed]] = {}
    for line in (await _index()).listed.values():
        fields.setdefault(line.field, []).append(line)
    return dict(sorted(fields.items()))


async def listed(codes: Sequence[str]) -> list[Listed]:
    """The lines of those codes that the public catalogue has, in the order asked."""
    lines = (await _index()).listed
    return [lines[code] for code in codes if code in lines]


async def procedure(code: str) -> ProcedureView | None:
    """The version in force of one procedure; None when there is none."""
    row = await db.tenant.fetch_row(_BY_CODE, code)
    if row is None:
        return None
    found = await document(row["id"])
    return ProcedureView(
        id=row["id"], version=row["version"], filing=row["filing"],
        open=public_on(found, today()), document=found,
    )  # fmt: skip


async def document(procedure_id: UUID) -> Procedure:
    """The record a dossier is pinned to, whatever came after it. Raises LookupError."""
    key = (current().id, procedure_id)
    if key not in _documents:
        text = await db.tenant.fetch_value(_BY_ID, procedure_id)
        if text is None:
            raise LookupError(f"no procedure {procedure_id}")
        _documents[key] = msgspec.json.decode(text, type=Procedure)
        while len(_documents) > _KEPT_DOCUMENTS:
            _documents.popitem(last=False)
    _documents.move_to_end(key)
    return _documents[key]


async def agencies_for(found: Procedure) -> list[AgencyChoice]:
    """The agencies competent to settle it (cơ quan có thẩm quyền), by name.

    Communes for what communes settle, the named department for what the province settles.
    """
    kinds = ["commune"] if Level.COMMUNE in found.levels else []
    keys = [found.department] if Level.PROVINCE in found.levels else []
    rows = await db.tenant.fetch(_AGENCIES, today(), kinds, keys)
    return [AgencyChoice(**dict(row)) for row in rows]


async def forget() -> None:
    """Drop the current tenant's kept index, after a change."""
    _indexes.pop(current().id, None)


async def _index() -> _Index:
    tenant_id = current().id
    kept = _indexes.get(tenant_id)
    if kept is None or kept.until < time.monotonic():
        kept = await _read_index()
        _indexes[tenant_id] = kept
        while len(_indexes) > _KEPT_TENANTS:
            _indexes.popitem(last=False)
    return kept


async def _read_index() -> _Index:
    listed, entries, day = [], [], today()
    for row in await db.tenant.fetch(_IN_FORCE):
        found = msgspec.json.decode(row["document"], type=Procedure)
        if public_on(found, day):
            listed.append(_listed(found, row["filing"]))
            entries.append(
                rules.Entry(found.code, found.name, found.short_name, tuple(found.words))
            )
    listed.sort(key=lambda line: line.short_name)
    until = time.monotonic() + _FRESH_SECONDS
    return _Index(until, {line.code: line for line in listed}, entries)


def _listed(found: Procedure, filing: str) -> Listed:
    return Listed(
        code=found.code, name=found.name, short_name=found.short_name, field=found.field,
        filing=filing, levels=tuple(found.levels),
    )  # fmt: skip
