"""Where an officer works: the agencies and posts behind each list of the desk."""

from uuid import UUID

from app.people.shapes import Actor

_HANDLING = ("reception", "specialist", "leader")


def desks_of(officer: Actor) -> list[UUID]:
    """The agencies at whose desk the officer receives (bộ phận một cửa)."""
    return list({post.agency_id: None for post in officer.posts if post.kind == "reception"})


def desk_posts_of(officer: Actor) -> list[UUID]:
    """The officer's own posts at those desks."""
    return [post.id for post in officer.posts if post.kind == "reception"]


def agencies_of(officer: Actor) -> list[UUID]:
    """The agencies whose dossiers are the officer's work; administrators handle none."""
    return list({post.agency_id: None for post in officer.posts if post.kind in _HANDLING})


def archives_of(officer: Actor) -> list[UUID]:
    """Those agencies, and the ended ones whose work they took over with what was finished there."""
    posts = [post for post in officer.posts if post.kind in _HANDLING]
    return list({key: None for post in posts for key in (post.agency_id, *post.before)})


def leaderships_of(officer: Actor) -> list[UUID]:
    """The agencies the officer leads."""
    return list({post.agency_id: None for post in officer.posts if post.kind == "leader"})


def handling_posts_of(officer: Actor) -> list[UUID]:
    """The posts whose turn is the officer's turn."""
    return [post.id for post in officer.posts if post.kind in _HANDLING]


def home_of(officer: Actor) -> str:
    """The page an officer's day begins with."""
    if desks_of(officer):
        return "/can-bo"
    return "/can-bo/hop-viec" if agencies_of(officer) else "/quan-tri"
