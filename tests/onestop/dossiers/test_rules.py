"""The law of moving a dossier, row by row."""

from datetime import UTC, datetime
from uuid import uuid4

import msgspec
import pytest

from app.onestop.catalog.shapes import ChannelKind, PostKind, Procedure
from app.onestop.catalog.source import shipped
from app.onestop.dossiers.rules import (
    ENDED,
    STATUS_NAMES,
    TRANSITIONS,
    Act,
    Answer,
    Facts,
    Status,
    Turn,
    acts_open,
    allowed,
    missing_papers,
    nodes_open,
    unknown_slots,
)
from app.people.shapes import Actor
from tests.onestop.dossiers.people import (
    AGENCY,
    ELSEWHERE,
    HOA,
    HUNG,
    LAN,
    MINH,
    NEARER,
    NGA,
    OUTSIDER,
    POSTS,
    THU,
    VISITOR,
    model,
    officer,
)

MONDAY = datetime(2026, 11, 23, 2, tzinfo=UTC)


def at(kind: str, **more: object) -> Turn:
    """An open step of a post of that kind."""
    given = {"node": "n", "agency_id": AGENCY, "post_id": POSTS[kind], **more}
    return Turn(id=uuid4(), kind=PostKind(kind), **given)  # type: ignore[arg-type]


def facts(status: Status | None, *turns: Turn, **more: object) -> Facts:
    return Facts(status=status, agency_id=AGENCY, citizen_id=HUNG.id, turns=turns, **more)  # type: ignore[arg-type]


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
    dossier = model()
    story = [
        (Act.SUBMIT, HUNG, 1), (Act.RECEIVE, LAN, 2), (Act.HAND_OVER, LAN, 4),
        (Act.PROCESS, HOA, 4), (Act.APPROVE, MINH, 4), (Act.FINISH, LAN, 9), (Act.DELIVER, LAN, 10),
    ]  # fmt: skip
    for act, actor, status in story:
        dossier.has_result = act is Act.FINISH
        assert dossier.may(act, actor, MONDAY) is Answer.YES, act
        dossier.do(act, actor, MONDAY)
        assert dossier.status == status, act
    assert acts_open(dossier.facts(MONDAY), LAN) == []
    assert not dossier.open


def test_nothing_is_finished_without_its_result() -> None:
    last = at("reception", last=True)
    assert allowed(Act.FINISH, facts(Status.PROCESSING, last), LAN) is Answer.NO_RESULT
    assert allowed(Act.FINISH, facts(Status.PROCESSING, last, has_result=True), HOA) is Answer.YES


@pytest.mark.asvs("2.3.1", "8.2.1")
def test_only_the_post_whose_turn_it_is_processes() -> None:
    other, now = officer("specialist", post_id=uuid4()), facts(Status.PROCESSING, at("specialist"))
    assert allowed(Act.PROCESS, now, other) is Answer.NOT_YOUR_TURN
    assert allowed(Act.PROCESS, now, HOA) is Answer.YES


def test_only_the_officer_it_is_assigned_to_processes() -> None:
    now = facts(Status.PROCESSING, at("specialist", officer_id=uuid4()))
    assert allowed(Act.PROCESS, now, HOA) is Answer.NOT_YOUR_TURN
    assert allowed(Act.ASSIGN, now, MINH) is Answer.YES


def test_a_specialist_does_not_approve() -> None:
    assert allowed(Act.APPROVE, facts(Status.PROCESSING, at("leader")), HOA) is Answer.NOT_YOUR_WORK


def test_the_last_of_several_leaders_signs_and_the_others_approve() -> None:
    first, last = at("leader"), at("leader", signs=True)
    assert allowed(Act.APPROVE, facts(Status.PROCESSING, first), MINH) is Answer.YES
    assert allowed(Act.SIGN_OFF, facts(Status.PROCESSING, first), MINH) is Answer.NOT_NOW
    assert allowed(Act.SIGN_OFF, facts(Status.PROCESSING, last), MINH) is Answer.YES
    assert allowed(Act.APPROVE, facts(Status.PROCESSING, last), MINH) is Answer.NOT_NOW


