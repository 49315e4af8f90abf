"""The citizen answers a request for papers: files in their places, then "Gửi bổ sung"."""

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from app.doors.asked import Asked
from app.doors.portal.asked_view import AskedView, asked_view
from app.doors.portal.draft_papers import remove_all, take_all
from app.doors.portal.mine import sent_page
from app.doors.sent_files import SentForm, sent_form
from app.doors.sessions import actor, citizen_only
from app.onestop.dossiers import service
from app.onestop.dossiers.queries.asked import beside
from app.onestop.dossiers.queries.page import DossierPage, dossier_page
from app.people.shapes import Actor
from app.refusals import Malformed, NotFound, Overtaken, Refusal
from tenants.work import work

_EMPTY = "Chưa có tệp. Tải tệp lên, hoặc đánh dấu “Tôi gửi chưa đủ” bên dưới nếu chưa có được."


class StillComing(Refusal):
    """Sending now would leave a file behind."""

    code = "still_coming"
    message = (
        "Còn tệp đang tải lên hoặc đang kiểm tra. Vui lòng chờ trong giây lát rồi bấm "
        "“Gửi bổ sung”, hoặc bấm “Xóa” ở tệp đó."
    )


class NotAllThere(Malformed):
    """Some places are empty: a second request would count as late, so nothing is sent by half."""

    def __init__(self, lacking: list[str]) -> None:
        super().__init__(fields={f"tep_{slot}": _EMPTY for slot in lacking})


@get("/da-nop/{code:str}/bo-sung", guards=[citizen_only])
async def show_wanted(code: FromPath[str]) -> Redirect:
    """The panel is part of the dossier's page; this is where its form was answered."""
    return Redirect(f"/da-nop/{code}#bo-sung", status_code=303)


@post(
    "/da-nop/{code:str}/bo-sung",
    guards=[citizen_only],
    opt={"own_work": True},
    request_max_body_size=None,
)
async def take_wanted(request: Asked, code: FromPath[str]) -> Response[bytes] | Redirect:
    """Files of the plain form are kept even when others are refused; the button sends them."""
    citizen = await actor(request)
    shown = await _own(citizen, code)
    async with sent_form(request) as form:
        asked = await _asked(shown)
        fault = await _act(citizen, shown, form) if asked else None
    if fault:
        return await sent_page(await _own(citizen, shown.code), fault)
    return Redirect(f"/da-nop/{shown.code}", status_code=303)


async def _act(citizen: Actor, shown: DossierPage, form: SentForm) -> Refusal | None:
    """Keep the files, then send them where that button was pressed; what stands in the way."""
    if errors := await take_all(citizen, f"dossier:{shown.id}", form):
        return Malformed(fields=errors)
    await remove_all(citizen, form)
    if "gui" not in form.fields:
        return None
    try:
        await _send(citizen, shown.code, partly="thieu" in form.fields)
    except Overtaken:
        return None  # Sent before, or the desk has taken it: the page shows how it stands.
    except Refusal as refusal:
        return refusal
    return None


async def _send(citizen: Actor, code: str, *, partly: bool) -> None:
    asked = await _asked(await _own(citizen, code))
    if asked and asked.coming:
        raise StillComing
    lacking = asked.lacking if asked else []
    # Nothing at all has its own sentence.
    if asked and not partly and 0 < len(lacking) < len(asked.slots):
        raise NotAllThere(lacking)
    async with work():
        await service.supplement(citizen, code, None)


async def _own(citizen: Actor, code: str) -> DossierPage:
    shown = await dossier_page(code, citizen)
    if shown is None:
        raise NotFound
    return shown


async def _asked(shown: DossierPage) -> AskedView | None:
    return await asked_view(shown, await beside(shown), [])
