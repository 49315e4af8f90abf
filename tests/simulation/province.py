"""The province of the year: its agencies, their posts, and the officers who hold them."""

from functools import cache
from uuid import NAMESPACE_DNS, UUID, uuid5

from app.onestop.catalog.shapes import Level, PostKind, Procedure
from app.onestop.workflows.agencies import Own, Placed, agency_for
from app.onestop.workflows.rules import PostChoice, best_post
from app.onestop.workflows.running import Active
from app.onestop.workflows.tree import Step, Sub
from app.people.shapes import Actor, HeldPost
from app.provinces import loader
from tests.onestop.dossiers.model import Place

HOLDERS = 3  # of every post: whoever is ill has a colleague


def named(*words: object) -> UUID:
    """The same id for the same words, so that a seed gives the same year."""
    return uuid5(NAMESPACE_DNS, "/".join(map(str, words)))


class Province:
    """One shipped province, its officers made up."""

    def __init__(self, slug: str) -> None:
        self.file = loader.load(slug)
        self.ids = {agency.key: named(agency.key) for agency in self.file.agencies}
        self.keys = {identity: key for key, identity in self.ids.items()}
        self.prefixes = {self.ids[one.key]: one.identifier for one in self.file.agencies}
        self.communes = [one.key for one in self.file.agencies if one.kind.value == "commune"]
        self._placed = {each.key: Placed(each.kind, each.parent) for each in self.file.agencies}
        self._held = {
            self._post_id(agency.key, post.key): (self.ids[agency.key], post.kind.value, post.name)
            for agency in self.file.agencies
            for post in self.file.posts
            if agency.kind in post.held_in
        }
        self._kinds = {each.key: each.kind for each in self.file.agencies}
        self.helpers = [
            (self.ids[key], self.post(self.ids[key], PostKind.SPECIALIST))
            for key in self.ids
            if self._kinds[key].value == "department"
        ]
        self.post = cache(self.post)  # type: ignore[method-assign]
        self.officer = cache(self.officer)  # type: ignore[method-assign]

    def agency_of(self, procedure: Procedure, chance: float) -> UUID:
        """Where a dossier of the procedure goes; some communes have far more of them."""
        if Level.COMMUNE in procedure.levels:
            return self.ids[self.communes[int(chance**2 * len(self.communes))]]
        return self.ids[procedure.department]

    def post(self, agency_id: UUID, kind: PostKind, held_by: str | None = None) -> UUID:
        """The post of the agency that takes a step of that kind."""
        agency = self.keys[agency_id]
        choices = [
            PostChoice(self._post_id(agency, post.key), post.key, post.name, HOLDERS)
            for post in self.file.posts
            if post.kind.value == kind.value and self._kinds[agency] in post.held_in
        ]
        best = best_post(held_by, choices)
        assert best is not None, (agency, kind)
        return best.id

    def officer(self, post_id: UUID, at: int = 0) -> Actor:
        """One of the holders of a post."""
        agency_id, kind, title = self._held[post_id]
        post = HeldPost(post_id, kind, title, agency_id, self.keys[agency_id])
        name = f"{title} {at + 1}"
        return Actor(kind="officer", name=name, id=named(post_id, at), posts=(post,))

    def post_of(self, post_id: UUID, officer_id: UUID) -> Actor:
        """The holder of a post who has that id."""
        holders = (self.officer(post_id, at) for at in range(HOLDERS))
        return next(one for one in holders if one.id == officer_id)

    def place(self, own: UUID, one: Active) -> Place:
        """Who takes what opens: the agency the workflow means, and its post."""
        ref = one.node.agency if isinstance(one.node, Sub) else one.sub.agency if one.sub else Own()
        key = agency_for(ref, self.keys[own], self._placed)
        # An agency outside has no key; what it owes is awaited by the dossier's own.
        agency_id = own if key is None else self.ids[key]
        if not isinstance(one.node, Step):
            return agency_id, None
        return agency_id, self.post(agency_id, one.node.post, one.node.held_by)

    def _post_id(self, agency: str, post: str) -> UUID:
        return named(agency, post)
