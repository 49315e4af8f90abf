"""What the citizen of a dossier was asked for, and what it became: beside the dossier's page."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from app.onestop.catalog.shapes import Paper
from app.onestop.dossiers.queries.page import DossierPage
from app.onestop.dossiers.shapes import PAPER_FORM_NAMES
from app.onestop.papers.rules import asked_slot
from app.onestop.slips.reasons import all_reasons
from app.onestop.slips.shapes import SupplementItem
from tenants import db


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to be supplied: its place, why in words, and what the officer says about it.

    `name` is what its place is called; `full_name` "" where the procedure says no more.
    """

    slot: str
    name: str
    full_name: str
    form: str
    reason: str
    note: str


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A request for papers (yêu cầu bổ sung), the newest of its dossier."""

    round: int
    note: str | None
    reply_by: datetime
    asked_at: datetime
    answered_at: datetime | None
    items: list[SupplementItem]


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """What a citizen's own page shows beside the dossier; `payment_note`: what money is for."""

    rated: bool
    request: Request | None
    wanted: list[Wanted]
    payment_note: str | None


# Served by supplement_request_dossier_id_round_key, progress_by_dossier and primary keys.
_BESIDE = """
select exists (select from rating where dossier_id = $1) as rated,
  (select json_build_object('round', q.round, 'note', q.note, 'reply_by', q.reply_by,
            'asked_at', q.asked_at, 'answered_at', q.answered_at, 'items', q.items)
     from supplement_request q where q.dossier_id = $1
    order by q.round desc limit 1)::text as request,
  (select g.note from progress g where g.dossier_id = $1 and g.act = 'ask_payment'
    order by g.at desc limit 1) as payment_note
"""


async def beside(shown: DossierPage) -> Beside:
    """What was asked of the citizen of a dossier. Access was asked when the page was read."""
    row = await db.tenant.fetch_row(_BESIDE, shown.id)
    assert row is not None, "it is selected from no table"
    request = msgspec.json.decode(row["request"] or "null", type=Request | None)
    return Beside(
        rated=row["rated"],
        request=request,
        wanted=list(_wanted(request, shown.checklist)) if request else [],
        payment_note=row["payment_note"],
    )


def _wanted(request: Request, checklist: Sequence[Paper]) -> Iterator[Wanted]:
    """The things asked for. The request names them as the procedure does, or in free words: what
    is none of the procedure's papers gets a place of its own."""
    known = {name: paper for paper in checklist for name in (paper.short, paper.name)}
    taken: set[str] = set()
    for number, item in enumerate(request.items):
        paper = known.get(item.name)
        # A paper named twice must not make two places of one.
        paper = paper if paper and paper.id not in taken else None
        taken |= {paper.id} if paper else set()
        yield Wanted(
            slot=paper.id if paper else asked_slot(request.round, number),
            name=paper.short if paper else item.name,
            full_name=paper.name if paper and paper.name != paper.short else "",
            form=PAPER_FORM_NAMES.get(item.form, ""),
            reason=_REASONS.get(item.reason_code, ""),
            note=item.note,
        )


_REASONS = {reason.code: reason.words for reason in all_reasons() if reason.form == "02"}
