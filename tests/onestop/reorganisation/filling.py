"""Dossiers in all states at every agency of before the reform, written straight into the tables."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from app.onestop.codes.service import take_for
from app.provinces import loader
from infra.clock import now
from infra.ids import uuid7
from tenants import db

OPEN, ENDED = (1, 2, 4, 5, 6, 9), (3, 7, 8, 10)
_DOSSIER = """
insert into dossier (id, code, procedure_id, agency_id, channel, status, applicant_name, applicant,
                     phone, answers, summary, wanted_way, filed_at, received_at, due_at,
                     delivered_at, delivered_way)
values ($1, $2, $3, $4, 'counter', $5, 'Trần Văn Thử', $6::jsonb, '+84905000301', '{}',
        'Hồ sơ thử', 'counter', $7, $8, $8, $9, $10)
"""
_TASK = """
insert into task (id, dossier_id, node, kind, name, agency_id, post_id, state, opened_at)
values ($1, $2, 'xu-ly', 'step', 'Thẩm định', $3, $4, 'open', $5)
"""
_PROGRESS = """
insert into progress (id, dossier_id, status, act, title, agency_name, at)
select $1, d.id, d.status, 'intake', 'Tiếp nhận hồ sơ', a.name, d.filed_at
from dossier d join agency a on a.id = d.agency_id where d.id = $2
"""


class Lying(NamedTuple):
    """One dossier as it was laid down."""

    id: UUID
    code: str
    agency: str  # key
    status: int
    post: str  # key of the post whose turn it is; empty when nobody's


def successors() -> dict[tuple[str, str], list[str]]:
    """By name and district of each former commune, the keys of those that have it now."""
    found: dict[tuple[str, str], list[str]] = {}
    for agency in loader.load("binhdinh").agencies:
        for unit in agency.formed_from:
            found.setdefault((unit.name, unit.district), []).append(agency.key)
    return found


async def agency_ids() -> dict[str, UUID]:
    """Every agency's id by its key."""
    return {row["key"]: row["id"] for row in await db.tenant.fetch("select key, id from agency")}


async def lay(
    agencies: Mapping[str, Sequence[int]], addresses: Mapping[str, Sequence[str]] | None = None
) -> list[Lying]:
    """For each agency a dossier of each status; `addresses` of the applicants, in that order."""
    ids, procedure = await agency_ids(), await _procedure()
    posts = await db.tenant.fetch("select id, agency_id, key from post where key = 'chuyen-vien'")
    at = {row["agency_id"]: row["id"] for row in posts}
    laid, dossiers, tasks = [], [], []
    for key, statuses in agencies.items():
        for place, status in enumerate(statuses):
            turn = status in (2, 4)
            one = Lying(uuid7(), await take_for(ids[key]), key, status, "chuyen-vien" * turn)
            address = (addresses or {}).get(key, [""] * 99)[place]
            dossiers.append(_dossier(one, procedure, ids[key], address))
            if turn:
                tasks.append((uuid7(), one.id, ids[key], at[ids[key]], now()))
            laid.append(one)
    await db.tenant.execute_many(_DOSSIER, dossiers)
    await db.tenant.execute_many(_TASK, tasks)
    await db.tenant.execute_many(_PROGRESS, [(uuid7(), one.id) for one in laid])
    return laid


def _dossier(one: Lying, procedure: UUID, agency_id: UUID, address: str) -> tuple[Any, ...]:
    applicant = msgspec.json.encode({"full_name": "Trần Văn Thử", "address": address}).decode()
    received = None if one.status == 1 else now()
    given = (now(), "counter") if one.status == 10 else (None, None)
    return (one.id, one.code, procedure, agency_id, one.status, applicant, now(), received, *given)


async def _procedure() -> UUID:
    return UUID(
        str(await db.tenant.fetch_value("select id from procedure where code = '1.001193'"))
    )


async def whereabouts() -> dict[str, tuple[str, str | None, str | None]]:
    """By code: the dossier's agency, the open task's agency and its post, by key."""
    rows = await db.tenant.fetch(
        "select d.code, a.key as agency, b.key as at, p.key as post from dossier d"
        " join agency a on a.id = d.agency_id"
        " left join task t on t.dossier_id = d.id and t.state = 'open'"
        " left join agency b on b.id = t.agency_id left join post p on p.id = t.post_id"
    )
    return {row["code"]: (row["agency"], row["at"], row["post"]) for row in rows}
