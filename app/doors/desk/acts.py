"""What officers do with a dossier, one address for each act.

Each act is one short unit of its own, so that a page that refuses shows the dossier as it truly is.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

from app.doors.asked import Asked
from app.doors.desk.dossiers import dossier_response
from app.doors.desk.inputs import uuid_or_none, whole
from app.doors.desk.rarer_acts import RARER
from app.doors.sent import texts
from app.doors.sessions import actor
from app.onestop.dossiers import service
from app.onestop.dossiers.shapes import Way
from app.people.shapes import Actor
from app.refusals import NotAllowed, NotFound, Refusal
from tenants.work import work

Sent = Mapping[str, str]
Doing = Callable[[Actor, str, int | None, Sent], Awaitable[object]]
Answer = Response[bytes] | Redirect
AT = "/can-bo/ho-so/{code:str}"
OWN: dict[str, Any] = {"own_work": True}


def _node(sent: Sent) -> str | None:
    """The open work the button stands for."""
    return sent.get("node") or None


async def _receive(officer: Actor, code: str, version: int | None, sent: Sent) -> None:
    days = whole(sent.get("working_days", ""))
    await service.receive(officer, code, version, working_days=days)


async def _take_over(officer: Actor, code: str, version: int | None, sent: Sent) -> None:
    days = whole(sent.get("working_days", ""))
    await service.take_over(officer, code, version, working_days=days)


async def _hand_over(officer: Actor, code: str, version: int | None, sent: Sent) -> None:
    chosen = uuid_or_none(sent.get("post_id", ""))
    await service.hand_over(officer, code, version, post_id=chosen, node=_node(sent))


async def _process(officer: Actor, code: str, version: int | None, sent: Sent) -> None:
    await service.process(officer, code, version, sent.get("note"), node=_node(sent))


async def _approve(officer: Actor, code: str, version: int | None, sent: Sent) -> None:
    await service.approve(officer, code, version, sent.get("note"), node=_node(sent))


async def _sign_off(officer: Actor, code: str, version: int | None, sent: Sent) -> None:
    await service.sign_off(officer, code, version, sent.get("note"), node=_node(sent))


async def _send_back(officer: Actor, code: str, version: int | None, sent: Sent) -> None:
    await service.send_back(officer, code, version, sent.get("note"), node=_node(sent))


async def _recall(officer: Actor, code: str, version: int | None, _: Sent) -> None:
    await service.recall(officer, code, version)


async def _give_opinion(officer: Actor, code: str, version: int | None, sent: Sent) -> None:
    await service.give_opinion(officer, code, version, sent.get("note"), node=_node(sent))


async def _supplement(officer: Actor, code: str, version: int | None, sent: Sent) -> None:
    await service.supplement(officer, code, version, note=sent.get("note"))


async def _confirm_payment(officer: Actor, code: str, version: int | None, sent: Sent) -> None:
    await service.confirm_payment(officer, code, version, note=sent.get("note"))


async def _resume(officer: Actor, code: str, version: int | None, sent: Sent) -> None:
    await service.resume(officer, code, version, note=sent.get("note"), node=_node(sent))


async def _finish(officer: Actor, code: str, version: int | None, sent: Sent) -> None:
    on_paper = sent.get("on_paper") == "co"
    await service.finish(officer, code, version, on_paper=on_paper, node=_node(sent))


async def _deliver(officer: Actor, code: str, version: int | None, sent: Sent) -> None:
    await service.deliver(officer, code, version, cast(Way, sent.get("way", "")))


DOINGS: dict[str, Doing] = {
    "tiep-nhan": _receive,
    "nhan-ho-so": _take_over,
    "chuyen": _hand_over,
    "tham-dinh": _process,
    "phe-duyet": _approve,
    "ky-duyet": _sign_off,
    "tra-lai": _send_back,
    "rut-lai": _recall,
    "tra-loi-y-kien": _give_opinion,
    "da-bo-sung": _supplement,
    "da-nop-tien": _confirm_payment,
    "tinh-tiep": _resume,
    "co-tra-loi": _resume,
    "hoan-thanh": _finish,
    "tra-ket-qua": _deliver,
    **RARER,
}


async def act(request: Asked, code: str, path: str, doing: Doing) -> Answer:
    """Do it and go back to the dossier, or show it again with the reason and what was typed."""
    officer, sent = await actor(request), await texts(request)
    try:
        async with work():
            await doing(officer, code, whole(sent.get("version", "")), sent)
    except (NotFound, NotAllowed):
        raise
    except Refusal as refusal:
        return await dossier_response(officer, code, refusal=refusal, sent=sent, path=path)
    return done(code, path)


def done(code: str, path: str) -> Redirect:
    """Back to the dossier, saying what was done."""
    return Redirect(f"/can-bo/ho-so/{code}?xong={path}", status_code=303)


def _address(path: str, doing: Doing) -> HTTPRouteHandler:
    @post(f"{AT}/{path}", opt=OWN, name=f"desk.{path}")
    async def handler(request: Asked, code: FromPath[str]) -> Answer:
        return await act(request, code, path, doing)

    return handler


HANDLERS = [_address(path, doing) for path, doing in DOINGS.items()]
