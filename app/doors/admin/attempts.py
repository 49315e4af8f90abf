"""What became of single messages (tin cần kiểm tra): doubts, doubles, each attempt and why."""

from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, QueryParameter

from app.doors.admin.entry import administrator
from app.doors.admin.messages import HERE as MESSAGES
from app.doors.asked import Asked
from app.doors.render import page
from app.onestop.notices import tracing
from app.refusals import NotFound

HERE = f"{MESSAGES}/kiem-tra"
Before = Annotated[datetime | None, QueryParameter(name="truoc")]
BeforeId = Annotated[UUID | None, QueryParameter(name="ma")]


@get(HERE)
async def list_to_check(
    request: Asked, before: Before = None, before_id: BeforeId = None
) -> Response[bytes]:
    """Messages of which nobody knows whether they came, or that came twice."""
    await administrator(request)
    begins = (before, before_id) if before and before.tzinfo and before_id else None
    found = await tracing.to_check(begins)
    return page(
        "admin/messages_to_check.html",
        here=MESSAGES,
        lines=found.lines,
        next=_next(found),
        first=HERE if begins else "",
    )


@get(f"{MESSAGES}/tin/{{notice_id:uuid}}")
async def show_message(request: Asked, notice_id: FromPath[UUID]) -> Response[bytes]:
    """Every attempt of one message, with its reason and the provider's reply."""
    await administrator(request)
    found = await tracing.one(notice_id)
    if found is None:
        raise NotFound
    attempts = await tracing.attempts_of(notice_id)
    return page("admin/message.html", here=MESSAGES, back=HERE, message=found, attempts=attempts)


def _next(found: tracing.ToCheck) -> str:
    if found.before is None:
        return ""
    moment, last = found.before
    return f"{HERE}?{urlencode({'truoc': moment.isoformat(), 'ma': str(last)})}"
