"""The citizen takes a dossier back (rút hồ sơ): a page that asks why and makes sure."""

from collections.abc import Mapping

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from app.doors.asked import Asked
from app.doors.render import page
from app.doors.sent import texts
from app.doors.sessions import actor, citizen_only
from app.onestop.dossiers import service
from app.onestop.dossiers.queries.page import DossierPage, dossier_page
from app.onestop.dossiers.rules import Act, Status
from app.people.shapes import Actor
from app.refusals import Malformed, NotFound, Refusal


class TooLate(Refusal):
    """The result is settled, or the dossier has ended otherwise."""

    code = "too_late_to_withdraw"
    message = (
        "Hồ sơ đã có quyết định giải quyết hoặc đã kết thúc nên không rút được nữa. "
        "Ông/bà vui lòng mở Hồ sơ của tôi để theo dõi, hoặc liên hệ Bộ phận Một cửa."
    )


@get("/da-nop/{code:str}/rut", guards=[citizen_only], opt={"reads": "page"})
async def ask_to_withdraw(request: Asked, code: FromPath[str]) -> Response[bytes] | Redirect:
    """What it means, and the question why."""
    shown = await _own(await actor(request), code)
    if shown.status is Status.WITHDRAWN:
        return Redirect(f"/da-nop/{shown.code}", status_code=303)
    return _page(shown, {}, {})


@post("/da-nop/{code:str}/rut", guards=[citizen_only])
async def withdraw(request: Asked, code: FromPath[str]) -> Response[bytes] | Redirect:
    """Take it back; pressing twice is the same as once."""
    citizen, sent = await actor(request), await texts(request)
    shown = await _own(citizen, code)
    if shown.status is not Status.WITHDRAWN:
        try:
            _make_sure(sent)
            await service.withdraw(citizen, shown.code, None, reason=sent.get("note", ""))
        except Malformed as fault:
            return _page(shown, fault.fields, sent, status=422)
    return Redirect(f"/da-nop/{shown.code}", status_code=303)


async def _own(citizen: Actor, code: str) -> DossierPage:
    """The citizen's own dossier, where it may be withdrawn or was. Raises NotFound, TooLate."""
    shown = await dossier_page(code, citizen)
    if shown is None:
        raise NotFound
    if Act.WITHDRAW not in shown.acts and shown.status is not Status.WITHDRAWN:
        raise TooLate
    return shown


def _make_sure(sent: Mapping[str, str]) -> None:
    fields = {}
    if not sent.get("note", "").strip():
        fields["note"] = "Ghi lý do rút hồ sơ."
    if sent.get("dong_y") != "co":
        fields["dong_y"] = "Đánh dấu để xác nhận ông/bà rút hồ sơ."
    if fields:
        raise Malformed(fields=fields)


def _page(
    shown: DossierPage, errors: Mapping[str, str], sent: Mapping[str, str], *, status: int = 200
) -> Response[bytes]:
    return page(
        "portal/withdraw.html",
        status=status,
        code=shown.code,
        summary=shown.summary,
        procedure=shown.procedure_name,
        received=shown.received_at is not None,
        errors=dict(errors),
        why=sent.get("note", ""),
        sure=sent.get("dong_y") == "co",
    )
