"""What may be done with a dossier (hồ sơ), when, and by whom. Pure: answers, never raises.

`TRANSITIONS` is the whole law of moving: a row is an act, the status it starts from and ends in,
the kind of post that may do it, and the article it is done under. Sources: Decree 118/2025/NĐ-CP
on the one-stop mechanism, Articles 16 to 20; the ten statuses are the national portal's codes.
"""

from collections.abc import Collection, Sequence
from enum import IntEnum, StrEnum
from uuid import UUID

from msgspec import Struct

from app.onestop.catalog.needs import papers_to_upload
from app.onestop.catalog.shapes import ChannelKind, Paper, PostKind, Procedure, Step
from app.onestop.workflows.rules import is_last, kind_at, next_step, step_back
from app.people.shapes import Actor


class Status(IntEnum):
    """The ten statuses (trạng thái hồ sơ) by the national portal's numbers."""

    REGISTERED = 1
    RECEIVED = 2
    NOT_RECEIVED = 3
    PROCESSING = 4
    SUPPLEMENT_ASKED = 5
    PAYMENT_ASKED = 6
    WITHDRAWN = 7
    STOPPED = 8
    FINISHED = 9
    DELIVERED = 10

    @property
    def title(self) -> str:
        """The name people read, word for word the national one."""
        return STATUS_NAMES[self]


STATUS_NAMES = {
    Status.REGISTERED: "Mới đăng ký",
    Status.RECEIVED: "Được tiếp nhận",
    Status.NOT_RECEIVED: "Không được tiếp nhận",
    Status.PROCESSING: "Đang xử lý",
    Status.SUPPLEMENT_ASKED: "Yêu cầu bổ sung giấy tờ",
    Status.PAYMENT_ASKED: "Yêu cầu thực hiện nghĩa vụ tài chính",
    Status.WITHDRAWN: "Công dân yêu cầu rút hồ sơ",
    Status.STOPPED: "Dừng xử lý",
    Status.FINISHED: "Đã xử lý xong",
    Status.DELIVERED: "Đã trả kết quả",
}


class Act(StrEnum):
    """What people do with a dossier."""

    SUBMIT = "submit"
    INTAKE = "intake"
    RECEIVE = "receive"
    HAND_OVER = "hand_over"
    PROCESS = "process"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    ATTACH_RESULT = "attach_result"
    FINISH = "finish"
    DELIVER = "deliver"


class Move(StrEnum):
    """Where an act leads in the procedure's flow."""

    STAY = "stay"
    ENTER = "enter"  # to the first step
    ON = "on"  # to the next step
    BACK = "back"  # to the nearest earlier specialist
    LEAVE = "leave"  # out of the flow: nobody's turn any more


class Where(StrEnum):
    """At which step an act is done."""

    ANY = "any"
    MIDDLE = "middle"  # a step that has another one after it
    LAST = "last"


class Transition(Struct, frozen=True, kw_only=True):
    """One permitted act. `start` None: there is no dossier yet. `who` empty: the citizen.

    `step` is the kind of post the current step must belong to. `turn`: only a holder of the very
    post whose turn it is; otherwise any holder of a post of the kinds in `who` at the agency.
    """

    act: Act
    start: Status | None
    end: Status
    who: tuple[PostKind, ...]
    title: str
    basis: str
    move: Move = Move.STAY
    where: Where = Where.ANY
    step: PostKind | None = None
    turn: bool = False
    needs_result: bool = False


_DESK = (PostKind.RECEPTION,)
_ANY_POST = (PostKind.RECEPTION, PostKind.SPECIALIST, PostKind.LEADER)
_DECREE = "Nghị định số 118/2025/NĐ-CP"

TRANSITIONS = (
    Transition(
        act=Act.SUBMIT, start=None, end=Status.REGISTERED, who=(),
        title="Nộp hồ sơ trực tuyến", basis=f"Điều 16 {_DECREE}",
    ),
    Transition(
        act=Act.INTAKE, start=None, end=Status.RECEIVED, who=_DESK, move=Move.ENTER,
        title="Tiếp nhận hồ sơ", basis=f"Điều 17 {_DECREE}",
    ),
    Transition(
        act=Act.RECEIVE, start=Status.REGISTERED, end=Status.RECEIVED, who=_DESK, move=Move.ENTER,
        title="Tiếp nhận hồ sơ", basis=f"Điều 17 {_DECREE}",
    ),
    Transition(
        act=Act.HAND_OVER, start=Status.RECEIVED, end=Status.PROCESSING, who=_DESK, move=Move.ON,
        where=Where.MIDDLE, step=PostKind.RECEPTION,
        title="Chuyển hồ sơ đến bộ phận chuyên môn", basis=f"Điều 18 {_DECREE}",
    ),
    Transition(
        act=Act.PROCESS, start=Status.PROCESSING, end=Status.PROCESSING,
        who=(PostKind.SPECIALIST,), move=Move.ON, where=Where.MIDDLE, step=PostKind.SPECIALIST,
        turn=True, title="Thẩm định xong, trình lãnh đạo", basis=f"Điều 19 {_DECREE}",
    ),
    Transition(
        act=Act.APPROVE, start=Status.PROCESSING, end=Status.PROCESSING,
        who=(PostKind.LEADER,), move=Move.ON, where=Where.MIDDLE, step=PostKind.LEADER,
        turn=True, title="Phê duyệt kết quả", basis=f"Điều 19 {_DECREE}",
    ),
    Transition(
        act=Act.SEND_BACK, start=Status.PROCESSING, end=Status.PROCESSING,
        who=(PostKind.LEADER,), move=Move.BACK, step=PostKind.LEADER,
        turn=True, title="Trả lại bộ phận chuyên môn", basis=f"Điều 19 {_DECREE}",
    ),
    Transition(
        act=Act.ATTACH_RESULT, start=Status.PROCESSING, end=Status.PROCESSING, who=_ANY_POST,
        where=Where.LAST, title="Đính kèm kết quả", basis=f"Điều 20 {_DECREE}",
    ),
    Transition(
        act=Act.FINISH, start=Status.PROCESSING, end=Status.FINISHED, who=_ANY_POST,
        move=Move.LEAVE, where=Where.LAST, needs_result=True,
        title="Đã có kết quả", basis=f"Điều 20 {_DECREE}",
    ),
    Transition(
        act=Act.DELIVER, start=Status.FINISHED, end=Status.DELIVERED, who=_DESK,
        title="Đã trả kết quả", basis=f"Điều 20 {_DECREE}",
    ),
)  # fmt: skip


