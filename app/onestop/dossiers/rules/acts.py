"""What is done with a dossier, and the law of each act as a table. Pure.

A row is an act, the statuses it starts from, the one it ends in, the posts that may do it, and
the article it is done under. Source: Decree 118/2025/NĐ-CP on the one-stop mechanism, Articles 16
to 20.
"""

from enum import StrEnum

from msgspec import Struct

from app.onestop.catalog.shapes import PostKind
from app.onestop.deadlines.clocks import ELSEWHERE
from app.onestop.dossiers.rules.statuses import RUNNING, Status


class Act(StrEnum):
    """What people do with a dossier."""

    SUBMIT = "submit"
    INTAKE = "intake"
    INTAKE_FOR = "intake_for"
    TAKE_OVER = "take_over"
    RECEIVE = "receive"
    REFUSE = "refuse"
    ASK_SUPPLEMENT = "ask_supplement"
    ASK_AGAIN = "ask_again"
    SUPPLEMENT = "supplement"
    HAND_OVER = "hand_over"
    ASSIGN = "assign"
    PROCESS = "process"
    ASK_OPINION = "ask_opinion"
    GIVE_OPINION = "give_opinion"
    APPROVE = "approve"
    SIGN_OFF = "sign_off"
    SEND_BACK = "send_back"
    RECALL = "recall"
    GO_ON_WITHOUT = "go_on_without"
    ASK_FAR_AGAIN = "ask_far_again"
    ASK_PAYMENT = "ask_payment"
    CONFIRM_PAYMENT = "confirm_payment"
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    CORRECT = "correct"
    STOP = "stop"
    WITHDRAW = "withdraw"
    ATTACH_RESULT = "attach_result"
    FINISH = "finish"
    DELIVER = "deliver"


class Move(StrEnum):
    """Where an act leads in the procedure's workflow."""

    STAY = "stay"
    ENTER = "enter"  # to its first steps
    ON = "on"  # the actor's step is done
    BACK = "back"  # to an earlier step
    RECALL = "recall"  # the actor's last step is not done after all
    LEAVE = "leave"  # out of the workflow: nobody's turn any more


class Where(StrEnum):
    """At which open step an act is done."""

    ANY = "any"
    MIDDLE = "middle"  # a step that has another one after it
    LAST = "last"


class Need(StrEnum):
    """A fact an act asks for beside status and step."""

    RESULT = "result"
    UNDECIDED = "undecided"  # no decision on the result yet
    GOING = "going"  # the clock is not paused
    UNHELD = "unheld"  # it is not, or only for what the workflow waits for
    PAUSED = "paused"  # it is, for a reason of the agency's, or word from outside is awaited
    FIRST_REQUEST = "first_request"
    LATER_REQUEST = "later_request"
    IN_TIME = "in_time"  # the deadline is not over
    NOT_EXTENDED = "not_extended"
    BACK = "back"  # there is an earlier step to go back to
    SIGNS = "signs"  # the last of several leaders
    APPROVES = "approves"  # any other leader
    OWN_LAST = "own_last"  # the last act was the actor's own step, untouched since
    ELSEWHERE = "elsewhere"  # it is handed in at the desk of an agency that does not settle it
    ON_ITS_WAY = "on_its_way"  # the competent agency has not got it from there yet
    HERE = "here"  # it has
    FAR = "far"  # a part of the workflow lies with another system
    OPINION = "opinion"  # the open work is an opinion, asked of the actor's agency


class Transition(Struct, frozen=True, kw_only=True):
    """One permitted act. `starts` empty: there is no dossier yet. `end` None: the status stays,
    or is the one the dossier had before it was paused.

    `who`: kinds of posts; `citizen`: the dossier's own citizen may do it (too). `step` is the kind
    of post an open step must belong to. `turn`: only a holder of the very post whose turn it is;
    otherwise any holder of a post of the kinds in `who` at the agency; `either_desk`: also at the
    one whose desk took the dossier in; `there`: at the one that has the step, and no other.
    """

    act: Act
    starts: tuple[Status, ...]
    end: Status | None
    who: tuple[PostKind, ...]
    title: str
    basis: str
    citizen: bool = False
    move: Move = Move.STAY
    where: Where = Where.ANY
    step: PostKind | None = None
    turn: bool = False
    either_desk: bool = False
    there: bool = False
    needs: tuple[Need, ...] = ()


DESK = (PostKind.RECEPTION,)
WORKERS = (PostKind.SPECIALIST, PostKind.LEADER)
LEADERS = (PostKind.LEADER,)
ANY_POST = (PostKind.RECEPTION, PostKind.SPECIALIST, PostKind.LEADER)
_DECREE = "Nghị định số 118/2025/NĐ-CP"
_PROCESSING = (Status.PROCESSING,)
_UNENDED = (*RUNNING, Status.SUPPLEMENT_ASKED, Status.PAYMENT_ASKED)

