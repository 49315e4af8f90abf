"""The papers of a dossier to print: as HTML on the screen's printer, or as PDF."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from app.doors.asked import Asked
from app.doors.desk.dossiers import dossier_response
from app.doors.pdf_answer import pdf_answer
from app.doors.render import page
from app.doors.sent import texts
from app.doors.sessions import actor
from app.onestop.dossiers import queries
from app.onestop.dossiers.queries.page import DossierPage
from app.onestop.slips import service
from app.onestop.slips.printing import Print
from app.onestop.slips.queries import control_sheet, slip_of, slip_view, view_of
from app.onestop.slips.refusals import NoReceipt
from app.people.shapes import Actor
from app.refusals import Malformed, NotFound

AT = "/can-bo/ho-so/{code:str}"
Now = Annotated[str, QueryParameter(name="in", max_length=2)]


@get(f"{AT}/giay-tiep-nhan", opt={"reads": "slip"})
async def print_receipt(request: Asked, code: FromPath[str], now: Now = "") -> Response[bytes]:
    """Form 01 as it was issued last (giấy tiếp nhận hồ sơ và hẹn trả kết quả)."""
    dossier = await _mine(await actor(request), code)
    shown = await slip_view(dossier.code)
    if shown is None:
        raise NotFound
    onward = ("/can-bo/tiep-nhan", "Tiếp nhận hồ sơ khác (F2)") if now else None
    return _slip_page(code, shown, print_now=bool(now), onward=onward)


@get(f"{AT}/phieu/{{slip_id:uuid}}", opt={"reads": "slip"})
async def show_slip(
    request: Asked, code: FromPath[str], slip_id: FromPath[UUID], now: Now = ""
) -> Response[bytes]:
    """One slip as it was issued, to print."""
    shown = await _print(await actor(request), code, slip_id)
    return _slip_page(code, shown, print_now=bool(now))


@get(f"{AT}/phieu/{{slip_id:uuid}}/pdf", opt={"reads": "pdf"})
async def slip_pdf(request: Asked, code: FromPath[str], slip_id: FromPath[UUID]) -> Response[bytes]:
    """The same as PDF/A."""
    return await pdf_answer(await _print(await actor(request), code, slip_id))


@post(f"{AT}/phieu/{{slip_id:uuid}}/in-lai")
async def print_again(request: Asked, code: FromPath[str], slip_id: FromPath[UUID]) -> Redirect:
    """Print once more what was handed out before; the trail says who did."""
    officer = await actor(request)
    await _print(officer, code, slip_id)
    await service.reprinted(officer, slip_id)
    return Redirect(f"/can-bo/ho-so/{code}/phieu/{slip_id}?in=1", status_code=303)


@post(f"{AT}/cap-lai-giay")
async def replace_receipt(request: Asked, code: FromPath[str]) -> Response[bytes] | Redirect:
    """Issue the receipt anew; the former one stays and is marked as replaced."""
    officer, sent = await actor(request), await texts(request)
    shown = await _mine(officer, code)
    try:
        slip_id = await service.replace_receipt(officer, shown, sent.get("reason", ""))
    except (Malformed, NoReceipt) as refusal:
        return await dossier_response(officer, code, refusal=refusal)
    return Redirect(f"/can-bo/ho-so/{code}/phieu/{slip_id}?in=1", status_code=303)


@get(f"{AT}/phieu-kiem-soat", opt={"reads": "slip"})
async def show_control_sheet(request: Asked, code: FromPath[str]) -> Response[bytes]:
    """Form 06 from the hand-overs so far (phiếu kiểm soát quá trình giải quyết hồ sơ)."""
    shown, here = await _control(await actor(request), code), f"/can-bo/ho-so/{code}"
    return print_page(shown, here, pdf=f"{here}/phieu-kiem-soat/pdf")


@get(f"{AT}/phieu-kiem-soat/pdf", opt={"reads": "pdf"})
async def control_sheet_pdf(request: Asked, code: FromPath[str]) -> Response[bytes]:
    """The same as PDF/A."""
    return await pdf_answer(await _control(await actor(request), code))


def print_page(shown: Print, back: str, **more: Any) -> Response[bytes]:
    """A paper on the screen, with the buttons around it that `more` names the addresses of."""
    copies = msgspec.to_builtins(shown.copies)
    return page("desk/slip.html", shown=shown, copies=copies, back=back, **more)


async def _mine(officer: Actor, code: str) -> DossierPage:
    shown = await queries.dossier_page(code, officer)
    if shown is None:
        raise NotFound
    return shown


async def _print(officer: Actor, code: str, slip_id: UUID) -> Print:
    dossier = await _mine(officer, code)
    slip = await slip_of(dossier.code, slip_id)
    if slip is None:
        raise NotFound
    return view_of(slip)


async def _control(officer: Actor, code: str) -> Print:
    dossier = await _mine(officer, code)
    shown = await control_sheet(dossier.code)
    if shown is None:
        raise NotFound
    return shown


def _slip_page(code: str, shown: Print, **more: Any) -> Response[bytes]:
    here = f"/can-bo/ho-so/{code}"
    at = f"{here}/phieu/{shown.slip.id}" if shown.slip else ""
    return print_page(shown, here, pdf=f"{at}/pdf", reprint=f"{at}/in-lai", **more)
