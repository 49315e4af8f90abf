"""A citizen's own dossier as its page shows it."""

import msgspec

from app.doors.words import gio_ngay
from app.onestop.dossiers.queries.mine import MyDossierView
from app.onestop.dossiers.rules import Status
from app.onestop.dossiers.shapes import CHANNEL_NAMES, WAY_NAMES
from app.onestop.papers.queries import PaperView
from app.onestop.ratings.service import rating_path


class SentView(msgspec.Struct, frozen=True, kw_only=True):
    """The whole page. `fresh`: not yet received; `rating`: where to rate, once delivered."""

    code: str
    summary: str
    status: str
    fresh: bool
    facts: list[tuple[str, str]]
    papers: list[PaperView]
    results: list[PaperView]
    rating: str


def sent_view(found: MyDossierView) -> SentView:
    """What is shown of it."""
    facts = [
        ("Thủ tục", found.procedure_name),
        ("Cơ quan giải quyết", found.agency_name),
        ("Cách nộp", CHANNEL_NAMES[found.channel]),
        ("Cách nhận kết quả", WAY_NAMES[found.wanted_way]),
        ("Nộp lúc", gio_ngay(found.filed_at)),
    ]
    for name, at in (("Tiếp nhận lúc", found.received_at), ("Hẹn trả kết quả", found.due_at)):
        facts += [(name, gio_ngay(at))] if at else []
    to_rate = found.status is Status.DELIVERED and not found.rated
    return SentView(
        code=found.code,
        summary=found.summary,
        status=found.status.title,
        fresh=found.status is Status.REGISTERED,
        facts=facts,
        papers=[paper for paper in found.papers if paper.kind == "submitted" and paper.url],
        results=[paper for paper in found.papers if paper.kind == "result" and paper.url],
        rating=rating_path(found.id) if to_rate else "",
    )
