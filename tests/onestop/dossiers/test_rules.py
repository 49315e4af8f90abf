"""The law of moving a dossier, walked in every direction."""

from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.onestop.catalog.shapes import ChannelKind, PostKind, Procedure, Step
from app.onestop.catalog.source import shipped
from app.onestop.dossiers.rules import (
    STATUS_NAMES,
    TRANSITIONS,
    Act,
    Answer,
    Facts,
    Move,
    Status,
    acts_open,
    allowed,
    missing_papers,
    step_after,
    transition,
    unknown_slots,
)
from app.onestop.workflows.rules import kind_at
from app.people.shapes import Actor, HeldPost

AGENCY, ELSEWHERE = uuid4(), uuid4()
POSTS = {kind: uuid4() for kind in ("reception", "specialist", "leader", "administrator")}
FLOW = (
    Step("tiep-nhan", "Tiếp nhận", PostKind.RECEPTION, 10),
    Step("thu-ly", "Thụ lý", PostKind.SPECIALIST, 60),
    Step("phe-duyet", "Phê duyệt", PostKind.LEADER, 20),
    Step("tra-ket-qua", "Trả kết quả", PostKind.RECEPTION, 10),
)
HUNG = Actor(kind="citizen", name="Trần Văn Hùng", id=uuid4())
VISITOR = Actor(kind="visitor", name="Khách")


def officer(*kinds: str, agency: UUID = AGENCY, post_id: UUID | None = None) -> Actor:
    posts = tuple(
        HeldPost(post_id or POSTS[kind], kind, kind, agency, "Cơ quan")  # type: ignore[arg-type]
        for kind in kinds
    )
    return Actor(kind="officer", name="Cán bộ", id=uuid4(), posts=posts)


LAN, HOA, MINH = officer("reception"), officer("specialist"), officer("leader")
THU, OUTSIDER = officer("administrator"), officer("reception", "leader", agency=ELSEWHERE)
EVERYBODY = [LAN, HOA, MINH, THU, OUTSIDER, HUNG, VISITOR]


def facts(status: Status | None, step: int | None = None, *, has_result: bool = False) -> Facts:
    kind = kind_at(FLOW, step)
    return Facts(
        status=status, agency_id=AGENCY, flow=FLOW, step=step,
        post_id=POSTS[kind] if kind else None, has_result=has_result,
    )  # fmt: skip


def moved(act: Act, before: Facts) -> Facts:
    """The facts after an allowed act, as the service writes them."""
    row, step = transition(act), step_after(act, before)
    kind = kind_at(before.flow, step)
    leaves = row.move is Move.LEAVE or (row.move is Move.STAY and before.post_id is None)
    post_id = None if leaves or kind is None else POSTS[kind]
    return msgspec.structs.replace(before, status=row.end, step=step, post_id=post_id)


def test_the_ten_statuses_have_their_national_names() -> None:
    assert [status.title for status in Status] == [
        "Mới đăng ký",
        "Được tiếp nhận",
        "Không được tiếp nhận",
        "Đang xử lý",
        "Yêu cầu bổ sung giấy tờ",
        "Yêu cầu thực hiện nghĩa vụ tài chính",
        "Công dân yêu cầu rút hồ sơ",
        "Dừng xử lý",
        "Đã xử lý xong",
        "Đã trả kết quả",
    ]
    assert [int(status) for status in STATUS_NAMES] == list(range(1, 11))


def test_each_act_has_exactly_one_row() -> None:
    assert sorted(row.act for row in TRANSITIONS) == sorted(Act)


def test_the_main_job_takes_seven_changes() -> None:
    story = [
        (Act.SUBMIT, HUNG, 1, None), (Act.RECEIVE, LAN, 2, 0), (Act.HAND_OVER, LAN, 4, 1),
        (Act.PROCESS, HOA, 4, 2), (Act.APPROVE, MINH, 4, 3), (Act.FINISH, LAN, 9, 3),
        (Act.DELIVER, LAN, 10, 3),
    ]  # fmt: skip
    now = facts(None)
    for act, actor, status, step in story:
        if act is Act.FINISH:
            now = msgspec.structs.replace(now, has_result=True)
        assert allowed(act, now, actor) is Answer.YES, act
        now = moved(act, now)
        assert (now.status, now.step) == (status, step), act
    assert acts_open(now, LAN) == []


def test_a_paper_dossier_starts_received_at_the_desk() -> None:
    start = facts(None)
    assert allowed(Act.INTAKE, start, LAN) is Answer.YES
    assert moved(Act.INTAKE, start).status is Status.RECEIVED
    assert moved(Act.INTAKE, start).step == 0


def test_nothing_is_finished_without_its_result() -> None:
    assert allowed(Act.FINISH, facts(Status.PROCESSING, 3), LAN) is Answer.NO_RESULT
    assert allowed(Act.FINISH, facts(Status.PROCESSING, 3, has_result=True), HOA) is Answer.YES


def test_only_the_post_whose_turn_it_is_processes() -> None:
    other = officer("specialist", post_id=uuid4())
    assert allowed(Act.PROCESS, facts(Status.PROCESSING, 1), other) is Answer.NOT_YOUR_TURN
    assert allowed(Act.PROCESS, facts(Status.PROCESSING, 1), HOA) is Answer.YES


