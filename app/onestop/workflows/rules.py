"""Which post takes a step (chức danh nhận việc). Pure.

A step binds to a kind of post, never to a person, so people come and go and the dossier does not
notice.
"""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct


class PostChoice(Struct, frozen=True):
    """A post a step may go to. `holders` counts the officers who hold it today."""

    id: UUID
    key: str
    title: str
    holders: int


def best_post(held_by: str | None, posts: Sequence[PostChoice]) -> PostChoice | None:
    """The post a step goes to when nobody chose: of those held by someone, the preferred one.

    `held_by` is the key of the preferred post. A post nobody holds today is taken only when no
    other is left, so that work does not wait at an empty desk. None when there is no post at all.
    """
    ranked = sorted(posts, key=lambda post: (post.holders == 0, post.key != held_by, post.key))
    return ranked[0] if ranked else None
