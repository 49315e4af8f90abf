"""One dossier as an officer sees it, decided here so that the template only draws."""

from collections.abc import Mapping, Sequence

import msgspec

from app.doors.desk.decisions import Decisions, decisions_of
from app.doors.desk.far_view import FarView
from app.doors.desk.lists_view import deadline_kind, long_moment, short_moment
from app.doors.desk.trail_words import TrailRow, trail_rows
from app.doors.words import dien_thoai, ngay
from app.onestop.catalog.shapes import Paper
from app.onestop.deadlines.reasons import title_of
from app.onestop.dossiers.queries.page import DossierPage, LedgerEntry, Passed, TaskView
from app.onestop.dossiers.rules import Status
from app.onestop.dossiers.shapes import CHANNEL_NAMES, PAPER_FORM_NAMES, WAY_NAMES
from app.onestop.forms.shapes import Sheet
from app.onestop.notices.queries import NoticeView
from app.onestop.notices.rules import State
from app.onestop.papers.queries import PaperView
from app.trail.queries import TrailLine

_ENDED = {Status.NOT_RECEIVED, Status.WITHDRAWN, Status.STOPPED, Status.DELIVERED}
_NOTICE_KINDS = {
    State.PENDING: "paused",
    State.SENT: "done",
    State.DELIVERED: "ok",
    State.FAILED: "late",
    State.IN_DOUBT: "soon",
    State.HELD: "paused",
    State.DROPPED: "done",
}


class Entry(msgspec.Struct, frozen=True):
    """One line of the timeline; `state`: past, here, next."""

    state: str
    title: str
    at: str
    note: str


class FileLine(msgspec.Struct, frozen=True):
    """One thing handed in for a paper; `url` "" when it is on paper only."""

    words: str
    url: str
    size: int | None


class PaperLine(msgspec.Struct, frozen=True):
    """One paper of the checklist with what came for it; `remark` when nothing did."""

    name: str
    full_name: str
    files: list[FileLine]
    remark: str
    missing: bool


class NoticeLine(msgspec.Struct, frozen=True):
    """One message with the tag of its state."""

    about: NoticeView
    kind: str
    at: str


class WorkLine(msgspec.Struct, frozen=True):
    """Work with the dossier: what, at whom, by when; for an opinion its question and answer."""

    name: str
    where: str
    who: str
    due: str
    question: str
    answer: str


class DossierView(msgspec.Struct, frozen=True, kw_only=True):
    """The whole page."""

    code: str
    version: int
    title: str
    applicant_name: str
    status: str
    deadline: tuple[str, str] | None
    paused: str
    works: list[WorkLine]
    facts: list[tuple[str, str]]
    applicant: list[tuple[str, str]]
    decisions: Decisions
    sheets: list[Sheet]
    papers: list[PaperLine]
    unneeded: list[PaperLine]
    results: list[PaperView]
    may_drop_result: bool
    entries: list[Entry]
    ledger: list[LedgerEntry]
    notices: list[NoticeLine]
    trail: list[TrailRow]
    has_receipt: bool
    received: bool
    carried: str


def dossier_view(
    shown: DossierPage, trail: Sequence[TrailLine], sent: Mapping[str, str], far: FarView
) -> DossierView:
    """What is shown of the dossier; `sent` is what was typed before, to be kept, `far` what lies
    with other systems."""
    decisions, left, papers = decisions_of(shown, sent), shown.remaining, _papers(shown)
    return DossierView(
        code=shown.code,
        version=shown.version,
        title=shown.summary,
        applicant_name=shown.applicant.full_name,
        status=shown.status.title,
        deadline=(deadline_kind(left), left.text) if left else None,
        paused=f"Tạm dừng: {title_of(shown.pause)}" if shown.pause else "",
        works=[_work(task) for task in shown.tasks if _to_show(task, far)],
        facts=_facts(shown),
        applicant=_applicant(shown),
        decisions=decisions,
        sheets=shown.sheets,
        papers=[line for line in papers if line.files or line.missing],
        unneeded=[line for line in papers if not line.files and not line.missing],
        results=shown.results,
        may_drop_result=decisions.attach,
        entries=_entries(shown),
        ledger=shown.ledger,
        notices=[_notice(each) for each in shown.notices],
        trail=trail_rows(trail),
        has_receipt=_has_receipt(shown),
        received=shown.received_at is not None,
        carried=f"Chuyển từ {shown.carried_from}" if shown.carried_from else "",
    )


def _has_receipt(shown: DossierPage) -> bool:
    """What was received elsewhere has a receipt there; ours have one since they were received."""
    if shown.received_at is None:
        return False
    return shown.carried_at is None or shown.received_at > shown.carried_at


def _to_show(task: TaskView, far: FarView) -> bool:
    if task.node in far.nodes:
        return False
    return task.state == "open" or (task.kind == "opinion" and task.state == "done")