class Facts(Struct, frozen=True, kw_only=True):
    """What the rules must know of a dossier; `status` None: there is none yet.

    `post_id` is the post whose turn it is; `has_result` also when it is declared to be on paper.
    """

    status: Status | None
    agency_id: UUID
    flow: tuple[Step, ...] = ()
    step: int | None = None
    post_id: UUID | None = None
    has_result: bool = False


class Answer(StrEnum):
    """What the rules say to an act."""

    YES = "yes"
    NOT_YOURS = (
        "not_yours"  # does no work in the agency: the dossier does not exist for this person
    )
    NOT_YOUR_WORK = "not_your_work"  # another kind of post does this
    NOT_YOUR_TURN = "not_your_turn"  # the right kind, but another post's turn
    NOT_NOW = "not_now"  # the dossier stands elsewhere
    NO_RESULT = "no_result"


def transition(act: Act) -> Transition:
    """The row of the table for the act; each act has exactly one."""
    return _BY_ACT[act]


def allowed(act: Act, facts: Facts, actor: Actor) -> Answer:
    """Whether the actor may do this now (được phép thực hiện), and if not, why."""
    row = transition(act)
    if not _may_see(row, facts, actor):
        return Answer.NOT_YOURS
    if not _does_such_work(row, facts, actor):
        return Answer.NOT_YOUR_WORK
    if row.start != facts.status or not _stands_at(row, facts):
        return Answer.NOT_NOW
    if row.turn and facts.post_id not in {post.id for post in actor.posts}:
        return Answer.NOT_YOUR_TURN
    if row.needs_result and not facts.has_result:
        return Answer.NO_RESULT
    return Answer.YES


def acts_open(facts: Facts, actor: Actor) -> list[Act]:
    """What the actor may do with the dossier now, in the table's order: the page's buttons."""
    return [row.act for row in TRANSITIONS if allowed(row.act, facts, actor) is Answer.YES]


def handles(agency_id: UUID, actor: Actor) -> bool:
    """Whether the agency's dossiers are this officer's work; an administrator's post is not."""
    return any(post.agency_id == agency_id and post.kind in _ANY_POST for post in actor.posts)


def step_after(act: Act, facts: Facts) -> int | None:
    """The step (bước) the dossier stands at after the act; asked only when the act is allowed."""
    match transition(act).move:
        case Move.ENTER:
            return 0 if facts.flow else None
        case Move.ON if facts.step is not None:
            return next_step(facts.flow, facts.step)
        case Move.BACK if facts.step is not None:
            return step_back(facts.flow, facts.step, PostKind.SPECIALIST)
        case _:
            return facts.step


def missing_papers(
    procedure: Procedure, kind: ChannelKind, case_id: str | None, slots: Collection[str]
) -> list[Paper]:
    """The required papers (giấy tờ bắt buộc) that are not among the filled `slots`, in order."""
    needed = papers_to_upload(procedure, kind, case_id)
    return [paper for paper in needed if paper.required and paper.id not in slots]


def unknown_slots(
    procedure: Procedure, kind: ChannelKind, case_id: str | None, slots: Sequence[str]
) -> list[str]:
    """Those of `slots` the procedure does not ask for in this case."""
    known = {paper.id for paper in papers_to_upload(procedure, kind, case_id)}
    return [slot for slot in slots if slot not in known]


def _may_see(row: Transition, facts: Facts, actor: Actor) -> bool:
    if not row.who:
        return actor.kind == "citizen"
    return handles(facts.agency_id, actor)


def _does_such_work(row: Transition, facts: Facts, actor: Actor) -> bool:
    return not row.who or any(
        post.agency_id == facts.agency_id and post.kind in row.who for post in actor.posts
    )


def _stands_at(row: Transition, facts: Facts) -> bool:
    if row.step is not None and kind_at(facts.flow, facts.step) is not row.step:
        return False
    if row.move is Move.BACK and step_after(row.act, facts) is None:
        return False
    last = is_last(facts.flow, facts.step)
    return row.where is Where.ANY or (row.where is Where.LAST) == last


_BY_ACT = {row.act: row for row in TRANSITIONS}
