"""Publishing procedures, and the switch that says where citizens file them."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal, get_args

import msgspec

from app.onestop.catalog import queries
from app.onestop.catalog.refusals import NoSuchFiling
from app.onestop.catalog.rules import normalise
from app.onestop.catalog.shapes import Procedure
from app.onestop.catalog.source import shipped
from app.onestop.catalog.validity import in_force
from app.people.shapes import Actor
from app.refusals import NotAllowed, NotFound
from app.trail.service import record
from infra.clock import today
from infra.ids import uuid7
from tenants import db
from tenants.work import after_commit

Filing = Literal["local", "national_portal", "off"]

# Served by procedure_in_force; the newest version of each code, also of those that have ended.
_NEWEST = """
select distinct on (code) code, version, filing, document::text as document
from procedure order by code, version desc
"""
_CLOSE = "update procedure set valid_to = $2 where code = $1 and valid_to is null"
_INSERT = """
insert into procedure (id, code, version, name, normal, field, filing, document, valid_from,
                       valid_to)
values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10)
"""


async def load(procedures: Sequence[Procedure] | None = None) -> int:
    """Publish records (công bố thủ tục), the shipped ones by default; how many were new.

    A record that differs from the newest version becomes a new version from today on and keeps
    its filing switch; dossiers already filed stay with theirs. The same records again change
    nothing.
    """
    day = today()
    newest = {row["code"]: row for row in await db.tenant.fetch(_NEWEST)}
    rows, ended = [], []
    for procedure in shipped() if procedures is None else procedures:
        before = newest.get(procedure.code)
        if before is None:
            rows.append(_row(procedure, 1, _first_filing(procedure, day), day))
        elif msgspec.json.decode(before["document"], type=Procedure) != procedure:
            ended.append((procedure.code, day - timedelta(days=1)))
            rows.append(_row(procedure, before["version"] + 1, before["filing"], day))
    await db.tenant.execute_many(_CLOSE, ended)
    await db.tenant.execute_many(_INSERT, rows)
    await after_commit(queries.forget)
    return len(rows)


async def switch_filing(officer: Actor, code: str, filing: str) -> None:
    """Say where citizens file the procedure: here, at the national portal, or not online at all.

    Raises NotAllowed for others than administrators, NoSuchFiling, NotFound.
    """
    if officer.holds("administrator") is None:
        raise NotAllowed
    if filing not in get_args(Filing):
        raise NoSuchFiling
    changed = await db.tenant.fetch_value(
        "update procedure set filing = $2 where code = $1 and valid_to is null returning id",
        *(code, filing),
    )
    if changed is None:
        raise NotFound
    await record(
        officer, "procedure.switch_filing", ("procedure", changed), detail={"filing": filing}
    )
    await after_commit(queries.forget)


def _row(procedure: Procedure, version: int, filing: str, day: date) -> tuple[object, ...]:
    begins = day if version > 1 else procedure.valid_from or day
    document = msgspec.json.encode(procedure).decode()
    names = f"{procedure.name} {procedure.short_name} {' '.join(procedure.words)}"
    return (
        *(uuid7(), procedure.code, version, procedure.name, normalise(names), procedure.field),
        *(filing, document, begins, procedure.valid_to),
    )


def _first_filing(procedure: Procedure, day: date) -> Filing:
    open_online = procedure.online and not procedure.internal and in_force(procedure, day)
    return "local" if open_online else "off"