def _work(task: TaskView) -> WorkLine:
    return WorkLine(
        task.name,
        task.agency_name if task.kind != "step" else task.post_title or task.agency_name,
        task.officer_name or "",
        short_moment(task.due_at) if task.due_at and task.state == "open" else "",
        task.question or "",
        task.answer or "",
    )


def _facts(shown: DossierPage) -> list[tuple[str, str]]:
    given = shown.delivered_way
    facts = [
        ("Thủ tục", f"{shown.procedure_name} ({shown.procedure_code})"),
        ("Cơ quan giải quyết", shown.agency_name),
        ("Đang ở", at_post(shown)),
        ("Cách nộp", CHANNEL_NAMES.get(shown.channel, shown.channel)),
        ("Nộp lúc", long_moment(shown.filed_at)),
        ("Tiếp nhận lúc", long_moment(shown.received_at)),
        ("Tiếp nhận tại", shown.desk_agency_name or ""),
        ("Cơ quan giải quyết nhận lúc", _came(shown)),
        ("Hẹn trả kết quả", long_moment(shown.due_at)),
        ("Nộp nghĩa vụ tài chính", f"trước hết ngày {ngay(shown.pay_by)}" if shown.pay_by else ""),
        ("Có kết quả lúc", long_moment(shown.finished_at)),
        ("Đăng ký nhận kết quả", WAY_NAMES.get(shown.wanted_way, shown.wanted_way)),
        ("Trả kết quả lúc", long_moment(shown.delivered_at)),
        ("Đã trả bằng cách", WAY_NAMES.get(given, given) if given else ""),
    ]
    return [(name, value) for name, value in facts if value]


def _came(shown: DossierPage) -> str:
    """When it came from the desk that took it in; "" where that is the agency's own."""
    if shown.desk_agency_name is None:
        return ""
    return long_moment(shown.competent_received_at) or "Chưa xác nhận đã nhận"


def at_post(shown: DossierPage) -> str:
    """The posts that have open work with it, each once."""
    posts = (task.post_title for task in shown.tasks if task.state == "open" and task.post_title)
    return ", ".join(dict.fromkeys(posts))


def _applicant(shown: DossierPage) -> list[tuple[str, str]]:
    who = shown.applicant
    facts = [
        ("Họ và tên", who.full_name),
        ("Số định danh", who.id_number or ""),
        ("Điện thoại", dien_thoai(who.phone)),
        ("Thư điện tử", who.email or ""),
        ("Địa chỉ", who.address or ""),
    ]
    return [(name, value) for name, value in facts if value]


def _papers(shown: DossierPage) -> list[PaperLine]:
    names = {paper.id for paper in shown.checklist}
    came = {paper.id: [p for p in shown.papers if p.slot == paper.id] for paper in shown.checklist}
    nothing = "Chưa có" if shown.carried_from is None else "Không có trong dữ liệu chuyển sang"
    lines = [_paper(paper, came[paper.id], shown.channel, nothing) for paper in shown.checklist]
    others = [paper for paper in shown.papers if paper.slot not in names]
    return [line for line in lines if line] + [
        PaperLine(each.title, "", [_file(each)], "", False) for each in others
    ]


def _paper(paper: Paper, came: list[PaperView], channel: str, nothing: str) -> PaperLine:
    remark = ""
    if not came:
        if paper.made_by_form and channel == "online":
            remark = "Nội dung kê khai ở tờ khai điện tử"
        elif paper.shown_only:
            remark = "Chỉ xuất trình, không phải nộp"
        else:
            remark = nothing if paper.required else "Không bắt buộc, chưa có"
    full_name = paper.name if paper.name != paper.short else ""
    return PaperLine(
        paper.short, full_name, [_file(each) for each in came], remark, remark == nothing
    )


def _file(paper: PaperView) -> FileLine:
    if paper.url:
        return FileLine(paper.name or paper.title, paper.url, paper.size)
    form = PAPER_FORM_NAMES.get(paper.form, paper.form)
    return FileLine(f"{form}, số lượng {paper.quantity:02}", "", None)


def _entries(shown: DossierPage) -> list[Entry]:
    """What was done, the step it stands at, and the steps to come."""
    at = next((step.name for step in shown.steps if step.state == "current"), None)
    ended = shown.status in _ENDED
    last = -1 if at or ended else len(shown.passed) - 1
    came = [_entry(each, n == last) for n, each in enumerate(shown.passed)]
    here = [Entry("here", at, at_post(shown), "")] if at and not ended else []
    ahead = [] if ended else [step.name for step in shown.steps if step.state == "ahead"]
    return came + here + [Entry("next", name, "", "") for name in ahead]


def _entry(each: Passed, here: bool) -> Entry:
    who = f" · {each.officer_name}" if each.officer_name else ""
    at = f"{short_moment(each.at)}{who}"
    return Entry("here" if here else "past", each.title, at, each.note or "")


def _notice(each: NoticeView) -> NoticeLine:
    return NoticeLine(
        each, _NOTICE_KINDS[each.state], short_moment(each.sent_at or each.created_at)
    )
