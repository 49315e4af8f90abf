"""A plan (phương án sắp xếp) brought as a file: looked at, then approved with its decision."""

import asyncio
from pathlib import Path

from litestar import Response, get, post
from litestar.response import Redirect

from app.doors.admin.entry import administrator
from app.doors.admin.reorganisations_view import plan_view
from app.doors.asked import Asked
from app.doors.render import page
from app.doors.sent_files import SentForm, sent_form
from app.onestop import reorganisation
from app.onestop.reorganisation import service
from app.onestop.reorganisation.queries import preview
from app.onestop.reorganisation.reading import MOST_BYTES
from app.people.shapes import Actor
from app.refusals import Malformed, Refusal
from storage.names import attachment
from tenants.work import work

Answer = Response[bytes] | Redirect
HERE = "/quan-tri/sap-xep"
_EXAMPLE = Path(reorganisation.__file__).parent / "data" / "example.json"
_NO_FILE = "Chọn tệp phương án sắp xếp."


@get(f"{HERE}/tep-mau")
async def download_example(request: Asked) -> Response[bytes]:
    """A plan that shows every kind of change, to be filled in."""
    await administrator(request)
    headers = {"Content-Disposition": attachment("phuong-an-sap-xep.json")}
    data = await asyncio.to_thread(_EXAMPLE.read_bytes)
    return Response(data, media_type="application/json", headers=headers)


@post(f"{HERE}/xem-truoc", opt={"own_work": True}, request_max_body_size=None, status_code=200)
async def preview_plan(request: Asked) -> Answer:
    """What the plan of the file would move and what stands in its way; nothing is kept."""
    async with work():
        who = await administrator(request)
    async with sent_form(request) as form:
        text = await _description(form)
    return await _plan_page(who, text, refusal=None if text.strip() else Malformed(_NO_FILE))


@post(HERE, opt={"own_work": True}, request_max_body_size=None)
async def approve_plan(request: Asked) -> Answer:
    """Enter the plan that was looked at; it is carried out from its day on."""
    async with work():
        who = await administrator(request)
    async with sent_form(request) as form:
        text, number = form.text("document"), form.text("number")
    try:
        async with work():
            planned = await service.approve(who, text, number=number)
    except Refusal as refusal:
        return await _plan_page(who, text, number=number, refusal=refusal)
    return Redirect(f"{HERE}?xem={planned}", status_code=303)


async def _plan_page(
    who: Actor, text: str, *, number: str = "", refusal: Refusal | None = None
) -> Response[bytes]:
    async with work():
        try:
            plan = service.readable(text) if text.strip() else None
        except Refusal as unreadable:
            plan, refusal = None, unreadable
        found = await preview(plan, await service.faults_of(plan)) if plan else None
        return page(
            "admin/reorganisation_plan.html",
            status=refusal.status if refusal else 200,
            here=HERE,
            shown=plan_view(plan, found) if plan and found else None,
            text=text,
            number=number,
            refused=refusal.message if refusal and not refusal.fields and not plan else "",
            errors=refusal.fields if refusal else {},
        )


async def _description(form: SentForm) -> str:
    """The file's text; what is too long or no text is refused when it is read."""
    file = next((file for file in form.files if file.field == "tep"), None)
    if file is None:
        return ""
    if file.too_large or file.size > MOST_BYTES:
        return " " * MOST_BYTES + "x "
    return (await asyncio.to_thread(file.path.read_bytes)).decode(errors="replace")
