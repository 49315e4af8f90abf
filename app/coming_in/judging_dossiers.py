"""Dossiers of another system, with their history and papers. Pure."""

import re
from collections.abc import Sequence

from app.coming_in import codes
from app.coming_in.applicants import applicant
from app.coming_in.judging import NO_WORD, Judged, Words, origin
from app.coming_in.mapping import CHANNELS, KINDS, WORKED_ON, Standing
from app.coming_in.shapes import DossierIn, PaperIn, Row, StepIn
from app.coming_in.times import Times, times
from app.coming_in.world import KnownAgency, KnownProcedure, World, kinds_at, place
from app.onestop.catalog.needs import limit_for
from app.onestop.dossiers.applicants import SUMMARY_LENGTH
from app.onestop.dossiers.shapes import KIND_OF_CHANNEL, PAPER_FORM_NAMES, WAY_NAMES
from app.onestop.forms import cleaning
from infra.clock import VIETNAM

GOES_ON = frozenset({1, 2, 4, 9})  # somebody here still has to do something
_TITLE, _NOTE = 300, 2000
_DIGEST = re.compile(r"[0-9a-fA-F]{64}")
_NO_CODE = (
    "Mã này không tra cứu được: mã cần có chữ cái và ít nhất bốn chữ số. Ghi code_prefix trong tệp "
    "ánh xạ, ví dụ CU2019, rồi chạy lại."
)
_SPELT = "Mã cũ có ký tự không dùng để tra cứu; mã ở đây là {}, ông/bà báo cho người nộp khi cần."
_ENDED = "Cơ quan này đã kết thúc hoạt động; chọn cơ quan kế thừa trong mục agencies."
_NOT_NOW = "Thủ tục đã hết hiệu lực; chọn thủ tục thay thế hoặc sửa trạng thái."
_SUCCEEDED = "Cơ quan này đã kết thúc hoạt động; hồ sơ chuyển đến {} là cơ quan kế thừa."
_NO_STEP = "Quy trình của thủ tục này không có bước “{}”; chọn bước khác trong mục statuses."
_NOBODY = "Cơ quan này chưa có chức danh cho bước đang xử lý; thêm chức danh hoặc đổi bước."
_NO_DUE = "Thủ tục chưa công bố thời hạn; ghi ngày hẹn trả để hồ sơ được xử lý tiếp."


def dossier(
    row: Judged, words: Words, world: World, steps: Sequence[Row], old_id: str,
    judged_steps: Sequence[StepIn],
) -> DossierIn | None:  # fmt: skip
    """The dossier as it will stand here; None when a fault keeps it out.

    `steps` are its raw rows of the history, `judged_steps` those that could be read.
    """
    code = _code(row, words)
    known = row.word("procedure", "procedures", words, world.procedures)
    where = row.word("agency", "agencies", words, world.agencies)
    channel = row.word("channel", "channels", words, CHANNELS, usual="counter")
    way = row.word("way", "ways", words, frozenset(WAY_NAMES), usual="counter")
    standing = _standing(row, words)
    found = times(row, standing.status, words, world.now) if standing else None
    on = (found.filed if found else world.now).astimezone(VIETNAM).date()
    person = applicant(row, world.places, on)
    if not row.ok or standing is None or found is None:
        return None
    procedure, agency = world.procedures[known], _agency(row, world, where, standing)
    _may_go_on(row, standing, procedure, agency, found, channel)
    if not row.ok:
        return None
    return DossierIn(
        origin=origin(row.sheet, row.row, old_id, list(steps)), code=code,
        procedure_code=known, agency_id=agency.id, agency_name=agency.name, channel=channel,
        way=way, status=standing.status, at=standing.at, applicant=person,
        applicant_name=str(person["full_name"]), phone=_text(person["phone"]),
        summary=_summary(row, procedure), filed_at=found.filed, received_at=found.received,
        due_at=found.due, finished_at=found.finished, delivered_at=found.delivered,
        ended_at=found.ended, steps=tuple(judged_steps) or _usual_steps(found, row, agency),
    )  # fmt: skip


