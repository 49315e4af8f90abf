"""Who follows whom, and where a dossier goes. Pure."""

from collections.abc import Iterable
from datetime import datetime

from app.onestop.catalog.rules import normalise
from app.onestop.dossiers.rules import RUNNING, Status
from app.onestop.reorganisation.shapes import (
    Change,
    Dissolve,
    Facts,
    KnownPost,
    Merge,
    MovePost,
    NewPost,
    Plan,
    Rename,
    Split,
    Standing,
)
from app.provinces.shapes import PostKind


def ending(change: Change) -> list[str]:
    """The agencies that end by it, by key."""
    match change:
        case Merge(agencies=agencies, into=into):
            return [key for key in agencies if key != into]
        case Split(agency=agency) | Dissolve(agency=agency):
            return [agency]
        case Rename() | MovePost():
            return []


def followers(change: Change) -> list[str]:
    """The agencies that take work over by it, by key, the main successor first."""
    match change:
        case Merge(into=into):
            return [into]
        case Split(into=into):
            return list(dict.fromkeys(into))
        case Dissolve(successor=successor):
            return [successor]
        case Rename() | MovePost():
            return []


def change_of(plan: Plan, key: str) -> Change | None:
    """The change by which the agency ends; None when there is none."""
    return next((one for one in plan.changes if key in ending(one)), None)


def target_of(change: Change, facts: Facts) -> str | None:
    """The agency an open dossier goes on with; None when a person must decide."""
    if not isinstance(change, Split):
        return next(iter(followers(change)), None)
    said = next((change.dossiers[code] for code in facts.codes if code in change.dossiers), None)
    return said or _by_place(change, facts) or change.fields.get(facts.field) or change.otherwise


def _by_place(change: Split, facts: Facts) -> str | None:
    told = [facts.answers[name] for name in change.place if facts.answers.get(name)]
    text = f" {normalise(' / '.join(told) or facts.address)} "
    named = {
        f" {normalise(place)} ": key for key, places in change.areas.items() for place in places
    }
    met = [place for place in named if place in text]
    # “phường Hoài Thanh Tây” names that ward, not phường Hoài Thanh as well.
    whole = [place for place in met if not any(place in other != place for other in met)]
    found = {named[place] for place in whole}
    return found.pop() if len(found) == 1 else None


def notice_of(status: int, pause: str | None, due_at: datetime | None) -> str:
    """The template that tells a citizen of the move: only a running clock promises its day."""
    if status == Status.FINISHED:
        return "BAN_GIAO_KQ"
    return "BAN_GIAO" if status in RUNNING and due_at and not pause else "BAN_GIAO_CHO"


def post_after(post: KnownPost, there: Iterable[KnownPost]) -> KnownPost | None:
    """The successor's post for this post's work: the one of its key, else the first of its kind."""
    alike = [one for one in there if one.kind == post.kind and not one.ended]
    same = [one for one in alike if one.key == post.key]
    return next(iter(same or sorted(alike, key=lambda one: one.key)), None)


def posts_to_make(plan: Plan, standing: Standing, key: str) -> list[NewPost]:
    """The posts a new agency begins with: its own, or all those of the agencies it follows."""
    new = next(one for one in plan.agencies if one.key == key)
    if new.posts is not None:
        return new.posts
    made: dict[str, NewPost] = {}
    for change in plan.changes:
        if key in followers(change):
            for source in ending(change):
                made |= _posts_of(standing, source)
    return [made[name] for name in sorted(made)]


def _posts_of(standing: Standing, key: str) -> dict[str, NewPost]:
    known = standing.agencies.get(key)
    posts = known.posts.values() if known else ()
    return {post.key: NewPost(post.key, PostKind(post.kind), post.title) for post in posts}
