"""Open dossiers that do not walk a version of their workflow yet, and where they would stand."""

from typing import Any
from uuid import UUID

import msgspec

from app.onestop.catalog import queries as catalog
from app.onestop.dossiers import standing
from app.onestop.dossiers.rules import Status
from app.onestop.dossiers.shapes import KIND_OF_CHANNEL
from app.onestop.workflows.changing import differences
from app.onestop.workflows.conditions import Facts
from app.onestop.workflows.running import Run, active
from app.onestop.workflows.shelf import Kept, pinned, workflow_of
from app.onestop.workflows.tree import Node
from tenants import db

PAGE = 100
# Served by dossier_open_by_procedure.
_OPEN = """
select d.id, d.code, d.status, d.procedure_id, d.workflow_id, d.run::text as run, d.channel,
       d.case_id, d.answers::text as answers, a.name as agency_name, w.version,
       array(select slot from paper p where p.dossier_id = d.id and p.kind = 'submitted') as slots
from dossier d join agency a on a.id = d.agency_id left join workflow w on w.id = d.workflow_id
where d.procedure_id = any(array(select id from procedure where code = $1))
  and d.workflow_id is distinct from $2 and d.status in (2, 4, 5, 6)
  and d.due_at is not null and ($3::uuid is null or d.id > $3)
order by d.id limit $4
"""


class Movable(msgspec.Struct, frozen=True, kw_only=True):
    """One open dossier. `version` None: it walks its procedure's own steps. `proposed` None: a
    person must name the step."""

    id: UUID
    code: str
    status: Status
    agency_name: str
    version: int | None
    now: list[str]
    proposed: list[str] | None


class MovablePage(msgspec.Struct, frozen=True):
    """Some of them, the oldest first; `next` leads to those after. `changes`: what the version
    changes against each one they walk, in words."""

    dossiers: list[Movable]
    next: UUID | None
    changes: list[tuple[int | None, list[str]]]


async def movable_to(target: Kept, after: UUID | None = None) -> MovablePage:
    """The procedure's open dossiers that could be moved to that version."""
    new = (await workflow_of(target.id)).tree
    rows = await db.tenant.fetch(_OPEN, target.procedure_code, target.id, after, PAGE + 1)
    shown, walked = [], dict[int | None, Node]()
    for row in rows[:PAGE]:
        old = walked[row["version"]] = await _walked(row)
        shown.append(_movable(row, old, new))
    changes = [
        (version, [change.text for change in differences(old, new)])
        for version, old in walked.items()
    ]
    return MovablePage(shown, shown[-1].id if len(rows) > PAGE else None, changes)


async def _walked(row: Any) -> Node:
    procedure = await catalog.document(row["procedure_id"])
    return standing.tree_of(procedure, await pinned(row["workflow_id"]))


def _movable(row: Any, old: Node, new: Node) -> Movable:
    run = standing.run_of(row["run"])
    later = standing.standing_in(old, new, run, _known(row))
    return Movable(
        id=row["id"],
        code=row["code"],
        status=Status(row["status"]),
        agency_name=row["agency_name"],
        version=row["version"],
        now=_names(old, run),
        proposed=_names(new, later) if later else None,
    )


def _known(row: Any) -> Facts:
    return Facts(
        answers=msgspec.json.decode(row["answers"], type=dict[str, str]),
        case_id=row["case_id"],
        channel=KIND_OF_CHANNEL[row["channel"]],
        slots=frozenset(row["slots"]),
    )


def _names(tree: Node, run: Run) -> list[str]:
    return [one.node.name for one in active(tree, run)]
