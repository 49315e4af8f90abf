"""What rows are judged against: agencies, procedures, posts, places, the moment. Pure."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from app.coming_in.places import Places
from app.onestop.catalog.shapes import Procedure
from app.onestop.workflows.conditions import Facts
from app.onestop.workflows.running import Run, active, placed
from app.onestop.workflows.tree import Node, Step, nodes


class KnownAgency(Struct, frozen=True):
    """An agency; `posts` are the kinds of posts it has today, `ended` whether it is no more,
    `successor` the key of the one that mainly does its work then."""

    id: UUID
    key: str
    name: str
    ended: bool
    posts: frozenset[str]
    successor: str | None = None


class KnownProcedure(Struct, frozen=True):
    """A procedure's newest version, the way a dossier received today walks, and whether anybody can
    still be at work on one: it is in force."""

    document: Procedure
    tree: Node
    workflow_id: UUID | None
    in_force: bool


class World(Struct, frozen=True):
    """All that is known; `posts` by the keys of agency and post."""

    agencies: Mapping[str, KnownAgency]
    procedures: Mapping[str, KnownProcedure]
    posts: Mapping[tuple[str, str], UUID]
    officers: Mapping[str, str]
    places: Places
    now: datetime


def place(tree: Node, at: str) -> Run | None:
    """How a dossier stands whose turn is at that step, or at the first of that kind of post; None
    where there is no such step, or where work would lie with others at the same time."""
    steps = [node for node in nodes(tree) if isinstance(node, Step)]
    named = [step for step in steps if step.id == at] or [s for s in steps if s.post.value == at]
    run = placed(tree, Run(), named[0].id, Facts()) if named else None
    if run is None:
        return None
    alone = all(isinstance(one.node, Step) and not one.subs for one in active(tree, run))
    return run if alone else None


def kinds_at(tree: Node, run: Run) -> frozenset[str]:
    """The kinds of posts whose turn it is."""
    return frozenset(one.node.post.value for one in active(tree, run) if isinstance(one.node, Step))
