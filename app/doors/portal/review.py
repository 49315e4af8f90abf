"""What is shown before submitting: every answer, every paper, what is still missing."""

import msgspec

from app.doors.portal.draft_papers import SlotView, slots_of
from app.doors.portal.shown import fees_words
from app.onestop.catalog.needs import choosable_cases, fees_for, limit_for, limit_words
from app.onestop.catalog.shapes import ChannelKind
from app.onestop.dossiers.queries.drafts import DraftView
from app.onestop.forms.rules import lines
from app.onestop.forms.shapes import Checked, Sheet


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """The content of the page."""

    sheets: list[Sheet]
    slots: list[SlotView]
    case: str
    limit: str
    fees: str
    faults: list[tuple[str, str]]  # where to mend it, and what


async def review_view(shown: DraftView, judged: Checked) -> Review:
    """The draft as it would be submitted."""
    slots = await slots_of(shown)
    cases = {case.id: case.name or "" for case in choosable_cases(shown.procedure)}
    return Review(
        sheets=lines(shown.form, judged.values),
        slots=slots,
        case=cases.get(shown.case_id or "", ""),
        limit=limit_words(limit_for(shown.procedure, ChannelKind.ONLINE, shown.case_id)),
        fees=fees_words(fees_for(shown.procedure, ChannelKind.ONLINE)),
        faults=[*_form_faults(shown, judged), *_paper_faults(shown, slots)],
    )


def _form_faults(shown: DraftView, judged: Checked) -> list[tuple[str, str]]:
    return [
        (f"/ban-nhap/{shown.id}?trang={page.id}#{field.id}", judged.errors[field.id])
        for page in shown.form.pages
        for field in page.fields
        if field.id in judged.errors
    ]


def _paper_faults(shown: DraftView, slots: list[SlotView]) -> list[tuple[str, str]]:
    return [
        (f"/ban-nhap/{shown.id}/giay-to#giay-to-{slot.id}", f"Bổ sung: {slot.label}.")
        for slot in slots
        if slot.required and not slot.present
    ]
