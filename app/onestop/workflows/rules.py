"""Walking the flow (quy trình): which step comes next, which one before. Pure.

A flow is the procedure's list of steps in order; a step is named by its index. Each binds to a
kind of post, never to a person, so people come and go and the dossier does not notice.
"""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from app.onestop.catalog.shapes import PostKind, Step


class PostChoice(Struct, frozen=True):
    """A post a step may go to. `holders` counts the officers who hold it today."""

    id: UUID
    key: str
    title: str
    holders: int


def kind_at(flow: Sequence[Step], step: int | None) -> PostKind | None:
    """The kind of post (chức danh) that acts at the step; None outside the flow."""
    if step is None or not 0 <= step < len(flow):
        return None
    return flow[step].post


def next_step(flow: Sequence[Step], step: int) -> int | None:
    """The step after this one; None after the last."""
    return step + 1 if 0 <= step < len(flow) - 1 else None


def step_back(flow: Sequence[Step], step: int, kind: PostKind) -> int | None:
    """The nearest earlier step of that kind of post (trả lại bước trước); None when there is none.

    A step outside the flow has nothing before it.
    """
    if not 0 <= step < len(flow):
        return None
    return next((at for at in range(step - 1, -1, -1) if flow[at].post == kind), None)


def is_last(flow: Sequence[Step], step: int | None) -> bool:
    """Whether nothing but the result itself is left to do."""
    return step is not None and step == len(flow) - 1


def best_post(step: Step, posts: Sequence[PostChoice]) -> PostChoice | None:
    """The post a step goes to when nobody chose: of those held by someone, the preferred one.

    A post nobody holds today is taken only when no other is left, so that work does not wait at
    an empty desk. None when the agency has no post of the kind.
    """
    ranked = sorted(posts, key=lambda post: (post.holders == 0, post.key != step.held_by, post.key))
    return ranked[0] if ranked else None
