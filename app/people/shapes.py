"""Who acts: the first parameter of every verb; and who a citizen is."""

from datetime import date
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
    before: tuple[UUID, ...] = ()  # agencies whose work this one has taken over
    instead_of: str | None = None  # whom the officer stands in for (người được thay)

    def serves(self, agency_id: UUID) -> bool:
        """Whether what that agency has, or had when it ended, lies with the post's agency."""
        return agency_id == self.agency_id or agency_id in self.before


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """A person or the system itself, as the trail names it."""

    kind: Literal["citizen", "officer", "system", "visitor"]
    name: str
    id: UUID | None = None
    posts: tuple[HeldPost, ...] = ()
    address: str | None = None  # where the request came from
    port: int | None = None  # its source port there
    request_id: str | None = None

    @property
    def officer_id(self) -> UUID | None:
        """The id where an officer is meant; a citizen's or the system's own act names none."""
        return self.id if self.kind == "officer" else None

    def stands_in_at(self, post_id: UUID | None) -> str | None:
        """For whom the actor holds that post by a decision of substitution; None for oneself."""
        return next((post.instead_of for post in self.posts if post.id == post_id), None)

    def holds(self, kind: PostKind, agency_id: UUID | None = None) -> HeldPost | None:
        """The post of that kind the actor holds (in that agency), or None."""
        for post in self.posts:
            if post.kind == kind and agency_id in (None, post.agency_id):
                return post
        return None


SYSTEM = Actor(kind="system", name="Hệ thống")


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What an issuer's claims say about a person, cleaned; None = not said or not usable."""

    full_name: str
    username: str  # lower case
    id_number: str | None = None  # 12 digits
    phone: str | None = None  # E.164
    email: str | None = None
    birth_on: date | None = None


class Citizen(msgspec.Struct, frozen=True, kw_only=True):
    """A person who signed in through the citizens' issuer, as forms are filled in advance."""

    id: UUID
    full_name: str
    id_number: str | None = None
    phone: str | None = None  # E.164
    email: str | None = None
    birth_on: date | None = None


class Operator(msgspec.Struct, frozen=True, kw_only=True):
    """A member of the vendor's staff (người vận hành); holds no post and sees no dossier."""

    id: UUID
    username: str
    full_name: str
