"""Reads of reorganisations: what a plan would move, and what was carried out."""

from collections import Counter
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from app.onestop.reorganisation.moving import FACTS, facts_of
from app.onestop.reorganisation.rules import change_of, ending, followers, target_of
from app.onestop.reorganisation.shapes import Plan, Rename, Split
from app.onestop.reorganisation.standing import standing_for
from infra.clock import today
from tenants import db


class Undecided(msgspec.Struct, frozen=True):
    """An open dossier of a split agency that nothing says where to go."""

    code: str
    agency: str  # key


class Going(msgspec.Struct, frozen=True, kw_only=True):
    """One agency that ends, and what goes on elsewhere; `targets`: open dossiers by successor.

    `kept` are finished dossiers, which stay; `holders` are officers holding a post on the day.
    """

    key: str
    name: str
    kind: str
    targets: list[tuple[str, int]]  # the successor's name, how many open dossiers
    dossiers: int
    tasks: int
    drafts: int
    kept: int
    posts: int
    holders: int
    undecided: int


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan would do, before it does anything (xem trước)."""

    number: str
    title: str
    on: date
    faults: list[str]
    new_agencies: list[str]
    renamed: list[tuple[str, str]]
    lines: list[Going]
    undecided: list[Undecided]


class ReorganisationRow(msgspec.Struct, frozen=True, kw_only=True):
    """One reorganisation as administrators list them; `figures`: how many moved, by kind."""

    id: UUID
    number: str
    title: str
    decided_on: date
    on_day: date
    state: str
    faults: list[str]
    figures: dict[str, int]
    planned_at: datetime
    planned_by: str
    done_at: datetime | None

    @property
    def begun(self) -> bool:
        """Whether the new organisation is there already."""
        return self.state in ("running", "done")


# Served by dossier_open_at_agency, dossier_search, task_at_agency and draft_unfiled.
_GOING = """
select a.id, a.key, a.name,
  (select count(*) from dossier d where d.agency_id = a.id
      and d.status not in (3, 7, 8, 10)) as dossiers,
  (select count(*) from dossier d where d.agency_id = a.id and d.status in (3, 7, 8, 10)) as kept,
  (select count(*) from task t where t.agency_id = a.id and t.state = 'open') as tasks,
  (select count(*) from draft d where d.agency_id = a.id and d.dossier_id is null) as drafts,
  (select count(*) from post p where p.agency_id = a.id
      and (p.valid_to is null or p.valid_to >= $2)) as posts,
  (select count(distinct h.officer_id) from post p join post_holding h on h.post_id = p.id
    where p.agency_id = a.id and (h.to_on is null or h.to_on >= $2)) as holders
from agency a where a.key = any($1) order by a.name
"""
_SPLIT = f"""
select d.code, d.agency_id, a.key as agency, {FACTS}
from dossier d join procedure p on p.id = d.procedure_id join agency a on a.id = d.agency_id
where a.key = any($1) and d.status not in (3, 7, 8, 10) order by d.code
"""  # noqa: S608
_ROWS = """
select id, number, title, decided_on, on_day, state, faults::text as faults,
       figures::text as figures, planned_at, planned_by, done_at
from reorganisation where $1::uuid is null or id = $1
order by on_day desc, planned_at desc limit 100
"""
# Served by reorganisation_waiting, dossier_open_at_agency and agency_succession_main: also for
# a dossier that was filed in the very moment its agency ended.
_ANY_DUE = """
select exists (select from reorganisation
               where state in ('planned', 'running') and on_day <= $1)
    or exists (select from agency_succession s join dossier d on d.agency_id = s.from_id
               where s.is_main and d.status not in (3, 7, 8, 10))
"""
_DOCUMENT = "select document::text from reorganisation where id = $1"


async def preview(plan: Plan, faults: list[str]) -> Preview:
    """What the plan would move as things stand now; `faults` are those already found."""
    standing = await standing_for(plan)
    sources = [key for change in plan.changes for key in ending(change)]
    rows = await db.tenant.fetch(_GOING, sources, plan.on)
    split = await _split_targets(plan)
    names = {key: one.name for key, one in standing.agencies.items()}
    names |= {new.key: new.name for new in plan.agencies}
    renames = [change for change in plan.changes if isinstance(change, Rename)]
    return Preview(
        number=plan.number,
        title=plan.title,
        on=plan.on,
        faults=faults,
        new_agencies=[new.name for new in plan.agencies],
        renamed=[(names.get(one.agency, one.agency), one.name) for one in renames],
        lines=[_going(plan, row, split.get(row["key"]), names) for row in rows],
        undecided=await undecided(plan),
    )


async def undecided(plan: Plan) -> list[Undecided]:
    """The open dossiers that the plan leaves to a person to decide."""
    found = []
    for row in await _of_split_agencies(plan):
        change = change_of(plan, row["agency"])
        if change is not None and target_of(change, facts_of(row)) is None:
            found.append(Undecided(row["code"], row["agency"]))
    return found


async def reorganisations(one: UUID | None = None) -> list[ReorganisationRow]:
    """What was planned and carried out, the newest day first."""
    rows = [dict(row) for row in await db.tenant.fetch(_ROWS, one)]
    return [
        ReorganisationRow(
            **{
                **row,
                "faults": msgspec.json.decode(row["faults"]),
                "figures": msgspec.json.decode(row["figures"]),
            }
        )
        for row in rows
    ]


async def any_due() -> bool:
    """Whether a reorganisation has something to do today."""
    return bool(await db.tenant.fetch_value(_ANY_DUE, today()))


async def plan_of(reorganisation_id: UUID) -> Plan | None:
    """The plan as it was entered; None when there is none."""
    text = await db.tenant.fetch_value(_DOCUMENT, reorganisation_id)
    return msgspec.json.decode(text, type=Plan) if text else None


async def _of_split_agencies(plan: Plan) -> list[Any]:
    keys = [change.agency for change in plan.changes if isinstance(change, Split)]
    return await db.tenant.fetch(_SPLIT, keys) if keys else []


async def _split_targets(plan: Plan) -> dict[str, Counter[str | None]]:
    """By the key of each split agency: how many open dossiers go to which successor."""
    counted: dict[str, Counter[str | None]] = {}
    for row in await _of_split_agencies(plan):
        change = change_of(plan, row["agency"])
        assert change is not None, "only the plan's own agencies are asked for"
        counted.setdefault(row["agency"], Counter())[target_of(change, facts_of(row))] += 1
    return counted


def _going(plan: Plan, row: Any, split: Counter[str | None] | None, names: dict[str, str]) -> Going:
    change = change_of(plan, row["key"])
    assert change is not None, "only agencies that end are asked for"
    into = followers(change)
    found = split or Counter({into[0]: row["dossiers"]} if into else {})
    return Going(
        kind=str(change.__struct_config__.tag),
        targets=[(names.get(key, key), found[key]) for key in into],
        undecided=found[None],
        **{name: row[name] for name in _CARRIED},
    )


_CARRIED = ("key", "name", "dossiers", "tasks", "drafts", "kept", "posts", "holders")
