"""The counter's one screen (tiếp nhận mới): what is drawn of it, and what was typed in it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

import msgspec

from app.doors.desk.inputs import uuid_or_none, whole
from app.onestop.catalog.needs import choosable_cases, limit_for, limit_words, papers_to_upload
from app.onestop.catalog.shapes import Basis, Limit, Paper, Procedure, Unit
from app.onestop.deadlines.calendar import Calendar
from app.onestop.deadlines.rules import due_at
from app.onestop.dossiers.shapes import (
    KIND_OF_CHANNEL,
    PAPER_FORM_NAMES,
    WAY_NAMES,
    Intake,
    IntakePaper,
)
from app.onestop.slips.rules import fee_lines
from app.refusals import Malformed
from infra.ids import uuid7

CHANNELS = {"counter": "Trực tiếp tại quầy", "postal": "Qua bưu chính"}
# In the order of the page.
LABELS = {
    "case_id": "Trường hợp",
    "id_number": "Số định danh",
    "full_name": "Họ và tên",
    "phone": "Điện thoại",
    "email": "Thư điện tử",
    "address": "Địa chỉ",
    "summary": "Trích yếu",
    "working_days": "Thời hạn",
    "agency_id": "Cơ quan",
    "competent_id": "Cơ quan có thẩm quyền",
}
_TYPED = ("full_name", "id_number", "phone", "email", "address", "summary", "working_days")
_BESIDE = {"working_days", "agency_id", "competent_id"}
_LONGEST_DAYS = 365


class PaperRow(msgspec.Struct, frozen=True):
    """One paper of the checklist as it stands in the form."""

    slot: str
    name: str
    full_name: str
    required: bool
    checked: bool
    form: str
    quantity: str


class Places(msgspec.Struct, frozen=True):
    """Where it is received and who settles it: (id, name). `settles`: the officer's desks do."""

    desks: list[tuple[str, str]]
    settles: bool
    others: list[tuple[str, str]]


class DuePreview(msgspec.Struct, frozen=True):
    """When the result would be promised if the dossier were received now, and why."""

    at: datetime
    lines: tuple[str, ...]


class CounterView(msgspec.Struct, frozen=True, kw_only=True):
    """The whole screen for a chosen procedure; `typed` are its text boxes."""

    key: str
    code: str
    name: str
    full_name: str
    places: Places
    agency: str
    competent: str  # the other agency that settles it, "" for the officer's own
    channel: str
    cases: list[tuple[str, str]]
    case: str
    typed: dict[str, str]
    papers: list[PaperRow]
    way: str
    limit: str
    ask_days: bool
    due: DuePreview | None
    fees: list[str]


def counter_view(
    procedure: Procedure,
    places: Places,
    sent: Mapping[str, str],
    calendar: Calendar,
    moment: datetime,
) -> CounterView:
    """The screen as typed so far; `sent` is empty when it is opened."""
    channel = sent.get("channel", "counter") if sent.get("channel") in CHANNELS else "counter"
    kind, cases = KIND_OF_CHANNEL[channel], choosable_cases(procedure)
    case = sent.get("case_id", "")
    published = limit_for(procedure, kind, case or None)
    limit = published or _said(sent.get("working_days", ""))
    competent = sent.get("competent_id", "")
    here = places.settles and not competent
    return CounterView(
        key=sent.get("key") or str(uuid7()),
        code=procedure.code,
        name=procedure.short_name,
        full_name=procedure.name if procedure.name != procedure.short_name else "",
        places=places,
        agency=sent.get("agency_id") or places.desks[0][0],
        competent=competent,
        channel=channel,
        cases=[(each.id, each.name or "") for each in cases],
        case=case,
        typed={name: sent.get(name, "") for name in _TYPED},
        papers=[_row(each, sent) for each in papers_to_upload(procedure, kind, case or None)],
        way=sent.get("wanted_way", "") if sent.get("wanted_way") in WAY_NAMES else "counter",
        limit=limit_words(limit) if limit else "Chưa công bố",
        ask_days=published is None and here,
        due=_preview(limit, calendar, moment) if limit and here else None,
        fees=fee_lines(procedure, kind),
    )


def intake_of(sent: Mapping[str, str]) -> Intake:
    """What was typed, for the verb. Raises Malformed when the form is not ours."""
    key = uuid_or_none(sent.get("key", ""))
    if key is None or "procedure_code" not in sent:
        raise Malformed("Biểu mẫu gửi lên chưa đúng. Ông/bà vui lòng mở lại trang Tiếp nhận mới.")
    said = {name: sent.get(name, "") for name in _TYPED if name != "working_days"}
    return Intake(
        key=key,
        procedure_code=sent["procedure_code"],
        channel=cast(Any, sent.get("channel", "")),
        agency_id=uuid_or_none(sent.get("agency_id", "")),
        competent_id=uuid_or_none(sent.get("competent_id", "")),
        case_id=sent.get("case_id") or None,
        papers=[_paper(name, sent) for name in sent if name.startswith("paper.")],
        wanted_way=cast(Any, sent.get("wanted_way", "")),
        working_days=whole(sent.get("working_days", "")),
        **said,
    )


def in_order(faults: Mapping[str, str]) -> dict[str, str]:
    """The faults in the order of the page: the boxes, the papers, the time."""
    ahead = [name for name in LABELS if name in faults and name not in _BESIDE]
    behind = [name for name in faults if name in _BESIDE]
    between = [name for name in faults if name not in LABELS]
    return {name: faults[name] for name in [*ahead, *between, *behind]}


def forms() -> list[tuple[str, str]]:
    """The forms a paper is handed in: bản chính, bản sao, bản điện tử."""
    return list(PAPER_FORM_NAMES.items())


def _paper(name: str, sent: Mapping[str, str]) -> IntakePaper:
    slot = name.removeprefix("paper.")
    return IntakePaper(
        slot=slot,
        form=cast(Any, sent.get(f"form.{slot}", "original")),
        quantity=whole(sent.get(f"quantity.{slot}", "")) or 0,
    )


def _row(paper: Paper, sent: Mapping[str, str]) -> PaperRow:
    usual_form = "original" if paper.originals or not paper.copies else "copy"
    usual_quantity = paper.originals or paper.copies or 1
    return PaperRow(
        slot=paper.id,
        name=paper.short,
        full_name=paper.name if paper.name != paper.short else "",
        required=paper.required,
        checked=f"paper.{paper.id}" in sent,
        form=sent.get(f"form.{paper.id}", usual_form),
        quantity=sent.get(f"quantity.{paper.id}", str(usual_quantity)),
    )


def _said(text: str) -> Limit | None:
    days = whole(text)
    if days is None or not 1 <= days <= _LONGEST_DAYS:
        return None
    return Limit(days, Unit.WORKING_DAYS, Basis.LAW)


def _preview(limit: Limit, calendar: Calendar, moment: datetime) -> DuePreview:
    due = due_at(moment, limit.qty, limit.unit, calendar)
    return DuePreview(due.at, due.lines)
