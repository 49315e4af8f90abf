"""The exchange with other systems (liên thông): what waits for a person, for them and for us."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from app.doors.asked import Asked
from app.doors.desk.exchange_view import exchange_view
from app.doors.desk.places import archives_of
from app.doors.render import page
from app.doors.sessions import actor
from app.onestop.deadlines.queries import calendar_in_force
from app.onestop.exchange import queries, service
from app.onestop.exchange.refusals import NothingStuck
from app.people.shapes import Actor
from app.refusals import NotFound, Refusal
from tenants.work import work

HERE = "/can-bo/lien-thong"
ONE = f"{HERE}/{{message_id:uuid}}"
Done = Annotated[str, QueryParameter(name="xong", max_length=20)]
Answer = Response[bytes] | Redirect
OWN: dict[str, Any] = {"own_work": True}
_DONE = {
    "gui-lai": "Tin được xếp vào hàng gửi lại.",
    "bo-qua": "Đã bỏ qua tin này. Các tin sau của cùng phần việc được gửi tiếp.",
}


@get(HERE)
async def show_exchange(request: Asked, done: Done = "") -> Response[bytes]:
    """The three lists of the officer's agencies."""
    return await _page(await actor(request), done=_DONE.get(done, ""))


@post(f"{ONE}/gui-lai", opt=OWN)
async def try_again(request: Asked, message_id: FromPath[UUID]) -> Answer:
    """Send a message that is stuck once more."""
    return await _settle(request, message_id, service.try_again, "gui-lai")


@post(f"{ONE}/bo-qua", opt=OWN)
async def drop(request: Asked, message_id: FromPath[UUID]) -> Answer:
    """Give a stuck message up."""
    return await _settle(request, message_id, service.drop, "bo-qua")


async def _settle(
    request: Asked, message_id: UUID, verb: Callable[[Actor, UUID], Awaitable[None]], path: str
) -> Answer:
    officer = await actor(request)
    try:
        async with work():
            await verb(officer, message_id)
    except NothingStuck as refusal:
        return await _page(officer, refusal=refusal)
    return Redirect(f"{HERE}?xong={path}", status_code=303)


async def _page(
    officer: Actor, *, done: str = "", refusal: Refusal | None = None
) -> Response[bytes]:
    if not archives_of(officer):
        raise NotFound
    view = exchange_view(
        await queries.stuck(officer),
        await queries.open_work(officer),
        await queries.open_errands(officer),
        await calendar_in_force(),
    )
    return page(
        "desk/exchange.html",
        status=refusal.status if refusal else 200,
        here=HERE,
        view=view,
        troubles=len(view.troubles),
        done=done,
        refused=refusal.message if refusal else "",
    )