def test_a_specialist_does_not_approve() -> None:
    assert allowed(Act.APPROVE, facts(Status.PROCESSING, 2), HOA) is Answer.NOT_YOUR_WORK


def test_the_leader_sends_back_to_the_specialist_and_gets_it_again() -> None:
    before = facts(Status.PROCESSING, 2)
    assert allowed(Act.SEND_BACK, before, MINH) is Answer.YES
    back = moved(Act.SEND_BACK, before)
    assert (back.step, back.post_id) == (1, POSTS["specialist"])
    assert moved(Act.PROCESS, back).step == 2


def test_a_leader_without_a_specialist_before_cannot_send_back() -> None:
    short = msgspec.structs.replace(facts(Status.PROCESSING, 2), flow=(FLOW[0], FLOW[2], FLOW[3]))
    at_leader = msgspec.structs.replace(short, step=1)
    assert allowed(Act.SEND_BACK, at_leader, MINH) is Answer.NOT_NOW


@pytest.mark.parametrize("act", [act for act in Act if act is not Act.SUBMIT])
@pytest.mark.parametrize("status", list(Status))
def test_an_officer_of_another_agency_finds_no_dossier_at_all(act: Act, status: Status) -> None:
    for step in range(4):
        assert allowed(act, facts(status, step, has_result=True), OUTSIDER) is Answer.NOT_YOURS


def test_an_administrator_handles_no_dossiers() -> None:
    for act in Act:
        assert allowed(act, facts(Status.REGISTERED), THU) is Answer.NOT_YOURS


def test_a_visitor_may_do_nothing() -> None:
    for status in (None, *Status):
        assert acts_open(facts(status, 1, has_result=True), VISITOR) == []


def test_a_citizen_may_only_submit() -> None:
    assert acts_open(facts(None), HUNG) == [Act.SUBMIT]
    for status in Status:
        assert acts_open(facts(status, 1, has_result=True), HUNG) == []


@given(st.lists(st.tuples(st.sampled_from(list(Act)), st.sampled_from(EVERYBODY)), max_size=60))
def test_no_walk_reaches_an_illegal_place(walk: list[tuple[Act, Actor]]) -> None:
    now, passed = facts(None), []
    for act, actor in walk:
        before = now
        if allowed(act, now, actor) is not Answer.YES:
            continue
        assert actor not in (OUTSIDER, THU, VISITOR)
        now = moved(act, now)
        if act is Act.ATTACH_RESULT:
            now = msgspec.structs.replace(now, has_result=True)
        passed.append(act)
        row = transition(act)
        assert (before.status, now.status) == (row.start, row.end)
        assert before.status is not Status.DELIVERED
        assert now.status in {1, 2, 4, 9, 10}
        assert (now.step is None) == (now.status is Status.REGISTERED)
        assert (now.post_id is None) == (now.status in {1, 9, 10})
    if now.status is Status.DELIVERED:
        for needed in (Act.HAND_OVER, Act.PROCESS, Act.APPROVE, Act.ATTACH_RESULT, Act.FINISH):
            assert needed in passed
        assert passed.index(Act.APPROVE) < passed.index(Act.ATTACH_RESULT)


@given(
    st.sampled_from(list(Act)),
    st.sampled_from([None, *Status]),
    st.one_of(st.none(), st.integers(-1, 9)),
    st.booleans(),
    st.sampled_from(EVERYBODY),
)
def test_the_rules_answer_whatever_they_are_asked(
    act: Act, status: Status | None, step: int | None, has_result: bool, actor: Actor
) -> None:
    answer = allowed(act, facts(status, step, has_result=has_result), actor)
    assert answer in Answer
    if answer is Answer.YES:
        assert transition(act).start == status


def birth() -> Procedure:
    return next(each for each in shipped() if each.code == "1.001193")


def building() -> Procedure:
    return next(each for each in shipped() if each.code == "1.013225")


def test_a_birth_filed_online_needs_the_certificate_only() -> None:
    missing = missing_papers(birth(), ChannelKind.ONLINE, None, [])
    assert [paper.id for paper in missing] == ["giay-chung-sinh"]
    assert missing_papers(birth(), ChannelKind.ONLINE, None, ["giay-chung-sinh"]) == []


def test_a_birth_at_the_counter_needs_the_declaration_too() -> None:
    missing = missing_papers(birth(), ChannelKind.DIRECT, None, ["giay-chung-sinh"])
    assert [paper.id for paper in missing] == ["to-khai"]


def test_the_chosen_case_decides_the_papers() -> None:
    cases = {case.id for case in building().cases if not case.always}
    needed = {
        case: [p.id for p in missing_papers(building(), ChannelKind.ONLINE, case, [])]
        for case in cases
    }
    assert len({tuple(papers) for papers in needed.values()}) > 1


def test_a_paper_nobody_asked_for_is_noticed() -> None:
    assert unknown_slots(birth(), ChannelKind.ONLINE, None, ["giay-chung-sinh", "x"]) == ["x"]
