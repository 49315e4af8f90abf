"""Who acts: the first parameter of every verb."""

from typing import Literal
from uuid import UUID

import msgspec

PostKind = Literal["reception", "specialist", "leader", "administrator"]


class HeldPost(msgspec.Struct, frozen=True):
    """A post (chức danh) an officer holds today."""

    id: UUID
    kind: PostKind
    title: str
    agency_id: UUID
    agency_name: str


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """A person or the system itself, as the trail names it."""

    kind: Literal["citizen", "officer", "system", "visitor"]
    name: str
    id: UUID | None = None
    posts: tuple[HeldPost, ...] = ()
    address: str | None = None  # where the request came from
    request_id: str | None = None

    def holds(self, kind: PostKind, agency_id: UUID | None = None) -> HeldPost | None:
        """The post of that kind the actor holds (in that agency), or None."""
        for post in self.posts:
            if post.kind == kind and agency_id in (None, post.agency_id):
                return post
        return None


SYSTEM = Actor(kind="system", name="Hệ thống")