def test_a_leader_without_a_specialist_before_cannot_send_back() -> None:
    alone, second = at("leader"), at("leader", may_go_back=True)
    assert allowed(Act.SEND_BACK, facts(Status.PROCESSING, alone), MINH) is Answer.NOT_NOW
    assert allowed(Act.SEND_BACK, facts(Status.PROCESSING, second), MINH) is Answer.YES


def test_a_second_request_for_papers_is_the_leaders() -> None:
    now = facts(Status.PROCESSING, at("specialist"), requests=1)
    assert allowed(Act.ASK_SUPPLEMENT, now, HOA) is Answer.NEEDS_LEADER
    assert allowed(Act.ASK_AGAIN, now, HOA) is Answer.NOT_YOUR_WORK
    assert allowed(Act.ASK_AGAIN, now, MINH) is Answer.YES
    never = facts(Status.PROCESSING, at("specialist"))
    assert allowed(Act.ASK_AGAIN, never, MINH) is Answer.NOT_NOW


def test_an_extension_comes_once_and_before_the_time_is_over() -> None:
    now = facts(Status.PROCESSING, at("specialist"))
    assert allowed(Act.EXTEND, now, MINH) is Answer.YES
    late = msgspec.structs.replace(now, overdue=True)
    assert allowed(Act.EXTEND, late, MINH) is Answer.TOO_LATE
    twice = msgspec.structs.replace(now, extensions=1)
    assert allowed(Act.EXTEND, twice, MINH) is Answer.EXTENDED


def test_overdue_never_blocks_the_result() -> None:
    late = facts(
        Status.PROCESSING, at("reception", last=True), overdue=True, has_result=True, requests=2
    )
    assert allowed(Act.FINISH, late, LAN) is Answer.YES
    assert allowed(Act.DELIVER, facts(Status.FINISHED, overdue=True), LAN) is Answer.YES


@pytest.mark.parametrize("act", [Act.STOP, Act.WITHDRAW, Act.ASK_SUPPLEMENT])
def test_nothing_is_stopped_once_the_leaders_have_decided(act: Act) -> None:
    now = facts(Status.PROCESSING, at("reception", last=True), decided=True)
    who = LAN if act is Act.WITHDRAW else HOA
    assert allowed(act, now, who) is Answer.DECIDED


def test_a_paused_dossier_does_not_move_until_it_is_resumed() -> None:
    now = facts(Status.PROCESSING, at("specialist"), paused=True)
    for act in (Act.PROCESS, Act.PAUSE, Act.ASK_PAYMENT, Act.ASK_OPINION):
        assert allowed(act, now, HOA) is Answer.PAUSED, act
    assert allowed(Act.RESUME, now, HOA) is Answer.YES


def test_an_agency_asked_for_its_opinion_sees_the_dossier_and_only_answers() -> None:
    turn = Turn(id=uuid4(), node="o", kind=None, agency_id=ELSEWHERE, post_id=uuid4(), opinion=True)
    asked = officer("specialist", agency=ELSEWHERE, post_id=turn.post_id)
    now = facts(Status.PROCESSING, at("specialist"), turn, agencies=frozenset({ELSEWHERE}))
    assert acts_open(now, asked) == [Act.GIVE_OPINION]
    assert Act.GIVE_OPINION not in acts_open(now, HOA)


@pytest.mark.asvs("8.2.2")
@pytest.mark.parametrize("act", [act for act in Act if act is not Act.SUBMIT])
@pytest.mark.parametrize("status", list(Status))
def test_an_officer_of_another_agency_finds_no_dossier_at_all(act: Act, status: Status) -> None:
    for kind in ("reception", "specialist", "leader"):
        now = facts(status, at(kind), has_result=True)
        assert allowed(act, now, OUTSIDER) is Answer.NOT_YOURS


