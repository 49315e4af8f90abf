"""A citizen's own dossier as its page shows it."""

from collections.abc import Sequence

import msgspec

from app.doors.portal.asked_view import AskedView, asked_view
from app.doors.portal.due_words import due_words
from app.doors.portal.standing_view import StandingNote, standing_note
from app.doors.words import gio_ngay
from app.onestop.dossiers.queries.asked import Beside
from app.onestop.dossiers.queries.page import DossierPage
from app.onestop.dossiers.rules import Act, Status
from app.onestop.dossiers.shapes import CHANNEL_NAMES, WAY_NAMES
from app.onestop.papers.queries import PaperView
from app.onestop.ratings.service import rating_path
from app.onestop.slips.queries import SlipLine


class SentView(msgspec.Struct, frozen=True, kw_only=True):
    """The whole page. `fresh`: not yet received; `rating`: where to rate, once delivered."""

    code: str
    summary: str
    status: str
    fresh: bool
    asked: AskedView | None
    note: StandingNote | None
    facts: list[tuple[str, str]]
    explained: bool  # some time is counted, and a page says why
    promised: bool  # that time is the result's
    papers: list[PaperView]
    results: list[PaperView]
    rating: str
    may_withdraw: bool


async def sent_view(shown: DossierPage, aside: Beside, slips: Sequence[SlipLine]) -> SentView:
    """What is shown of it."""
    to_rate = shown.status is Status.DELIVERED and not aside.rated
    return SentView(
        code=shown.code,
        summary=shown.summary,
        status=shown.status.title,
        fresh=shown.status is Status.REGISTERED,
        asked=await asked_view(shown, aside, slips),
        note=await standing_note(shown, aside, slips),
        facts=_facts(shown),
        promised=shown.received_at is not None,
        explained=shown.received_at is not None or shown.channel == "online",
        papers=[paper for paper in shown.papers if paper.url],
        results=[paper for paper in shown.results if paper.url],
        rating=rating_path(shown.id) if to_rate else "",
        may_withdraw=Act.WITHDRAW in shown.acts,
    )


def _facts(shown: DossierPage) -> list[tuple[str, str]]:
    facts = [
        ("Thủ tục", shown.procedure_name),
        ("Cơ quan giải quyết", shown.agency_name),
        ("Cách nộp", CHANNEL_NAMES[shown.channel]),
        ("Cách nhận kết quả", WAY_NAMES[shown.wanted_way]),
        ("Nộp lúc", gio_ngay(shown.filed_at)),
    ]
    if shown.received_at:
        facts.append(("Tiếp nhận lúc", gio_ngay(shown.received_at)))
    if shown.received_at:
        words = due_words(shown.status, gio_ngay(shown.due_at), paused=shown.pause is not None)
        facts.append(("Hẹn trả kết quả", words))
    return facts
