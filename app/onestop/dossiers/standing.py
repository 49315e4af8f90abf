"""Where a dossier stands: its row, its workflow and its open tasks as the rules see them. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from app.onestop.catalog.shapes import PostKind, Procedure
from app.onestop.dossiers.rules import RUNNING, Facts, Status, Turn
from app.onestop.workflows import running, waiting
from app.onestop.workflows.changing import carried
from app.onestop.workflows.conditions import Facts as Known
from app.onestop.workflows.running import Run
from app.onestop.workflows.tree import (
    Choice,
    Node,
    Step,
    Sub,
    Workflow,
    children,
    find,
    from_flow,
    nodes,
)


class TaskRow(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules must know of a task; `state` is open, done or cancelled."""

    id: UUID
    node: str
    kind: str  # step, opinion, wait or linked
    state: str
    agency_id: UUID
    post_id: UUID | None = None
    officer_id: UUID | None = None
    closed_by: UUID | None = None


def tree_of(procedure: Procedure, workflow: Workflow | None = None) -> Node:
    """The way a dossier walks: the workflow (quy trình) it is pinned to, else the procedure's own
    list of steps."""
    return workflow.tree if workflow else from_flow(procedure.flow)


def run_of(text: str) -> Run:
    """How far a dossier is, out of its row; an empty row has not begun."""
    return msgspec.json.decode(text, type=Run)


def text_of(run: Run) -> str:
    """The run as its dossier's row keeps it."""
    return msgspec.json.encode(run).decode()


def facts_of(
    row: Mapping[str, Any],
    tree: Node,
    tasks: Sequence[TaskRow],
    *,
    moment: datetime,
    has_result: bool = False,
) -> Facts:
    """What the rules must know. `row` has the dossier's columns, `tasks` are all its tasks."""
    run = run_of(row["run"])
    open_now = running.active(tree, run)
    last = next((task for task in tasks if task.id == row["recall_task"]), None)
    return Facts(
        status=Status(row["status"]),
        agency_id=row["agency_id"],
        agencies=frozenset(task.agency_id for task in tasks),
        desk_agency_id=row["desk_agency_id"],
        on_its_way=row["desk_agency_id"] is not None and row["competent_received_at"] is None,
        citizen_id=row["citizen_id"],
        turns=tuple(_turn(task, tree, run) for task in tasks if _is_work(task)),
        has_result=has_result,
        decided=is_decided(tree, run),
        paused=row["pause"] is not None and row["status"] in RUNNING,
        halted=halted_by(tree, run, row["pause"]),
        awaits_word=bool(waiting.waits(open_now, waiting.BY_WORD)),
        far=any(isinstance(one.node, Sub) for one in open_now),
        requests=row["requests"],
        overdue=row["due_at"] is not None and moment > row["due_at"],
        extensions=row["extensions"],
        own_last=last.closed_by if last else None,
    )


def halted_by(tree: Node, run: Run, pause: str | None) -> bool:
    """Whether the pause is the workflow's own, and not one an officer made."""
    why = waiting.reason_for(waiting.halting(running.active(tree, run)))
    return pause is not None and pause == why


def is_decided(tree: Node, run: Run) -> bool:
    """Whether a leader has settled the result and none is still to be asked."""
    leaders = _steps_of(tree, PostKind.LEADER)
    return bool(leaders & run.done) and not leaders & _ahead(tree, run)


def path_of(tree: Node, run: Run) -> list[tuple[str, str]]:
    """The steps the dossier goes through, in order: (name, state); done, current or ahead.

    What another system does is one step. Ways that were not chosen are left out, as are those not
    chosen yet.
    """
    now = {one.id for one in running.active(tree, run)}
    return [
        (leaf.name, "done" if leaf.id in run.done else "current" if leaf.id in now else "ahead")
        for leaf in _on_the_way(tree, run)
    ]


def _on_the_way(node: Node, run: Run) -> Iterator[Step | Sub]:
    match node:
        case Step():
            yield node
        case Sub() if node.tenant is not None:
            yield node
        case Choice():
            way = running.taken(node, run)
            yield from _on_the_way(way, run) if way else ()
        case _:
            for _, child in children(node):
                yield from _on_the_way(child, run)


def _turn(task: TaskRow, tree: Node, run: Run) -> Turn:
    node = find(tree, task.node)
    kind = node.post if isinstance(node, Step) else None
    leads = kind is PostKind.LEADER  # only leaders sign, and only they send back
    return Turn(
        id=task.id,
        node=task.node,
        kind=kind,
        agency_id=task.agency_id,
        post_id=task.post_id,
        officer_id=task.officer_id,
        opinion=task.kind == "opinion",
        last=running.is_last(tree, run, task.node),
        signs=leads and _signs(tree, run, task.node),
        may_go_back=leads and target_back(tree, run, task.node) is not None,
    )


def target_back(tree: Node, run: Run, node_id: str) -> str | None:
    """The nearest specialist's step before this one (trả lại bước trước)."""
    targets = running.back_targets(tree, run, node_id)
    return next((one for one in targets if _is(find(tree, one), PostKind.SPECIALIST)), None)


def own_step_after(tree: Node, run: Run, node_id: str, known: Known) -> Step | None:
    """The step of the dossier's own agency that alone opens when that one is done."""
    later = running.complete(tree, run, node_id, known)
    opened = running.moved(tree, run, later)[0] if later else ()
    found = [one for one in running.active(tree, later) if one.id in opened] if later else []
    if len(found) != 1 or found[0].subs or not isinstance(found[0].node, Step):
        return None
    return found[0].node


def standing_in(
    old: Node, new: Node, run: Run, known: Known, step: str | None = None
) -> Run | None:
    """How a dossier would stand in the new version; None when a person must name the step."""
    later = running.placed(new, run, step, known) if step else carried(old, new, run, known)
    return None if later is None or running.is_finished(new, later) else later


def _signs(tree: Node, run: Run, node_id: str) -> bool:
    leaders = _steps_of(tree, PostKind.LEADER)
    return bool(leaders & run.done) and not leaders & running.after(tree, node_id)


def _ahead(tree: Node, run: Run) -> frozenset[str]:
    ahead: frozenset[str] = frozenset()
    for one in running.active(tree, run):
        ahead |= {one.id} | running.after(tree, one.id)
    return ahead


def _steps_of(tree: Node, kind: PostKind) -> set[str]:
    return {node.id for node in nodes(tree) if isinstance(node, Step) and node.post is kind}


def _is(node: Node | None, kind: PostKind) -> bool:
    return isinstance(node, Step) and node.post is kind


def _is_work(task: TaskRow) -> bool:
    return task.state == "open" and task.kind in ("step", "opinion")
