"""Walking a flow of steps."""

from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from app.onestop.catalog.shapes import PostKind, Step
from app.onestop.catalog.source import shipped
from app.onestop.workflows.rules import (
    PostChoice,
    best_post,
    is_last,
    kind_at,
    next_step,
    step_back,
)

FLOW = [
    Step("tiep-nhan", "Tiếp nhận, chuyển hồ sơ", PostKind.RECEPTION, 10),
    Step("thu-ly", "Thụ lý hồ sơ", PostKind.SPECIALIST, 60, "tu-phap-ho-tich"),
    Step("phe-duyet", "Phê duyệt kết quả", PostKind.LEADER, 20),
    Step("tra-ket-qua", "Trả kết quả", PostKind.RECEPTION, 10),
]
kinds = st.sampled_from(list(PostKind))
flows = st.lists(st.builds(Step, st.just("b"), st.just("Bước"), kinds, st.just(0)), max_size=9)


def post(key: str, holders: int) -> PostChoice:
    return PostChoice(id=uuid4(), key=key, title=key, holders=holders)


def test_each_step_leads_to_the_next_and_the_last_to_none() -> None:
    assert [next_step(FLOW, step) for step in range(4)] == [1, 2, 3, None]
    assert [is_last(FLOW, step) for step in range(4)] == [False, False, False, True]


def test_the_leader_sends_back_to_the_specialist() -> None:
    assert step_back(FLOW, 2, PostKind.SPECIALIST) == 1


def test_nobody_stands_before_the_first_step() -> None:
    assert step_back(FLOW, 0, PostKind.SPECIALIST) is None
    assert step_back(FLOW, 1, PostKind.SPECIALIST) is None


def test_outside_the_flow_there_is_no_step() -> None:
    assert kind_at(FLOW, None) is None
    assert kind_at(FLOW, 4) is None
    assert kind_at(FLOW, -1) is None
    assert next_step(FLOW, 7) is None
    assert is_last([], None) is False


@given(flows, st.integers(-3, 12), kinds)
def test_every_answer_is_a_step_of_the_flow(flow: list[Step], at: int, kind: PostKind) -> None:
    onward, back = next_step(flow, at), step_back(flow, at, kind)
    assert onward is None or (onward == at + 1 and kind_at(flow, onward) is not None)
    assert back is None or (0 <= back < at and kind_at(flow, back) is kind)


def test_the_preferred_post_takes_the_step() -> None:
    posts = [post("chuyen-vien", 2), post("tu-phap-ho-tich", 1)]
    assert best_post(FLOW[1], posts) == posts[1]


def test_a_held_post_goes_before_a_preferred_one_nobody_holds() -> None:
    posts = [post("chuyen-vien", 1), post("tu-phap-ho-tich", 0)]
    assert best_post(FLOW[1], posts) == posts[0]


def test_an_empty_desk_is_better_than_none() -> None:
    only = post("tu-phap-ho-tich", 0)
    assert best_post(FLOW[1], [only]) == only
    assert best_post(FLOW[1], []) is None


def test_every_published_flow_begins_and_ends_at_the_desk_and_passes_a_leader() -> None:
    for procedure in shipped():
        kinds_passed = [step.post for step in procedure.flow]
        assert kinds_passed[0] is PostKind.RECEPTION, procedure.code
        assert kinds_passed[-1] is PostKind.RECEPTION, procedure.code
        assert PostKind.LEADER in kinds_passed, procedure.code