@pytest.mark.asvs("8.2.1")
def test_an_administrator_handles_no_dossiers() -> None:
    for act in Act:
        assert allowed(act, facts(Status.REGISTERED), THU) is Answer.NOT_YOURS


@pytest.mark.asvs("8.2.1")
def test_a_visitor_may_do_nothing() -> None:
    for status in (None, *Status):
        assert acts_open(facts(status, at("specialist"), has_result=True), VISITOR) == []


@pytest.mark.asvs("8.2.2")
def test_a_citizen_files_supplements_and_withdraws_and_only_the_own_dossier() -> None:
    assert acts_open(facts(None), HUNG) == [Act.SUBMIT]
    stranger = Actor(kind="citizen", name="Người khác", id=uuid4())
    for status in Status:
        now = facts(status, at("specialist"))
        expected = [Act.SUPPLEMENT] if status is Status.SUPPLEMENT_ASKED else []
        if status in (1, 2, 4, 5, 6):
            expected.append(Act.WITHDRAW)
        assert acts_open(now, HUNG) == expected, status
        assert acts_open(now, stranger) == []


@pytest.mark.asvs("2.3.1")
@pytest.mark.parametrize("status", sorted(ENDED))
def test_nothing_happens_after_the_end(status: Status) -> None:
    for actor in (LAN, HOA, MINH, HUNG):
        assert acts_open(facts(status, has_result=True), actor) == []


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


def test_nobody_works_on_what_is_on_its_way_from_another_desk() -> None:
    now = facts(Status.RECEIVED, desk_agency_id=NEARER, on_its_way=True)
    assert acts_open(now, LAN) == [Act.TAKE_OVER, Act.WITHDRAW]
    assert acts_open(now, NGA) == acts_open(now, HUNG) == [Act.WITHDRAW]
    assert acts_open(now, HOA) == acts_open(now, MINH) == acts_open(now, OUTSIDER) == []


def test_both_desks_take_papers_and_give_the_result_and_only_one_settles() -> None:
    for status, act in (
        (Status.SUPPLEMENT_ASKED, Act.SUPPLEMENT), (Status.FINISHED, Act.DELIVER),
        (Status.PAYMENT_ASKED, Act.WITHDRAW),
    ):  # fmt: skip
        now = facts(status, desk_agency_id=NEARER)
        assert acts_open(now, NGA)[:1] == [act]
        assert act in acts_open(now, LAN)
    working = facts(Status.RECEIVED, at("reception"), desk_agency_id=NEARER)
    assert acts_open(working, NGA) == [Act.WITHDRAW]
    assert allowed(Act.HAND_OVER, working, NGA) is Answer.NOT_YOUR_WORK


def test_work_at_another_agency_is_assigned_by_its_own_people() -> None:
    there = Turn(
        id=uuid4(), node="o", kind=PostKind.SPECIALIST, agency_id=ELSEWHERE, post_id=uuid4()
    )
    now = facts(Status.PROCESSING, there, agencies=frozenset({ELSEWHERE}))
    assert allowed(Act.ASSIGN, now, MINH) is Answer.NOT_YOUR_TURN
    assert allowed(Act.ASSIGN, now, officer("leader", agency=ELSEWHERE)) is Answer.YES
    both = facts(Status.PROCESSING, there, at("specialist"), agencies=frozenset({ELSEWHERE}))
    assert nodes_open(Act.ASSIGN, both, MINH) == ["n"]


def test_of_two_open_steps_the_named_one_is_meant() -> None:
    now = facts(Status.PROCESSING, at("leader", node="a"), at("leader", node="b", signs=True))
    assert nodes_open(Act.APPROVE, now, MINH) == ["a"]
    assert nodes_open(Act.SIGN_OFF, now, MINH) == ["b"]
    assert allowed(Act.APPROVE, now, MINH, "b") is Answer.NOT_NOW
    assert allowed(Act.PAUSE, now, MINH, "no such step") is Answer.NOT_NOW
