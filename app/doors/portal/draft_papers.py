"""The papers of a draft: one place for each, uploads with or without scripts."""

from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from app.doors.asked import Asked
from app.doors.render import page
from app.doors.sent_files import SentFile, SentForm, sent_form
from app.doors.sessions import actor, citizen_only
from app.onestop.catalog.needs import papers_to_upload
from app.onestop.catalog.shapes import ChannelKind
from app.onestop.dossiers.queries.drafts import DraftView, draft
from app.onestop.papers import uploading
from app.onestop.papers.queries import PaperView, PendingFile, papers_of_draft, pending_of
from app.onestop.papers.refusals import AlreadyFiled, sentence
from app.people.shapes import Actor
from app.refusals import Refusal
from infra.settings import settings


class SlotView(msgspec.Struct, frozen=True):
    """One paper's place with the files in it."""

    id: str
    label: str
    hint: str
    required: bool
    files: list[PaperView | PendingFile]

    @property
    def present(self) -> bool:
        """Whether a file counts: one still being checked, or refused, does not."""
        return any(isinstance(file, PaperView) for file in self.files)


@get("/ban-nhap/{draft_id:uuid}/giay-to", guards=[citizen_only])
async def show_papers(request: Asked, draft_id: FromPath[UUID]) -> Response[bytes] | Redirect:
    """The papers asked for and what is there of them."""
    shown = await draft(await actor(request), draft_id)
    if shown.dossier_code:
        return Redirect(f"/da-nop/{shown.dossier_code}", status_code=303)
    return await _papers_page(shown, {})


@post(
    "/ban-nhap/{draft_id:uuid}/giay-to",
    guards=[citizen_only],
    opt={"own_work": True},
    request_max_body_size=None,
)
async def take_papers(request: Asked, draft_id: FromPath[UUID]) -> Response[bytes] | Redirect:
    """Files of the plain form; those that are fine are kept even when another is not."""
    citizen = await actor(request)
    shown = await draft(citizen, draft_id)
    async with sent_form(request) as form:
        # Only now: a browser in the middle of its files would not see the answer.
        if shown.dossier_code:
            raise AlreadyFiled
        errors = await take_all(citizen, f"draft:{draft_id}", form)
        await remove_all(citizen, form)
    if errors:
        return await _papers_page(shown, errors)
    onward = "kiem-tra" if "tiep" in form.fields else "giay-to"
    return Redirect(f"/ban-nhap/{draft_id}/{onward}", status_code=303)


async def slots_of(shown: DraftView) -> list[SlotView]:
    """The places of the papers this draft needs, each with its files."""
    files: list[PaperView | PendingFile] = [
        *await papers_of_draft(shown.id),
        *await pending_of(f"draft:{shown.id}"),
    ]
    needed = papers_to_upload(shown.procedure, ChannelKind.ONLINE, shown.case_id)
    return [
        SlotView(
            paper.id,
            paper.short,
            paper.name if paper.name != paper.short else "",
            paper.required,
            [file for file in files if file.slot == paper.id],
        )
        for paper in needed
    ]


async def take_all(citizen: Actor, target: str, form: SentForm) -> dict[str, str]:
    """Every file of a plain form to its place; what is wrong with some, by the form's field."""
    errors: dict[str, str] = {}
    for file in form.files:
        try:
            await _take(citizen, target, file)
        except Refusal as refusal:
            errors[file.field] = refusal.fields.get(file.field, refusal.message)
    return errors


async def remove_all(citizen: Actor, form: SentForm) -> None:
    """Take away the files whose remove button was pressed."""
    for text in form.fields.get("xoa_tep", []):
        await uploading.take_away(citizen, text)


async def _take(citizen: Actor, target: str, file: SentFile) -> None:
    if file.too_large:
        raise Refusal(sentence("too_large"))
    slot = file.field.removeprefix("tep_")
    await uploading.take(citizen, target, slot, file.path, file.file_name)


async def _papers_page(shown: DraftView, errors: dict[str, str]) -> Response[bytes]:
    return page(
        "portal/papers.html",
        status=422 if errors else 200,
        draft=shown,
        slots=await slots_of(shown),
        errors=errors,
        limit=settings().upload_limit_bytes,
    )
