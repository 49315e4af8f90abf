"""Officers and the posts they hold (cán bộ và chức danh), for administrators."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from app.doors.admin.entry import administrator, chosen, day_or_none
from app.doors.admin.officers_view import officer_line, officer_lines, post_pick
from app.doors.asked import Asked
from app.doors.render import page
from app.doors.sent import texts
from app.doors.signin.parting import end_everywhere_of
from app.onestop.dossiers.freeing import unheld_posts
from app.people import queries, refusals, service, substitution
from app.people.rules import admission_faults, plain_name
from app.people.shapes import Actor
from app.refusals import Malformed, Refusal
from tenants import issuers
from tenants.current import current
from tenants.work import work

Answer = Response[bytes] | Redirect
Done = Annotated[str, QueryParameter(name="xong", max_length=20)]
Words = Annotated[str, QueryParameter(name="co-quan", max_length=120)]
HOME, ADMIT = "/quan-tri", "/quan-tri/cap-quyen"
ONE = "/quan-tri/can-bo/{officer_id:uuid}"
OWN: dict[str, Any] = {"own_work": True}
_DONE = {
    "cap-quyen": "Đã cấp quyền. Cán bộ đăng nhập bằng tài khoản của đơn vị với tên đăng nhập này.",
    "giao": "Đã giao chức danh.",
    "thoi-giu": "Đã ghi nhận: hết hôm nay cán bộ thôi giữ chức danh.",
    "cu-thay": "Đã cử người thay trong thời gian của quyết định.",
    "he-thong": "Đã ghi hệ thống đăng nhập của cán bộ.",
    "cap-lai": "Đã cấp quyền lại. Giao chức danh để cán bộ bắt đầu làm việc.",
    "mo-lai": "Đã mở lại tài khoản. Cán bộ đăng nhập được ngay.",
    "ket-thuc-phien": "Đã kết thúc mọi phiên làm việc đang mở của cán bộ.",
    "thu-hoi": "Đã thu hồi quyền. Cán bộ không còn vào được hệ thống.",
}


class OwnAccount(Refusal):
    """An administrator would lock the door from inside."""

    code = "own_account"
    message = "Ông/bà không tự thu hồi quyền của mình. Vui lòng nhờ quản trị viên khác thực hiện."


@get(HOME)
async def list_officers(request: Asked, done: Done = "") -> Response[bytes]:
    """Everybody ever admitted, those at work first."""
    await administrator(request)
    lines, unheld = officer_lines(await queries.officers()), await unheld_posts()
    return page(
        "admin/officers.html", here=HOME, officers=lines, unheld=unheld, done=_DONE.get(done, "")
    )


@get(ADMIT)
async def open_admission(request: Asked, words: Words = "") -> Response[bytes]:
    """The form that admits an officer: the post is looked for first, then the person named."""
    await administrator(request)
    return await _admit_page(words, {})


@post(ADMIT, opt=OWN)
async def admit(request: Asked) -> Answer:
    """Let a staff identity in, with its first post."""
    who, sent = await administrator(request), await texts(request)
    try:
        issuer = await _issuer(sent)
        async with work():
            officer_id = await _admit(who, sent, issuer)
    except (Malformed, refusals.UsernameTaken) as refusal:
        return await _admit_page(sent.get("co-quan", ""), sent, refusal)
    return Redirect(f"/quan-tri/can-bo/{officer_id}?xong=cap-quyen", status_code=303)


@get(ONE)
async def show_officer(
    request: Asked, officer_id: FromPath[UUID], done: Done = "", words: Words = ""
) -> Response[bytes]:
    """One officer with the posts held now and later."""
    who = await administrator(request)
    return await _officer_page(who, officer_id, words, done=_DONE.get(done, ""))


@post(f"{ONE}/chuc-danh", opt=OWN)
async def give_post(request: Asked, officer_id: FromPath[UUID]) -> Answer:
    """Give the officer one more post, from a day on."""
    who, sent = await administrator(request), await texts(request)
    try:
        async with work():
            await _give(who, officer_id, sent)
    except (Malformed, refusals.WrongPeriod, refusals.PostHeldAlready) as refusal:
        words = sent.get("co-quan", "")
        return await _officer_page(who, officer_id, words, sent=sent, refusal=refusal)
    return Redirect(f"/quan-tri/can-bo/{officer_id}?xong=giao", status_code=303)


@post(f"{ONE}/thoi-giu/{{holding_id:uuid}}")
async def take_post(
    request: Asked, officer_id: FromPath[UUID], holding_id: FromPath[UUID]
) -> Redirect:
    """The officer holds the post until the end of today and no longer."""
    await service.release_post(await administrator(request), holding_id)
    return Redirect(f"/quan-tri/can-bo/{officer_id}?xong=thoi-giu", status_code=303)


@post(f"{ONE}/cu-thay/{{holding_id:uuid}}", opt=OWN)
async def send_substitute(
    request: Asked, officer_id: FromPath[UUID], holding_id: FromPath[UUID]
) -> Answer:
    """Let another officer stand in at this post for a time, by a decision."""
    who, sent = await administrator(request), await texts(request)
    try:
        async with work():
            await _stand_in(who, holding_id, sent)
    except (Malformed, refusals.WrongPeriod, refusals.PostHeldAlready) as refusal:
        refusal.fields = {f"{name}-{holding_id}": text for name, text in refusal.fields.items()}
        return await _officer_page(
            who, officer_id, "", sent=sent, refusal=refusal, substituting=holding_id
        )
    return Redirect(f"/quan-tri/can-bo/{officer_id}?xong=cu-thay", status_code=303)


@post(f"{ONE}/cap-lai")
async def readmit(request: Asked, officer_id: FromPath[UUID]) -> Redirect:
    """Let somebody in again whose rights were taken back."""
    await service.readmit(await administrator(request), officer_id)
    return Redirect(f"/quan-tri/can-bo/{officer_id}?xong=cap-lai", status_code=303)


@post(f"{ONE}/mo-lai")
async def reopen(request: Asked, officer_id: FromPath[UUID]) -> Redirect:
    """Open an account that was shut because nobody used it for long."""
    await service.reopen(await administrator(request), officer_id)
    return Redirect(f"/quan-tri/can-bo/{officer_id}?xong=mo-lai", status_code=303)


@post(f"{ONE}/he-thong-dang-nhap", opt=OWN)
async def name_issuer(request: Asked, officer_id: FromPath[UUID]) -> Redirect:
    """Say which issuer vouches for an officer who has not signed in yet."""
    who, sent = await administrator(request), await texts(request)
    issuer = await _issuer(sent)
    async with work():
        await service.name_issuer(who, officer_id, issuer or "")
    return Redirect(f"/quan-tri/can-bo/{officer_id}?xong=he-thong", status_code=303)


@post(f"{ONE}/ket-thuc-phien", opt=OWN)
async def end_sessions(request: Asked, officer_id: FromPath[UUID]) -> Redirect:
    """End whatever sessions the officer has open anywhere."""
    who = await administrator(request)
    async with work():
        identity = await service.identity_of(who, officer_id)
    if identity is not None:
        await end_everywhere_of(*identity)
    return Redirect(f"/quan-tri/can-bo/{officer_id}?xong=ket-thuc-phien", status_code=303)


@post(f"{ONE}/thu-hoi")
async def dismiss(request: Asked, officer_id: FromPath[UUID]) -> Redirect:
    """End the officer's admission at once."""
    who = await administrator(request)
    if who.id == officer_id:
        raise OwnAccount
    await service.dismiss(who, officer_id)
    return Redirect(f"{HOME}?xong=thu-hoi", status_code=303)


