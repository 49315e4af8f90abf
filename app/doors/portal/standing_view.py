"""What a dossier's standing means for its citizen: what happened, what to do, what comes next."""

from collections.abc import Sequence

import msgspec

from app.doors.portal.asked_view import slip_address
from app.doors.words import gio_ngay, ngay
from app.onestop.deadlines.reasons import title_of
from app.onestop.dossiers.queries.asked import Beside
from app.onestop.dossiers.queries.page import DossierPage
from app.onestop.dossiers.rules import RUNNING, Status
from app.onestop.slips.queries import SlipLine, slip_of
from app.onestop.slips.shapes import RefusalSlip, StopNotice

_LATER = "Cơ quan báo ngày hẹn trả kết quả mới cho ông/bà bằng tin nhắn."
_AGAIN = "Nếu còn nhu cầu, ông/bà có thể nộp hồ sơ mới."
_FORMS = {Status.NOT_RECEIVED: "03", Status.STOPPED: "05"}


class StandingNote(msgspec.Struct, frozen=True, kw_only=True):
    """One note at the top of the page; `kind` as `parts/status.html` has it, `slip` an address."""

    kind: str
    title: str
    sentences: list[str]
    slip: str = ""
    again: str = ""  # where a new dossier is begun


async def standing_note(
    shown: DossierPage, aside: Beside, slips: Sequence[SlipLine]
) -> StandingNote | None:
    """What must be said before everything else; None when the dossier just goes its way."""
    if shown.status is Status.PAYMENT_ASKED:
        return _payment(shown, aside)
    if shown.status is Status.WITHDRAWN:
        return _withdrawn(shown)
    if form := _FORMS.get(shown.status):
        return await _ended(shown, form, slips)
    if shown.pause and shown.status in RUNNING:
        return _paused(shown)
    return _answered(shown, aside)


def _payment(shown: DossierPage, aside: Beside) -> StandingNote:
    why = [f"Nội dung: {aside.payment_note.rstrip('.')}."] if aside.payment_note else []
    by = f", trước hết ngày {ngay(shown.pay_by)}," if shown.pay_by else ""
    return StandingNote(
        kind="soon",
        title="Ông/bà cần thực hiện nghĩa vụ tài chính",
        sentences=[
            *why,
            f"Ông/bà nộp theo thông báo của {shown.agency_name}{by} và giữ chứng từ đã nộp.",
            "Trong lúc chờ, thời hạn giải quyết tạm dừng. Sau khi cơ quan xác nhận ông/bà đã nộp, "
            f"ngày hẹn được dời theo thời gian tạm dừng. {_LATER}",
        ],
    )


def _paused(shown: DossierPage) -> StandingNote:
    return StandingNote(
        kind="paused",
        title="Hồ sơ đang tạm dừng tính thời hạn",
        sentences=[
            f"Lý do: {title_of(shown.pause)}.",
            "Ông/bà chưa phải làm gì thêm. Thời gian tạm dừng không tính vào thời hạn nên ngày "
            f"hẹn sẽ được dời. {_LATER}",
        ],
    )


def _withdrawn(shown: DossierPage) -> StandingNote:
    at = gio_ngay(shown.passed[-1].at)
    return StandingNote(
        kind="info",
        title="Hồ sơ đã được rút",
        sentences=[f"Rút lúc {at}. Cơ quan không giải quyết hồ sơ này nữa.", _AGAIN],
        again=f"/thu-tuc/{shown.procedure_code}",
    )


async def _ended(shown: DossierPage, form: str, slips: Sequence[SlipLine]) -> StandingNote:
    refused = shown.status is Status.NOT_RECEIVED
    return StandingNote(
        kind="late",
        title="Hồ sơ không được tiếp nhận" if refused else "Hồ sơ đã dừng giải quyết",
        sentences=[*await _why(shown.code, form, slips), _AGAIN],
        slip=slip_address(shown.code, slips, form),
        again=f"/thu-tuc/{shown.procedure_code}",
    )


async def _why(code: str, form: str, slips: Sequence[SlipLine]) -> list[str]:
    line = next((slip for slip in slips if slip.form == form and not slip.replaced), None)
    slip = await slip_of(code, line.id) if line else None
    match slip.content if slip else None:
        case RefusalSlip(reason=reason, detail=detail):
            said = [f"Lý do: {reason.rstrip('.')}.", detail]
        case StopNotice(reason=reason):
            said = [f"Lý do: {reason.rstrip('.')}."]
        case _:
            said = []
    return [text for text in said if text]


def _answered(shown: DossierPage, aside: Beside) -> StandingNote | None:
    """Papers were asked for and sent, and nothing has come of it yet."""
    at = aside.request.answered_at if aside.request else None
    if at is None or shown.status not in (Status.REGISTERED, *RUNNING):
        return None
    again = (
        f"Thời hạn được tính lại từ đầu; ngày hẹn trả kết quả mới: {gio_ngay(shown.due_at)}."
        if shown.due_at
        else "Cán bộ kiểm tra và tiếp nhận hồ sơ trong 08 giờ làm việc."
    )
    title = "Giấy tờ bổ sung đã được gửi"
    return StandingNote(kind="ok", title=title, sentences=[f"Gửi lúc {gio_ngay(at)}.", again])
