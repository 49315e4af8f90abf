"""Papers asked for, as the citizen's page shows them: a place for each, and what is said of it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from app.doors.portal.draft_papers import SlotView
from app.doors.words import gio_ngay, ngay
from app.onestop.dossiers.queries.asked import Beside, Request, Wanted
from app.onestop.dossiers.queries.page import DossierPage
from app.onestop.dossiers.rules import Status
from app.onestop.papers.queries import PaperView, PendingFile, pending_of
from app.onestop.slips.queries import SlipLine

_PAUSED = (
    "Trong lúc chờ, thời hạn giải quyết tạm dừng và được tính lại từ đầu khi ông/bà bổ sung xong."
)
_NOT_BEGUN = "Cơ quan tiếp nhận hồ sơ sau khi ông/bà bổ sung xong."


class AskedView(msgspec.Struct, frozen=True, kw_only=True):
    """The panel. `slip` is the address of form 02; `coming`: a file is not settled yet."""

    code: str
    dossier_id: UUID
    by: str
    clock: str  # what becomes of the time meanwhile
    facts: list[tuple[str, str]]
    slip: str
    slots: list[SlotView]
    coming: bool

    @property
    def labels(self) -> dict[str, str]:
        """What each place is called, by the name of its field."""
        return {f"tep_{slot.id}": slot.label for slot in self.slots}

    @property
    def lacking(self) -> list[str]:
        """The ids of the places still empty."""
        return [slot.id for slot in self.slots if not slot.present]


async def asked_view(
    shown: DossierPage, aside: Beside, slips: Sequence[SlipLine]
) -> AskedView | None:
    """The panel of a dossier that waits for its citizen's papers; None for any other."""
    request = aside.request
    if shown.status is not Status.SUPPLEMENT_ASKED or request is None:
        return None
    pending = await pending_of(f"dossier:{shown.id}")
    files: list[PaperView | PendingFile] = [*shown.papers, *pending]
    return AskedView(
        code=shown.code,
        dossier_id=shown.id,
        by=ngay(request.reply_by),
        clock=_PAUSED if shown.received_at else _NOT_BEGUN,
        facts=_facts(request),
        slip=slip_address(shown.code, slips, "02"),
        slots=[_slot(wanted, files, request.asked_at) for wanted in aside.wanted],
        coming=any(file.state != "refused" for file in pending),
    )


def slip_address(code: str, slips: Sequence[SlipLine], form: str) -> str:
    """Where the newest slip of that form is kept as PDF; "" without one."""
    found = next((slip for slip in slips if slip.form == form and not slip.replaced), None)
    return f"/da-nop/{code}/phieu/{found.id}" if found else ""


def _facts(request: Request) -> list[tuple[str, str]]:
    facts = [("Yêu cầu lúc", gio_ngay(request.asked_at))]
    return facts + ([("Cán bộ hướng dẫn", request.note)] if request.note else [])


def _slot(wanted: Wanted, files: Sequence[PaperView | PendingFile], since: datetime) -> SlotView:
    own = [file for file in files if file.slot == wanted.slot]
    old = [file.name for file in own if _is_old(file, since) and file.name]
    why = f"Lý do: {wanted.reason}" if wanted.reason else ""
    said = [why, wanted.form, wanted.note, wanted.full_name]
    if old:
        said.append(f"Đã nộp trước đây: {', '.join(old)}; tải lên tệp mới, khác tệp đã nộp")
    hint = ". ".join(text.rstrip(".") for text in said if text)
    new = [file for file in own if not _is_old(file, since)]
    return SlotView(wanted.slot, wanted.name, f"{hint}." if hint else "", True, new)


def _is_old(file: PaperView | PendingFile, since: datetime) -> bool:
    return isinstance(file, PaperView) and file.added_at < since
