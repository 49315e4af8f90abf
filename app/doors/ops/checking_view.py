"""How sound a tenant's figures are, in words: recounts, doubts, corrections."""

from collections.abc import Sequence
from datetime import date, datetime
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from app.doors.words import so
from billing.corrections import Asked
from billing.doubts import Content, Doubt, DoubtsPage
from billing.measures import exact
from billing.recounts import Night
from billing.shapes import METERS, OURS

_SHOWN = 50  # differing days of one night on the page
_AGAINST = {"rows": "Dữ liệu gốc và sổ ghi nhận của đơn vị", "records": "Sổ ghi nhận và sổ cái"}
_STATES = {
    "open": ("late", "Chưa xử lý"),
    "waiting": ("soon", "Chờ duyệt điều chỉnh"),
    "settled": ("ok", "Đã điều chỉnh"),
}


class DifferenceLine(msgspec.Struct, frozen=True, kw_only=True):
    """One day on which two countings differ."""

    against: str
    name: str
    on: str
    source: str
    book: str


class NightLine(msgspec.Struct, frozen=True, kw_only=True):
    """One recount."""

    at: datetime
    facts: int
    differing: int
    lines: list[DifferenceLine]
    hidden: int


class ContentLine(msgspec.Struct, frozen=True, kw_only=True):
    """What one message said; `propose` opens the form with its quantity."""

    words: str
    amount: str
    subject: str
    occurred_at: datetime
    came_at: datetime
    propose: str


class DoubtLine(msgspec.Struct, frozen=True, kw_only=True):
    """One fact in doubt with all its contents."""

    source: str
    fact: str
    tag: str
    state: str
    open: bool
    contents: list[ContentLine]


class AskedLine(msgspec.Struct, frozen=True, kw_only=True):
    """One correction that was asked for; `own` when the operator who reads asked for it."""

    id: UUID
    source: str
    fact: str
    before: str
    after: str
    reason: str
    asked: str
    asked_at: datetime
    decided: str
    decided_at: datetime | None
    tag: str
    state: str
    own: bool


def source_name(source: str) -> str:
    """A source as people call it."""
    return "Hệ thống này" if source == OURS else source


def night_lines(nights: Sequence[Night]) -> list[NightLine]:
    """Every recount, the latest first."""
    return [
        NightLine(
            at=night.checked.checked_at,
            facts=night.checked.facts,
            differing=night.differing,
            lines=[
                DifferenceLine(
                    against=_AGAINST[each.against],
                    name=METERS[each.meter].name,
                    on=f"{each.day:%d/%m/%Y}",
                    source=_side(each.meter, each.source_facts, each.source_quantity),
                    book=_side(each.meter, each.book_facts, each.book_quantity),
                )
                for each in night.checked.differences[:_SHOWN]
            ],
            hidden=max(0, night.differing - _SHOWN),
        )
        for night in nights
    ]


def doubt_lines(here: str, found: DoubtsPage) -> list[DoubtLine]:
    """Every doubt of a page."""
    return [_doubt_line(here, doubt) for doubt in found.doubts]


def later_of(here: str, month: date, found: DoubtsPage) -> str:
    """The address of the following page of doubts; empty for none."""
    if found.next is None:
        return ""
    begins = " ".join((found.next[0].isoformat(), *found.next[1:]))
    return f"{here}?{urlencode({'thang': f'{month:%Y-%m}', 'sau': begins})}"


def begins_at(text: str) -> tuple[datetime, str, str] | None:
    """Where a page of doubts begins; the first one for anything else."""
    moment, _, rest = text.partition(" ")
    source, _, fact = rest.partition(" ")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (at, source, fact) if at.tzinfo else None


def asked_lines(found: Sequence[Asked], reader: UUID) -> list[AskedLine]:
    """Every correction, those that wait first."""
    return [_asked_line(each, reader) for each in found]


def _side(meter: str, facts: int, quantity: int) -> str:
    return f"{exact(meter, quantity)} trong {so(facts)} lần ghi nhận"


def _doubt_line(here: str, doubt: Doubt) -> DoubtLine:
    tag, state = _STATES[doubt.state]
    named = [("Nội dung đến trước", doubt.first)]
    named += [(f"Nội dung khác thứ {n}", each) for n, each in enumerate(doubt.others, 1)]
    return DoubtLine(
        source=source_name(doubt.source),
        fact=doubt.fact,
        tag=tag,
        state=state,
        open=doubt.state == "open",
        contents=[_content_line(here, doubt, words, each) for words, each in named],
    )


def _content_line(here: str, doubt: Doubt, words: str, content: Content) -> ContentLine:
    asked = {"nguon": doubt.source, "ma": doubt.fact, "so": str(content.quantity)}
    network = f", mạng {content.network}" if content.network else ""
    return ContentLine(
        words=words,
        amount=f"{METERS[content.meter].name}: {exact(content.meter, content.quantity)}",
        subject=content.subject + network,
        occurred_at=content.occurred_at,
        came_at=content.came_at,
        # A correction keeps what is counted and when; of another meter's content it cannot be made.
        propose=f"{here}/dieu-chinh?{urlencode(asked)}" if _alike(doubt.first, content) else "",
    )


def _alike(first: Content, other: Content) -> bool:
    return (first.meter, first.occurred_at) == (other.meter, other.occurred_at)


def _asked_line(each: Asked, reader: UUID) -> AskedLine:
    found = each.proposal
    tag, state = {
        None: ("soon", "Chờ duyệt"),
        True: ("ok", "Đã duyệt"),
        False: ("done", "Không duyệt"),
    }[found.approved]
    return AskedLine(
        id=found.id,
        source=source_name(found.source),
        fact=found.fact,
        before=f"{METERS[each.meter].name}: {exact(each.meter, each.held)}",
        after="Bỏ số liệu này" if found.quantity is None else exact(each.meter, found.quantity),
        reason=found.reason,
        asked=found.proposed_by,
        asked_at=found.proposed_at,
        decided=found.decided_by or "",
        decided_at=found.decided_at,
        tag=tag,
        state=state,
        own=found.proposer == reader,
    )