TRANSITIONS = (
    Transition(
        act=Act.SUBMIT, starts=(), end=Status.REGISTERED, who=(), citizen=True,
        title="Nộp hồ sơ trực tuyến", basis=f"Điều 16 {_DECREE}",
    ),
    Transition(
        act=Act.INTAKE, starts=(), end=Status.RECEIVED, who=DESK, move=Move.ENTER,
        title="Tiếp nhận hồ sơ", basis=f"Điều 17 {_DECREE}",
    ),
    Transition(
        act=Act.INTAKE_FOR, starts=(), end=Status.RECEIVED, who=DESK, either_desk=True,
        needs=(Need.ELSEWHERE,),
        title="Tiếp nhận hồ sơ thuộc thẩm quyền của cơ quan khác", basis=f"Điều 17 {_DECREE}",
    ),
    Transition(
        act=Act.TAKE_OVER, starts=(Status.RECEIVED,), end=Status.RECEIVED, who=DESK,
        move=Move.ENTER, needs=(Need.ON_ITS_WAY,),
        title="Cơ quan có thẩm quyền nhận hồ sơ", basis=ELSEWHERE,
    ),
    Transition(
        act=Act.RECEIVE, starts=(Status.REGISTERED,), end=Status.RECEIVED, who=DESK,
        move=Move.ENTER, title="Tiếp nhận hồ sơ", basis=f"Điều 17 {_DECREE}",
    ),
    Transition(
        act=Act.REFUSE, starts=(Status.REGISTERED,), end=Status.NOT_RECEIVED, who=DESK,
        title="Từ chối tiếp nhận hồ sơ", basis=f"Điều 17 {_DECREE}",
    ),
    Transition(
        act=Act.HAND_OVER, starts=(Status.RECEIVED,), end=Status.PROCESSING, who=DESK,
        move=Move.ON, where=Where.MIDDLE, step=PostKind.RECEPTION, needs=(Need.GOING,),
        title="Chuyển hồ sơ đến bộ phận chuyên môn", basis=f"Điều 18 {_DECREE}",
    ),
    Transition(
        act=Act.PROCESS, starts=_PROCESSING, end=Status.PROCESSING,
        who=(PostKind.SPECIALIST,), move=Move.ON, where=Where.MIDDLE, step=PostKind.SPECIALIST,
        turn=True, needs=(Need.GOING,),
        title="Thẩm định xong, trình lãnh đạo", basis=f"Điều 19 {_DECREE}",
    ),
    Transition(
        act=Act.APPROVE, starts=_PROCESSING, end=Status.PROCESSING,
        who=LEADERS, move=Move.ON, where=Where.MIDDLE, step=PostKind.LEADER,
        turn=True, needs=(Need.GOING, Need.APPROVES),
        title="Phê duyệt kết quả", basis=f"Điều 19 {_DECREE}",
    ),
    Transition(
        act=Act.SIGN_OFF, starts=_PROCESSING, end=Status.PROCESSING,
        who=LEADERS, move=Move.ON, where=Where.MIDDLE, step=PostKind.LEADER,
        turn=True, needs=(Need.GOING, Need.SIGNS),
        title="Ký duyệt kết quả", basis=f"Điều 19 {_DECREE}",
    ),
    Transition(
        act=Act.SEND_BACK, starts=_PROCESSING, end=Status.PROCESSING,
        who=LEADERS, move=Move.BACK, step=PostKind.LEADER,
        turn=True, needs=(Need.GOING, Need.BACK),
        title="Trả lại bộ phận chuyên môn", basis=f"Điều 19 {_DECREE}",
    ),
    Transition(
        act=Act.GIVE_OPINION, starts=(*RUNNING, Status.PAYMENT_ASKED), end=None, who=WORKERS,
        turn=True, needs=(Need.OPINION,),
        title="Trả lời ý kiến", basis=f"khoản 5 Điều 19 {_DECREE}",
    ),
    Transition(
        act=Act.ATTACH_RESULT, starts=_PROCESSING, end=Status.PROCESSING, who=ANY_POST,
        where=Where.LAST, title="Đính kèm kết quả", basis=f"Điều 20 {_DECREE}",
    ),
    Transition(
        act=Act.FINISH, starts=_PROCESSING, end=Status.FINISHED, who=ANY_POST,
        move=Move.LEAVE, where=Where.LAST, needs=(Need.GOING, Need.RESULT),
        title="Đã có kết quả", basis=f"Điều 20 {_DECREE}",
    ),
    Transition(
        act=Act.DELIVER, starts=(Status.FINISHED,), end=Status.DELIVERED, who=DESK,
        either_desk=True,
        title="Đã trả kết quả", basis=f"Điều 20 {_DECREE}",
    ),
    Transition(
        act=Act.SUPPLEMENT, starts=(Status.SUPPLEMENT_ASKED,), end=None, who=DESK, citizen=True,
        either_desk=True,
        title="Bổ sung, hoàn thiện hồ sơ", basis=f"khoản 4 Điều 19 {_DECREE}",
    ),
    Transition(
        act=Act.CONFIRM_PAYMENT, starts=(Status.PAYMENT_ASKED,), end=None, who=ANY_POST,
        title="Xác nhận đã thực hiện nghĩa vụ tài chính", basis=f"Điều 22 {_DECREE}",
    ),
    Transition(
        act=Act.RESUME, starts=RUNNING, end=None, who=ANY_POST, needs=(Need.PAUSED,),
        title="Tiếp tục tính thời hạn", basis=f"Điều 19 {_DECREE}",
    ),
    Transition(
        act=Act.RECALL, starts=RUNNING, end=None, who=ANY_POST, move=Move.RECALL,
        needs=(Need.UNHELD, Need.OWN_LAST),
        title="Rút lại việc vừa chuyển", basis=f"Điều 18 {_DECREE}",
    ),
    Transition(
        act=Act.GO_ON_WITHOUT, starts=RUNNING, end=None, who=WORKERS,
        needs=(Need.GOING, Need.FAR),
        title="Tiếp tục, không chờ kết quả liên thông", basis=f"khoản 6 Điều 19 {_DECREE}",
    ),
    Transition(
        act=Act.ASK_FAR_AGAIN, starts=RUNNING, end=None, who=WORKERS,
        needs=(Need.GOING, Need.FAR),
        title="Gửi lại yêu cầu liên thông", basis=f"khoản 6 Điều 19 {_DECREE}",
    ),
    Transition(
        act=Act.ASSIGN, starts=RUNNING, end=None, who=WORKERS, step=PostKind.SPECIALIST,
        there=True,
        title="Phân công xử lý", basis=f"Điều 19 {_DECREE}",
    ),
    Transition(
        act=Act.ASK_OPINION, starts=_PROCESSING, end=None, who=WORKERS, turn=True,
        where=Where.MIDDLE, needs=(Need.GOING,),
        title="Lấy ý kiến cơ quan khác", basis=f"khoản 5 Điều 19 {_DECREE}",
    ),
    Transition(
        act=Act.ASK_SUPPLEMENT, starts=(Status.REGISTERED, *RUNNING), end=Status.SUPPLEMENT_ASKED,
        who=ANY_POST, needs=(Need.HERE, Need.GOING, Need.FIRST_REQUEST, Need.UNDECIDED),
        title="Yêu cầu bổ sung, hoàn thiện hồ sơ", basis=f"Điều 17 và khoản 4 Điều 19 {_DECREE}",
    ),
    Transition(
        act=Act.ASK_AGAIN, starts=(Status.REGISTERED, *RUNNING), end=Status.SUPPLEMENT_ASKED,
        who=LEADERS, needs=(Need.HERE, Need.GOING, Need.LATER_REQUEST, Need.UNDECIDED),
        title="Yêu cầu bổ sung lần nữa", basis=f"Điều 17 và khoản 4 Điều 19 {_DECREE}",
    ),
    Transition(
        act=Act.ASK_PAYMENT, starts=_PROCESSING, end=Status.PAYMENT_ASKED, who=WORKERS,
        turn=True, needs=(Need.GOING,),
        title="Yêu cầu thực hiện nghĩa vụ tài chính", basis=f"Điều 22 {_DECREE}",
    ),
    Transition(
        act=Act.PAUSE, starts=_PROCESSING, end=None, who=WORKERS, turn=True, needs=(Need.GOING,),
        title="Tạm dừng tính thời hạn", basis=f"Điều 19 {_DECREE}",
    ),
    Transition(
        act=Act.EXTEND, starts=RUNNING, end=None, who=LEADERS,
        needs=(Need.HERE, Need.GOING, Need.IN_TIME, Need.NOT_EXTENDED),
        title="Xin lỗi và gia hạn giải quyết", basis=f"khoản 9 Điều 19 {_DECREE}",
    ),
    Transition(
        act=Act.CORRECT, starts=RUNNING, end=None, who=DESK, needs=(Need.HERE,),
        title="Đính chính thông tin tiếp nhận", basis=f"Điều 17 {_DECREE}",
    ),
    Transition(
        act=Act.STOP, starts=_UNENDED, end=Status.STOPPED, who=WORKERS, move=Move.LEAVE,
        needs=(Need.HERE, Need.UNDECIDED),
        title="Dừng giải quyết theo đề nghị", basis=f"Điều 19 {_DECREE}",
    ),
    Transition(
        act=Act.WITHDRAW, starts=(Status.REGISTERED, *_UNENDED), end=Status.WITHDRAWN, who=DESK,
        either_desk=True, citizen=True, move=Move.LEAVE, needs=(Need.UNDECIDED,),
        title="Rút hồ sơ theo yêu cầu", basis=f"Điều 19 {_DECREE}",
    ),
)  # fmt: skip

_BY_ACT = {row.act: row for row in TRANSITIONS}


def transition(act: Act) -> Transition:
    """The row of the table for the act; each act has exactly one."""
    return _BY_ACT[act]
