"""One message's wordings (mẫu tin): tried out, written, shown to operators, taken into use."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from app.doors.admin.entry import administrator, day_or_none
from app.doors.admin.messages import HERE as MESSAGES
from app.doors.admin.messages_view import price_of, version_lines
from app.doors.asked import Asked
from app.doors.render import page
from app.doors.sent import texts
from app.onestop.notices import allowance, limit_book, templates, templating, wording
from app.onestop.notices.wording import VERDICT_NAMES, Verdict
from app.refusals import Malformed, NotFound, Refusal
from infra.clock import today
from tenants.work import work

ONE = f"{MESSAGES}/mau/{{key:str}}"
VERSION = f"{ONE}/{{version:int}}"
Done = Annotated[str, QueryParameter(name="xong", max_length=20)]
Answer = Response[bytes] | Redirect
OWN: dict[str, Any] = {"own_work": True}
_DONE = {
    "luu": "Đã lưu bản mới. Đưa vào sử dụng, hoặc gửi nhà mạng duyệt trước.",
    "dung": "Đã đưa mẫu vào sử dụng.",
    "thoi": "Đã thôi dùng mẫu này.",
    "duyet": "Đã ghi kết quả của nhà mạng.",
}


@get(ONE)
async def show_wordings(request: Asked, key: FromPath[str], done: Done = "") -> Response[bytes]:
    """Every version with its parts and price, and the form for a new one."""
    await administrator(request)
    return await _page(key, {}, done=_DONE.get(done, ""))


@post(ONE, opt=OWN)
async def write_wording(request: Asked, key: FromPath[str]) -> Answer:
    """Keep a new wording, or only try it out."""
    who, sent = await administrator(request), await texts(request)
    if "xem-thu" in sent:
        return await _page(key, sent)
    try:
        async with work():
            await templating.write(who, key, sent.get("text", ""), marked="marked" in sent)
    except Refusal as refusal:
        return await _page(key, sent, refusal=refusal)
    return Redirect(f"{MESSAGES}/mau/{key}?xong=luu", status_code=303)


@post(f"{VERSION}/dung", opt=OWN)
async def use_wording(request: Asked, key: FromPath[str], version: FromPath[int]) -> Answer:
    """Take a wording into use."""
    who = await administrator(request)
    async with work():
        await templating.put_in_use(who, key, _known(version))
    return Redirect(f"{MESSAGES}/mau/{key}?xong=dung", status_code=303)


@post(f"{VERSION}/thoi-dung", opt=OWN)
async def retire_wording(request: Asked, key: FromPath[str], version: FromPath[int]) -> Answer:
    """Send a wording no more."""
    who = await administrator(request)
    async with work():
        await templating.retire(who, key, _known(version))
    return Redirect(f"{MESSAGES}/mau/{key}?xong=thoi", status_code=303)


@post(f"{VERSION}/duyet", opt=OWN)
async def judge_wording(request: Asked, key: FromPath[str], version: FromPath[int]) -> Answer:
    """Enter what was sent to an operator, or its answer."""
    who, sent = await administrator(request), await texts(request)
    line = (sent.get("brand", ""), sent.get("provider", ""))
    try:
        day, verdict = day_or_none(sent, "on_day") or today(), _verdict(sent)
        async with work():
            reason = sent.get("reason", "")
            await templating.judge(who, (key, _known(version)), line, verdict, day, reason)
    except Refusal as refusal:
        if isinstance(refusal, NotFound):
            raise
        return await _page(key, {}, refusal=refusal)
    return Redirect(f"{MESSAGES}/mau/{key}?xong=duyet", status_code=303)


@post(f"{MESSAGES}/ten-gui", opt=OWN)
async def set_line(request: Asked) -> Answer:
    """Enter a sender's name over a provider."""
    who, sent = await administrator(request), await texts(request)
    needs = sent.get("needs_approval") == "co"
    async with work():
        await templating.set_line(
            who, sent.get("brand", ""), sent.get("provider", ""), needs_approval=needs
        )
    return Redirect(f"{MESSAGES}?xong=ten-gui", status_code=303)


def _known(version: int) -> int:
    """The number, if a version can have it. Raises NotFound."""
    if not 0 < version < 2**15:
        raise NotFound
    return version


def _verdict(sent: Mapping[str, str]) -> Verdict:
    try:
        return Verdict(sent.get("verdict", ""))
    except ValueError:
        raise Malformed(fields={"verdict": "Chọn kết quả của nhà mạng."}) from None


async def _page(
    key: str, sent: Mapping[str, str], *, done: str = "", refusal: Refusal | None = None
) -> Response[bytes]:
    places = templating.places_of(key)
    day = today()
    terms = await allowance.terms_on(day)
    return page(
        "admin/wordings.html",
        status=refusal.status if refusal else 200,
        here=MESSAGES,
        at=f"{MESSAGES}/mau/{key}",
        title=templates.title_of(key),
        demanded_by=templates.named(key).demanded_by,
        places=[f"{{{name}}} {wording.PLACE_NAMES[name]}" for name in sorted(places)],
        versions=version_lines(key, await templates.known_of([key]), terms),
        terms=terms,
        day=day,
        sent=dict(sent),
        tried=await _tried(sent, places, day) if sent else None,
        verdicts=[(one.value, VERDICT_NAMES[one]) for one in list(Verdict)[1:]],
        done=done,
        refused=refusal.message if refusal else "",
        errors=refusal.fields if refusal else {},
    )


async def _tried(
    sent: Mapping[str, str], places: frozenset[str], day: date
) -> dict[str, object] | None:
    """How the text typed would go out; None when its places are not to be filled."""
    text, marked = sent.get("text", ""), "marked" in sent
    most = (await limit_book.current()).parts_a_message
    faults = wording.faults_of(text, places, marked=marked, most_parts=most)
    try:
        look = wording.look(text, marked=marked)
    except KeyError:
        return {"faults": faults}
    return {"look": look, "price": price_of(look, await allowance.terms_on(day)), "faults": faults}
