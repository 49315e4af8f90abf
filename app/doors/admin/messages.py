"""Text messages of the province (tin nhắn): warnings, what is held, limits, the wordings' list."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from app.doors.admin.entry import administrator
from app.doors.admin.messages_view import LIMIT_FIELDS, held_lines, limit_fields, wording_lines
from app.doors.asked import Asked
from app.doors.limits_view import limit_lines, warning_lines
from app.doors.providers_view import provider_lines
from app.doors.render import page
from app.doors.sent import texts
from app.onestop.notices import (
    allowance,
    answering,
    clearance,
    health,
    limit_book,
    templates,
    trouble,
    warnings,
)
from app.onestop.notices.limits import Hold, Limits
from app.onestop.notices.refusals import NotHeld
from app.refusals import Malformed, NotFound, Refusal
from billing import quota
from infra.clock import now, today
from tenants.current import current
from tenants.work import work

HERE = "/quan-tri/tin-nhan"
LIMITS = f"{HERE}/gioi-han"
Done = Annotated[str, QueryParameter(name="xong", max_length=20)]
Answer = Response[bytes] | Redirect
OWN: dict[str, Any] = {"own_work": True}
_DONE = {
    "cho-gui": "Các tin tạm giữ được xếp vào hàng gửi.",
    "khong-gui": "Các tin tạm giữ được ghi là không gửi.",
    "gioi-han": "Đã lưu giới hạn gửi tin.",
    "ten-gui": "Đã lưu tên định danh.",
}


@get(HERE)
async def show_messages(request: Asked, done: Done = "") -> Response[bytes]:
    """Warnings and what is held first, then how much was used, and every message's wording."""
    await administrator(request)
    return await _overview(done=_DONE.get(done, ""))


@post(f"{HERE}/tam-giu/{{why:str}}/cho-gui", opt=OWN)
async def let_go(request: Asked, why: FromPath[str]) -> Answer:
    """Send everything held for one reason."""
    who = await administrator(request)
    try:
        async with work():
            await clearance.let_go(who, await clearance.held_for(_hold(why)))
    except NotHeld as refusal:
        return await _overview(refusal=refusal)
    return Redirect(f"{HERE}?xong=cho-gui", status_code=303)


@post(f"{HERE}/tam-giu/{{why:str}}/khong-gui", opt=OWN)
async def give_up(request: Asked, why: FromPath[str]) -> Answer:
    """Send nothing of what is held for one reason, and say why."""
    who, sent = await administrator(request), await texts(request)
    try:
        reason = _reason(sent)
        async with work():
            await clearance.give_up(who, await clearance.held_for(_hold(why)), reason)
    except (Malformed, NotHeld) as refusal:
        return await _overview(refusal=refusal)
    return Redirect(f"{HERE}?xong=khong-gui", status_code=303)


@get(LIMITS)
async def open_limits(request: Asked) -> Response[bytes]:
    """The limits in force, to be changed."""
    await administrator(request)
    return await _limits_page(msgspec.to_builtins(await limit_book.current()))


@post(LIMITS, opt=OWN)
async def decide_limits(request: Asked) -> Answer:
    """Let other limits hold from now on."""
    who, sent = await administrator(request), await texts(request)
    try:
        async with work():
            await limit_book.decide(who, _read_limits(sent))
    except Malformed as refusal:
        return await _limits_page(sent, refusal)
    return Redirect(f"{HERE}?xong=gioi-han", status_code=303)


def _hold(word: str) -> Hold:
    try:
        return Hold(word)
    except ValueError:
        raise NotFound from None


def _reason(sent: Mapping[str, str]) -> str:
    reason = " ".join(sent.get("reason", "").split())
    if not 3 <= len(reason) <= 200:
        raise Malformed("Ghi lý do không gửi, từ 3 đến 200 ký tự.")
    return reason


def _read_limits(sent: Mapping[str, str]) -> Limits:
    values, faults = {}, {}
    for name, _, _, may_be_empty in LIMIT_FIELDS:
        text = sent.get(name, "").strip().replace(".", "")
        if text.isascii() and text.isdigit() and len(text) < 9:
            values[name] = int(text)
        elif text or not may_be_empty:
            faults[name] = "Ghi một số nguyên, ví dụ 20."
    if faults:
        raise Malformed(fields=faults)
    return Limits(**values)


async def _limits_page(
    sent: Mapping[str, object], refusal: Malformed | None = None
) -> Response[bytes]:
    return page(
        "admin/message_limits.html",
        status=refusal.status if refusal else 200,
        here=HERE,
        at=LIMITS,
        fields=limit_fields(sent, refusal.fields if refusal else {}),
        labels={name: label for name, label, _, _ in LIMIT_FIELDS},
        errors=refusal.fields if refusal else {},
    )


async def _overview(*, done: str = "", refusal: Refusal | None = None) -> Response[bytes]:
    day, tenant_id = today(), current().id
    month, standing = day.replace(day=1), await health.standing_now()
    return page(
        "admin/messages.html",
        status=refusal.status if refusal else 200,
        here=HERE,
        limits_at=LIMITS,
        holds=await warnings.latest(),
        providers=provider_lines(standing, await health.of_month(tenant_id, month), now()),
        lines_by=[(each.name, each.label) for each in standing if each.channel == "sms"],
        limits=limit_lines(await quota.standings(tenant_id, month, allowance.METER), month),
        warnings=warning_lines(
            [one for one in await quota.warnings(tenant_id) if one.meter == allowance.METER]
        ),
        held=held_lines(await trouble.held_counts()),
        used=await allowance.of_month(day),
        terms=await allowance.terms_on(day),
        lines=wording_lines(await templates.known_of([one.key for one in templates.newest()])),
        inbound=answering.inbound_address(current()),
        done=done,
        refused=refusal.message if refusal else "",
    )