def step(row: Judged, words: Words) -> StepIn | None:
    """One line of the history (tiến trình)."""
    at, title = row.moment("at", words), cleaning.one_line(row.needed("title"))
    if not row["at"]:
        row.needed("at")
    if not row.ok or at is None:
        return None
    who = cleaning.one_line(row["officer"])
    note = cleaning.many_lines(row["note"])[:_NOTE]
    said = f"{who}: {note}" if who and note else who or note
    agency = cleaning.one_line(row["agency"])
    return StepIn(at=at, title=title[:_TITLE], agency_name=agency, note=said or None)


def paper(row: Judged, words: Words, dossier: str, old_id: str) -> PaperIn | None:
    """A paper of the dossier of that old id."""
    name = cleaning.one_line(row.needed("name"))
    kind = row.word("kind", "kinds", words, KINDS, usual="submitted")
    form = row.word("form", "forms", words, frozenset(PAPER_FORM_NAMES), usual=_usual_form(row))
    added = row.moment("added", words)
    digest = row["sha256"].lower()
    if digest and not _DIGEST.fullmatch(digest):
        row.fault("sha256", "Mã băm SHA-256 gồm 64 chữ số thập lục phân; sửa hoặc để trống.")
    if not row.ok:
        return None
    return PaperIn(
        origin=origin(row.sheet, row.row, old_id), dossier=dossier, kind=kind,
        name=name[:_TITLE], form=form, file=row["file"], sha256=digest, added_at=added,
    )  # fmt: skip


def _usual_form(row: Judged) -> str:
    return "electronic" if row["file"] else "original"


def _code(row: Judged, words: Words) -> str:
    old = row.needed("code")
    found = codes.carried(old, words.mapping.code_prefix) if old else None
    if old and found is None:
        row.fault("code", _NO_CODE)
    elif found is not None and not codes.is_as_written(old, found):
        row.note("code", _SPELT.format(found))
    return found or ""


def _standing(row: Judged, words: Words) -> Standing | None:
    said = row.needed("status")
    found = words.standing(said) if said else None
    if said and found is None:
        row.fault("status", NO_WORD.format("statuses"))
    return found


def _agency(row: Judged, world: World, key: str, standing: Standing) -> KnownAgency:
    """The agency meant; what is not over lies with its successor where it has ended."""
    agency = world.agencies[key]
    heir = world.agencies.get(agency.successor or "")
    if standing.status not in GOES_ON or not agency.ended or heir is None:
        return agency
    row.note("agency", _SUCCEEDED.format(heir.name))
    return heir


def _may_go_on(
    row: Judged, standing: Standing, procedure: KnownProcedure, agency: KnownAgency, found: Times,
    channel: str,
) -> None:  # fmt: skip
    """Whether work that is not over can be gone on with here."""
    if standing.status not in GOES_ON:
        return
    if agency.ended:
        row.fault("agency", _ENDED)
    if standing.status == 1 and channel != "online":
        row.fault("channel", "Hồ sơ chờ tiếp nhận chỉ có khi nộp trực tuyến; sửa trạng thái.")
    if standing.status not in WORKED_ON:
        return
    if not procedure.in_force:
        row.fault("procedure", _NOT_NOW)
    run = place(procedure.tree, standing.at)
    if run is None:
        row.fault("status", _NO_STEP.format(standing.at))
    elif kinds_at(procedure.tree, run) - agency.posts:
        row.fault("agency", _NOBODY)
    if found.due is None and not limit_for(procedure.document, KIND_OF_CHANNEL[channel], None):
        row.fault("due", _NO_DUE)


def _summary(row: Judged, procedure: KnownProcedure) -> str:
    text = cleaning.one_line(row["summary"]) or procedure.document.short_name
    return text[:SUMMARY_LENGTH]


def _usual_steps(found: Times, row: Judged, agency: KnownAgency) -> tuple[StepIn, ...]:
    """The history its dates alone tell, where they keep no other."""
    told = (
        (found.filed, "Nộp hồ sơ", None),
        (found.received, "Tiếp nhận hồ sơ", None),
        (found.finished, "Có kết quả giải quyết", cleaning.one_line(row["result"]) or None),
        (found.delivered, "Trả kết quả", None),
    )
    return tuple(
        StepIn(at=at, title=title, agency_name=agency.name, note=note)
        for at, title, note in told
        if at is not None
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
