"""The citizen's list: how each dossier stands and what it waits for."""

from collections.abc import Sequence

import msgspec

from app.doors.words import ngay
from app.onestop.dossiers.queries.mine import MyDossier
from app.onestop.dossiers.rules import ENDED, RUNNING, Status


class MineLine(msgspec.Struct, frozen=True, kw_only=True):
    """One dossier; `todo` is a link's words when its citizen must act, `said` what else is so."""

    code: str
    summary: str
    agency: str
    filed: str
    due: str
    status: str
    todo: str
    said: str


def mine_lines(found: Sequence[MyDossier]) -> list[MineLine]:
    """The list as it is shown."""
    return [
        MineLine(
            code=each.code,
            summary=each.summary,
            agency=each.agency_name,
            filed=ngay(each.filed_at),
            due=_due(each),
            status=each.status.title,
            todo=_todo(each),
            said="Đang tạm dừng tính thời hạn" if _stands_still(each) else "",
        )
        for each in found
    ]


def _due(each: MyDossier) -> str:
    if each.status is Status.SUPPLEMENT_ASKED:
        return "Sẽ hẹn lại"
    if each.status in ENDED - {Status.DELIVERED} or each.due_at is None:
        return "–"
    moving = each.status is Status.PAYMENT_ASKED or _stands_still(each)
    return f"{ngay(each.due_at)}, sẽ dời" if moving else ngay(each.due_at)


def _todo(each: MyDossier) -> str:
    if each.status is Status.SUPPLEMENT_ASKED:
        return f"Bổ sung giấy tờ trước hết ngày {ngay(each.reply_by)}"
    return "Xem việc cần làm" if each.status is Status.PAYMENT_ASKED else ""


def _stands_still(each: MyDossier) -> bool:
    return each.pause is not None and each.status in RUNNING
