"""Where meters outside of this system bring what they counted; machines only, each with a token.

`POST /api/v1/usage` at the vendor's address: one event as `application/cloudevents+json`, many as
`application/cloudevents-batch+json`. docs/usage-api.md describes the interface.
"""

import msgspec
from litestar import Response, post
from litestar.exceptions import InternalServerException

from app.doors.asked import Asked
from app.doors.interface.described import Api
from app.refusals import Refusal
from billing import sources
from billing.events import Event
from billing.sources import Answer, Source
from infra.outside import UNREADABLE

_SINGLE = "application/cloudevents+json"
_BATCH = "application/cloudevents-batch+json"
_MOST_EVENTS = 10_000
_MOST_BYTES = 8_000_000
_STATUS = {"booked": 201, "adjustment": 201, "known": 200, "conflict": 409, "refused": 422}
_NO_STORE = {"Cache-Control": "no-store"}


class NotAMeter(Refusal):
    """No token, or one that was never issued or is no longer good: all look the same."""

    status = 401
    code = "not_a_meter"
    message = "Chưa xác nhận được nguồn đo. Hãy kiểm tra mã truy cập do nhà cung cấp cấp."


class NotEvents(Refusal):
    """Neither a CloudEvent nor a batch of them."""

    status = 415
    code = "not_events"
    message = f"Nội dung phải là {_SINGLE} hoặc {_BATCH}."


class BatchUnfit(Refusal):
    """Not a JSON array of events, or too many of them; nothing of it was taken."""

    status = 422
    code = "batch_unfit"
    message = f"Nội dung không phải danh sách JSON, hoặc có hơn {_MOST_EVENTS} sự kiện."


_API = Api(
    name="takeUsage",
    of="usage",
    proof="token",
    takes={_SINGLE: Event, _BATCH: list[Event]},
    gives={
        200: Answer | list[Answer],
        201: Answer,
        207: list[Answer],
        409: Answer,
        422: Answer,
    },
    refuses=(NotAMeter, NotEvents, BatchUnfit),
)


@post(
    "/api/v1/usage",
    opt={"public": True, "any_origin": True, "own_work": True, "api": _API},
    request_max_body_size=_MOST_BYTES,
)
async def take_usage(request: Asked) -> Response[Answer] | Response[list[Answer]]:
    """Book one event or many; what became of each is in the answer."""
    source = await _sender(request)
    kind = request.content_type[0]
    if kind == _SINGLE:
        [answer] = await sources.take(source, [await _body(request)])
        return Response(answer, status_code=_STATUS[answer.outcome], headers=_NO_STORE)
    if kind != _BATCH:
        raise NotEvents
    answers = await sources.take(source, _events(await _body(request)))
    # 207 says: look at each; the rest was taken all the same.
    mixed = any(answer.outcome in ("conflict", "refused") for answer in answers)
    return Response(answers, status_code=207 if mixed else 200, headers=_NO_STORE)


async def _sender(request: Asked) -> Source:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    source = await sources.proven(token) if scheme.lower() == "bearer" and token else None
    if source is None:
        raise NotAMeter
    return source


async def _body(request: Asked) -> bytes:
    try:
        return await request.body()
    except InternalServerException:
        raise BatchUnfit from None


def _events(body: bytes) -> list[msgspec.Raw]:
    try:
        found = msgspec.json.decode(body, type=list[msgspec.Raw])
    except UNREADABLE:
        raise BatchUnfit from None
    if len(found) > _MOST_EVENTS:
        raise BatchUnfit
    return found
