"""What of one dossier lies with other systems (liên thông), and which system it came from."""

from collections.abc import Sequence

import msgspec

from app.doors.desk.exchange_words import (
    KINDS,
    Tag,
    deadline_tag,
    message_note,
    sync_tag,
    work_tag,
)
from app.doors.desk.lists_view import short_moment
from app.onestop.deadlines.calendar import Calendar
from app.onestop.deadlines.queries import calendar_in_force
from app.onestop.dossiers.queries.page import DossierPage
from app.onestop.dossiers.rules import handles
from app.onestop.exchange import queries
from app.onestop.exchange.queries import ErrandView, FarWork, Sent
from app.onestop.papers.queries import PaperView
from app.people.shapes import Actor


class MessageLine(msgspec.Struct, frozen=True, kw_only=True):
    """One message with the state of the exchange; `stuck`: a person must set it going again."""

    id: str
    what: str
    at: str
    state: Tag
    note: str
    stuck: bool


class PartLine(msgspec.Struct, frozen=True, kw_only=True):
    """One part at another system; `due` only while it is open, `said` is the other side's own."""

    title: str
    partner: str
    state: Tag
    due: Tag | None
    facts: list[tuple[str, str]]
    said: str
    asked: bool
    messages: list[MessageLine]


class ErrandLine(msgspec.Struct, frozen=True, kw_only=True):
    """The request the dossier came from."""

    partner: str
    facts: list[tuple[str, str]]
    withdrawn: str
    messages: list[MessageLine]


class FarView(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about other systems. `asked`: one of them waits for papers and the officer may
    send those that have `come` since."""

    works: list[FarWork]
    parts: list[PartLine]
    errand: ErrandLine | None
    asked: bool
    come: list[str]

    @property
    def nodes(self) -> set[str]:
        """The parts of the workflow that lie elsewhere now."""
        return {work.node for work in self.works if work.left_at is None}


async def far_view(shown: DossierPage, officer: Actor) -> FarView:
    """The blocks of a dossier's page; nothing is asked for one that stays at home."""
    works, errand, messages = await _exchange_of(shown)
    waits = [work for work in works if work.left_at is None and work.outcome == "asked"]
    calendar = await calendar_in_force(agency_id=shown.agency_id) if works else None
    return FarView(
        works=works,
        parts=[_part(work, messages, calendar) for work in works if calendar],
        errand=_errand(errand, messages) if errand else None,
        asked=bool(waits) and handles(shown.agency_id, officer),
        come=_come([*shown.papers, *shown.answers], waits),
    )


async def _exchange_of(
    shown: DossierPage,
) -> tuple[list[FarWork], ErrandView | None, list[Sent]]:
    linked = any(task.kind == "linked" for task in shown.tasks)
    works = await queries.work_of(shown.id) if linked else []
    errand = await queries.errand_of(shown.id) if shown.channel == "linked" else None
    return works, errand, await queries.messages_of(shown.id) if works or errand else []


def _part(work: FarWork, messages: Sequence[Sent], calendar: Calendar) -> PartLine:
    closed = work.left_at is not None
    return PartLine(
        title=work.title or "",
        partner=work.partner,
        state=work_tag(work),
        due=None if closed or work.outcome == "ended" else deadline_tag(work, calendar),
        facts=_filled(
            ("Mã hồ sơ bên đó", work.their_code),
            ("Gửi từ", short_moment(work.entered_at)),
            ("Cần kết quả trước", short_moment(work.wanted_by) if work.wanted_by else ""),
            ("Bên đó hẹn", short_moment(work.promised_at) if work.promised_at else ""),
            ("Xong lúc", short_moment(work.left_at) if work.left_at else ""),
        ),
        said=work.outcome_note or "",
        asked=not closed and work.outcome == "asked",
        messages=[_message(sent) for sent in messages if sent.work_id == work.id],
    )


def _errand(errand: ErrandView, messages: Sequence[Sent]) -> ErrandLine:
    return ErrandLine(
        partner=errand.partner,
        facts=_filled(
            ("Hệ thống gửi", errand.partner),
            ("Nội dung yêu cầu", errand.title),
            ("Vai trò của cơ quan", "Chủ trì" if errand.role == "lead" else "Phối hợp"),
            ("Mã hồ sơ bên gửi", errand.their_code),
            ("Nhận lúc", short_moment(errand.came_at)),
            ("Bên gửi cần trước", short_moment(errand.wanted_by) if errand.wanted_by else ""),
        ),
        withdrawn=short_moment(errand.withdrawn_at) if errand.withdrawn_at else "",
        messages=[_message(sent) for sent in messages],
    )


def _message(sent: Sent) -> MessageLine:
    state = sync_tag(sent.state)
    assert state is not None, "a message has a state"
    return MessageLine(
        id=str(sent.id),
        what=KINDS[sent.kind],
        at=short_moment(sent.created_at),
        state=state,
        note=message_note(sent),
        stuck=sent.state in ("refused", "stuck"),
    )


def _come(papers: Sequence[PaperView], waits: Sequence[FarWork]) -> list[str]:
    """The papers that are newer than what the first of them asked."""
    asked = min((work.asked_at for work in waits if work.asked_at), default=None)
    return [paper.title for paper in papers if asked and paper.added_at >= asked]


def _filled(*facts: tuple[str, str | None]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in facts if value]
