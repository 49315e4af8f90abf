"""What is open to the one who looks at a dossier: the acts, and at which open work."""

from collections.abc import Sequence
from typing import Any

from app.onestop.dossiers import standing
from app.onestop.dossiers.rules import Act, Facts, nodes_open, transition
from app.onestop.workflows.running import active
from app.onestop.workflows.tree import Node
from app.onestop.workflows.waiting import BY_WORD, waits
from app.people.shapes import Actor

Named = list[tuple[str, str]]


def openings(acts: list[Act], facts: Facts, actor: Actor, tasks: Sequence[Any]) -> dict[str, Any]:
    """The page's `acts`, their `act_titles`, and the `nodes` each may be done at: (id, name)."""
    names = {task.node: task.name for task in tasks if task.state == "open"}
    found = {act.value: nodes_open(act, facts, actor) for act in acts}
    nodes = {act: [(one, names[one]) for one in each] for act, each in found.items() if each}
    titles = {act.value: transition(act).title for act in acts}
    return {"acts": acts, "act_titles": titles, "nodes": nodes}


def awaited(tree: Node, text: str, pause: str | None) -> list[tuple[str, str, str]]:
    """What word may end: (id, name, what is awaited); nothing during an officer's own pause."""
    run = standing.run_of(text)
    if pause is not None and not standing.halted_by(tree, run, pause):
        return []
    found = waits(active(tree, run), BY_WORD)
    return [(wait.id, wait.name, wait.until.value) for wait in found]
