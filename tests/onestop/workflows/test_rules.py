"""Which post takes a step."""

from uuid import uuid4

from app.onestop.catalog.shapes import PostKind
from app.onestop.catalog.source import shipped
from app.onestop.workflows.rules import PostChoice, best_post

PREFERRED = "tu-phap-ho-tich"


def post(key: str, holders: int) -> PostChoice:
    return PostChoice(id=uuid4(), key=key, title=key, holders=holders)


def test_the_preferred_post_takes_the_step() -> None:
    posts = [post("chuyen-vien", 2), post("tu-phap-ho-tich", 1)]
    assert best_post(PREFERRED, posts) == posts[1]


def test_a_held_post_goes_before_a_preferred_one_nobody_holds() -> None:
    posts = [post("chuyen-vien", 1), post("tu-phap-ho-tich", 0)]
    assert best_post(PREFERRED, posts) == posts[0]


def test_an_empty_desk_is_better_than_none() -> None:
    only = post("tu-phap-ho-tich", 0)
    assert best_post(PREFERRED, [only]) == only
    assert best_post(PREFERRED, []) is None


def test_every_published_flow_begins_and_ends_at_the_desk_and_passes_a_leader() -> None:
    for procedure in shipped():
        kinds_passed = [step.post for step in procedure.flow]
        assert kinds_passed[0] is PostKind.RECEPTION, procedure.code
        assert kinds_passed[-1] is PostKind.RECEPTION, procedure.code
        assert PostKind.LEADER in kinds_passed, procedure.code
