"""What officers do with a dossier, one address for each act.

Each act is one short unit of its own, so that a page that refuses shows the dossier as it truly is.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

from litestar import Response, post
from litestar.params import FromPath
from litestar.response import Redirect

from app.doors.asked import Asked
from app.doors.desk.dossiers import dossier_response
from app.doors.desk.inputs import uuid_or_none, whole
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


@post(f"{AT}/tiep-nhan", opt=OWN)
async def receive(request: Asked, code: FromPath[str]) -> Answer:
    """Receive a dossier filed online."""

    async def doing(officer: Actor, code: str, version: int | None, sent: Sent) -> None:
        days = whole(sent.get("working_days", ""))
        await service.receive(officer, code, version, working_days=days)

    return await act(request, code, "tiep-nhan", doing)


@post(f"{AT}/chuyen", opt=OWN)
async def hand_over(request: Asked, code: FromPath[str]) -> Answer:
    """Pass it on to the specialists."""

    async def doing(officer: Actor, code: str, version: int | None, sent: Sent) -> None:
        chosen = uuid_or_none(sent.get("post_id", ""))
        await service.hand_over(officer, code, version, post_id=chosen)

    return await act(request, code, "chuyen", doing)


@post(f"{AT}/tham-dinh", opt=OWN)
async def process(request: Asked, code: FromPath[str]) -> Answer:
    """The specialist is done and submits it."""

    async def doing(officer: Actor, code: str, version: int | None, sent: Sent) -> None:
        await service.process(officer, code, version, sent.get("note"))

    return await act(request, code, "tham-dinh", doing)


@post(f"{AT}/phe-duyet", opt=OWN)
async def approve(request: Asked, code: FromPath[str]) -> Answer:
    """The leader approves."""

    async def doing(officer: Actor, code: str, version: int | None, sent: Sent) -> None:
        await service.approve(officer, code, version, sent.get("note"))

    return await act(request, code, "phe-duyet", doing)


@post(f"{AT}/tra-lai", opt=OWN)
async def send_back(request: Asked, code: FromPath[str]) -> Answer:
    """The leader returns it, saying why."""

    async def doing(officer: Actor, code: str, version: int | None, sent: Sent) -> None:
        await service.send_back(officer, code, version, sent.get("note"))

    return await act(request, code, "tra-lai", doing)


@post(f"{AT}/hoan-thanh", opt=OWN)
async def finish(request: Asked, code: FromPath[str]) -> Answer:
    """The result is ready."""

    async def doing(officer: Actor, code: str, version: int | None, sent: Sent) -> None:
        await service.finish(officer, code, version, on_paper=sent.get("on_paper") == "co")

    return await act(request, code, "hoan-thanh", doing)


@post(f"{AT}/tra-ket-qua", opt=OWN)
async def deliver(request: Asked, code: FromPath[str]) -> Answer:
    """The result was given to the citizen."""

    async def doing(officer: Actor, code: str, version: int | None, sent: Sent) -> None:
        await service.deliver(officer, code, version, cast(Way, sent.get("way", "")))

    return await act(request, code, "tra-ket-qua", doing)


async def act(request: Asked, code: str, path: str, doing: Doing) -> Answer:
    """Do it and go back to the dossier, or show it again with the reason and what was typed."""
    officer, sent = await actor(request), await texts(request)
    try:
        async with work():
            await doing(officer, code, whole(sent.get("version", "")), sent)
    except (NotFound, NotAllowed):
        raise
    except Refusal as refusal:
        return await dossier_response(officer, code, refusal=refusal, sent=sent)
    return done(code, path)


def done(code: str, path: str) -> Redirect:
    """Back to the dossier, saying what was done."""
    return Redirect(f"/can-bo/ho-so/{code}?xong={path}", status_code=303)
