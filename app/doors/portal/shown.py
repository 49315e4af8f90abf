"""A procedure as its page shows it: everything decided here, nothing in the template."""

import msgspec

from app.onestop.catalog.needs import channel_of, choosable_cases, limit_words
from app.onestop.catalog.queries import ProcedureView
from app.onestop.catalog.shapes import Channel, ChannelKind, Fee, Paper, PaperCase, Procedure

_CHANNELS = {
    ChannelKind.ONLINE: "Trực tuyến",
    ChannelKind.DIRECT: "Trực tiếp tại Bộ phận Một cửa",
    ChannelKind.POSTAL: "Qua dịch vụ bưu chính công ích",
}


class ChannelLine(msgspec.Struct, frozen=True):
    """One way of handing in, with its time and what is paid."""

    name: str
    limit: str
    fees: str
    note: str


class PaperLine(msgspec.Struct, frozen=True):
    """One paper of the checklist."""

    name: str
    quantity: str
    required: bool
    details: list[str]
    remark: str


class PaperGroup(msgspec.Struct, frozen=True):
    """The papers of one case."""

    title: str
    papers: list[PaperLine]
    notes: list[str]


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """The whole page."""

    code: str
    name: str
    field: str
    limit: str
    fees: str
    where: str
    result: str
    can_file_here: bool
    elsewhere: str  # a sentence when the procedure is not filed here
    channels: list[ChannelLine]
    groups: list[PaperGroup]
    steps: list[str]
    conditions: str
    legal_basis: list[str]
    applicants: str
    decision: str


def procedure_view(found: ProcedureView) -> Shown:
    """The page's content for one procedure in force."""
    document = found.document
    first = channel_of(document, ChannelKind.ONLINE) or next(iter(document.channels), None)
    return Shown(
        code=document.code,
        name=document.name,
        field=document.field,
        limit=limit_words(first.limit if first else None),
        fees=fees_words(first.fees if first else []),
        where=document.agency,
        result="; ".join(result.name for result in document.results),
        can_file_here=_can_file(found),
        elsewhere=_elsewhere(found),
        channels=[_channel(channel) for channel in document.channels],
        groups=_groups(document),
        steps=document.steps,
        conditions=document.conditions or "",
        legal_basis=document.legal_basis,
        applicants="; ".join(document.applicants),
        decision=document.decision_no or "",
    )


def _can_file(found: ProcedureView) -> bool:
    return found.filing == "local" and found.document.online


def _elsewhere(found: ProcedureView) -> str:
    if _can_file(found):
        return ""
    if found.filing == "national_portal":
        return "Thủ tục này nộp trực tuyến trên Cổng Dịch vụ công quốc gia."
    return "Thủ tục này nộp trực tiếp tại Bộ phận Một cửa hoặc qua dịch vụ bưu chính công ích."


def _channel(channel: Channel) -> ChannelLine:
    limit, fees = limit_words(channel.limit), fees_words(channel.fees)
    return ChannelLine(_CHANNELS[channel.kind], limit, fees, channel.note)


def fees_words(fees: list[Fee]) -> str:
    """What is paid to the State, in one line."""
    told = [_fee_words(fee) for fee in fees]
    return "; ".join(dict.fromkeys(told)) or "Theo quy định của Hội đồng nhân dân cấp tỉnh"


def _fee_words(fee: Fee) -> str:
    # Much of what is published says the same twice: "Theo quy định (Theo quy định của …)".
    if not fee.note or fee.note.startswith(fee.text):
        return fee.note or fee.text
    return f"{fee.text} ({fee.note})"


def _groups(document: Procedure) -> list[PaperGroup]:
    chosen = len(choosable_cases(document)) > 1
    return [_group(case, chosen) for case in document.cases]


def _group(case: PaperCase, chosen: bool) -> PaperGroup:
    title = case.name or ("Giấy tờ của mọi trường hợp" if chosen else "Thành phần hồ sơ")
    return PaperGroup(title, [_paper(paper) for paper in case.papers], case.notes)


def _paper(paper: Paper) -> PaperLine:
    parts = [f"{paper.originals:02d} bản chính"] if paper.originals else []
    if paper.copies:
        parts.append(f"{paper.copies:02d} bản sao")
    remark = "Xuất trình để đối chiếu, không phải nộp" if paper.shown_only else ""
    if paper.made_by_form:
        remark = "Kê khai trực tuyến, không phải nộp bản giấy"
    return PaperLine(paper.name, ", ".join(parts), paper.required, paper.details, remark)
