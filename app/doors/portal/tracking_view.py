"""The tracking page's content, decided here so that the template only draws."""

import msgspec

from app.doors.portal.due_words import due_words
from app.doors.words import gio_ngay, ngay
from app.onestop.deadlines.reasons import title_of
from app.onestop.dossiers.queries.tracking import TrackedResult, TrackedStep, Tracking
from app.onestop.dossiers.rules import ENDED, RUNNING, Status
from app.onestop.dossiers.shapes import CHANNEL_NAMES, WAY_NAMES
from app.onestop.reorganisation.succession import AgencyNames


class Entry(msgspec.Struct, frozen=True):
    """One line of the timeline; `state`: past, here, next, late."""

    state: str
    title: str
    at: str
    note: str


class TrackView(msgspec.Struct, frozen=True, kw_only=True):
    """The whole page."""

    code: str
    status: str
    changed: str
    due: str  # empty before reception
    known: bool  # whether the second factor was given
    facts: list[tuple[str, str]]
    entries: list[Entry]
    results: list[TrackedResult]
    said: list[str]  # what the standing means, to who knows the second factor
    own: str  # what the dossier's own citizen may do, as a link's words


def track_view(found: Tracking, names: AgencyNames | None = None) -> TrackView:
    """What is shown of the dossier; `names` tell what its agency was before and is now."""
    details = found.details
    facts: list[tuple[str, str]] = []
    if details:
        facts = [
            ("Thủ tục", details.procedure_name),
            ("Cơ quan giải quyết", _agency(details.agency_name, names)),
            ("Người nộp", details.applicant_name),
            ("Cách nộp", CHANNEL_NAMES.get(details.channel, details.channel)),
            ("Cách nhận kết quả", WAY_NAMES.get(details.wanted_way, details.wanted_way)),
            ("Ngày nộp", gio_ngay(details.filed_at)),
        ]
    return TrackView(
        code=found.code,
        status=found.status.title,
        changed=gio_ngay(found.changed_at),
        due=due_words(found.status, gio_ngay(found.due_at), paused=_stands_still(found)),
        known=details is not None,
        facts=facts,
        entries=_entries(details.steps, found.status) if details else [],
        results=details.results if details else [],
        said=_said(found),
        own=_OWN.get(found.status, "Mở hồ sơ của ông/bà"),
    )


def _stands_still(found: Tracking) -> bool:
    """Known only with the second factor."""
    pause = found.details.pause if found.details else None
    return pause is not None and found.status in RUNNING


def _said(found: Tracking) -> list[str]:
    if found.details is None:
        return []
    if found.status is Status.SUPPLEMENT_ASKED:
        by = ngay(found.details.reply_by)
        return [f"Cơ quan yêu cầu bổ sung giấy tờ trước hết ngày {by}.", *_MEANS[found.status]]
    if _stands_still(found):
        why = title_of(found.details.pause)
        return [f"Đang tạm dừng tính thời hạn do {why}. Ngày hẹn sẽ được dời và báo cho người nộp."]
    return _MEANS.get(found.status, [])


_OWN = {
    Status.SUPPLEMENT_ASKED: "Xem và bổ sung giấy tờ",
    Status.PAYMENT_ASKED: "Xem việc cần làm",
}
_MEANS = {
    Status.SUPPLEMENT_ASKED: [
        "Người nộp xem giấy tờ cần bổ sung tại mục Hồ sơ của tôi hoặc trên phiếu đã nhận, và gửi "
        "trực tuyến hoặc mang đến Bộ phận Một cửa."
    ],
    Status.PAYMENT_ASKED: [
        "Người nộp thực hiện nghĩa vụ tài chính theo thông báo của cơ quan. Ngày hẹn sẽ được dời "
        "theo thời gian tạm dừng."
    ],
    Status.NOT_RECEIVED: [
        "Lý do có trên phiếu từ chối tiếp nhận, xem tại mục Hồ sơ của tôi. Người nộp có thể nộp "
        "hồ sơ mới."
    ],
    Status.WITHDRAWN: ["Hồ sơ đã được rút. Nếu còn nhu cầu, người nộp nộp hồ sơ mới."],
    Status.STOPPED: ["Lý do có trên thông báo dừng giải quyết, xem tại mục Hồ sơ của tôi."],
}


def _agency(name: str, names: AgencyNames | None) -> str:
    if names and names.successor:
        return f"{name} (nay là {names.successor})"
    return f"{name} (trước đây là {names.former})" if names and names.former else name


def _entries(steps: list[TrackedStep], status: Status) -> list[Entry]:
    last = len(steps) - 1
    return [
        Entry(
            "here" if n == last and status not in ENDED else "past",
            step.title,
            gio_ngay(step.at),
            step.agency_name,
        )
        for n, step in enumerate(steps)
    ]