async def _issuers() -> list[tuple[str, str]]:
    """The issuers of staff as choices; empty when there is no choice."""
    known = await issuers.trusted(current().id, "staff")
    return [(each.issuer, each.label) for each in known] if len(known) > 1 else []


async def _issuer(sent: Mapping[str, str]) -> str | None:
    """The issuer chosen; None when there is no choice. Raises Malformed."""
    choices, said = dict(await _issuers()), sent.get("issuer", "")
    if choices and said not in choices:
        raise Malformed(fields={"issuer": "Chọn hệ thống đăng nhập của cán bộ."})
    return said if choices else None


async def _admit(who: Actor, sent: Mapping[str, str], issuer: str | None) -> UUID:
    username, full_name = sent.get("username", ""), sent.get("full_name", "")
    if faults := admission_faults(username, plain_name(full_name)):
        raise Malformed(fields=faults)
    first = chosen(sent, "post_id", "Chọn chức danh của cán bộ.")
    officer_id = await service.admit(who, username, full_name, issuer=issuer)
    await service.hold_post(who, officer_id, first)
    return officer_id


async def _give(who: Actor, officer_id: UUID, sent: Mapping[str, str]) -> None:
    post_id = chosen(sent, "post_id", "Chọn chức danh cần giao.")
    begins, ends = day_or_none(sent, "from_on"), day_or_none(sent, "to_on")
    await service.hold_post(who, officer_id, post_id, from_on=begins, to_on=ends)


async def _stand_in(who: Actor, holding_id: UUID, sent: Mapping[str, str]) -> None:
    tail = f"-{holding_id}"
    typed = {name.removesuffix(tail): text for name, text in sent.items() if name.endswith(tail)}
    await substitution.stand_in(
        who,
        holding_id,
        typed.get("username", ""),
        from_on=day_or_none(typed, "from_on"),
        to_on=day_or_none(typed, "to_on"),
        decision=typed.get("decision", ""),
    )


async def _admit_page(
    words: str, sent: Mapping[str, str], refusal: Refusal | None = None
) -> Response[bytes]:
    return page(
        "admin/admit.html",
        status=refusal.status if refusal else 200,
        here=HOME,
        pick=post_pick(await queries.posts(), words),
        issuers=await _issuers(),
        sent=dict(sent),
        refused=refusal.message if refusal else "",
        errors=refusal.fields if refusal else {},
    )


async def _officer_page(
    who: Actor,
    officer_id: UUID,
    words: str,
    *,
    done: str = "",
    sent: Mapping[str, str] | None = None,
    refusal: Refusal | None = None,
    substituting: UUID | None = None,
) -> Response[bytes]:
    found = next((each for each in await queries.officers() if each.id == officer_id), None)
    if found is None:
        raise refusals.NoSuchOfficer
    return page(
        "admin/officer.html",
        status=refusal.status if refusal else 200,
        here=HOME,
        officer=officer_line(found),
        issuers=await _issuers(),
        oneself=who.id == officer_id,
        pick=post_pick(await queries.posts() if words.strip() else [], words),
        done=done,
        substituting=substituting,
        sent=dict(sent or {}),
        refused=refusal.message if refusal else "",
        errors=refusal.fields if refusal else {},
    )
