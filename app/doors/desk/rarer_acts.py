"""The rarer acts out of their forms: what was typed, read into what the verbs take."""

from collections.abc import Mapping
from datetime import datetime

from app.doors.desk.inputs import day_or_none, uuid_or_none
from app.onestop.dossiers import queries, service
from app.onestop.dossiers.shapes import Correction
from app.onestop.exchange import service as exchange
from app.onestop.slips.shapes import SupplementItem
from app.people.shapes import Actor
from app.refusals import Malformed, NotFound

Sent = Mapping[str, str]
_DAY = "Ghi ngày theo mẫu 27/03/2027."
_NOTHING = "Chọn lý do ở ít nhất một giấy tờ, hoặc ghi nội dung khác cần bổ sung."


async def _refuse(officer: Actor, code: str, version: int | None, sent: Sent) -> None:
    reason_code, reason = sent.get("reason_code", ""), sent.get("note", "")
    await service.refuse(officer, code, version, reason_code=reason_code, reason=reason)


async def _ask(officer: Actor, code: str, version: int | None, sent: Sent) -> None:
    await _ask_supplement(officer, code, version, sent, again=False)


async def _ask_again(officer: Actor, code: str, version: int | None, sent: Sent) -> None:
    await _ask_supplement(officer, code, version, sent, again=True)


async def _ask_supplement(
    officer: Actor, code: str, version: int | None, sent: Sent, *, again: bool
) -> None:
    await service.ask_supplement(
        officer,
        code,
        version,
        items=await _items(officer, code, sent),
        reply_by=_day(sent, "reply_by"),
        note=sent.get("note", ""),
        again=again,
        confirmed=sent.get("confirmed") == "co",
    )


async def _items(officer: Actor, code: str, sent: Sent) -> list[SupplementItem]:
    """The papers a reason was chosen for, and the free line. Raises Malformed without any."""
    shown = await queries.dossier_page(code, officer)
    if shown is None:
        raise NotFound
    items = [
        SupplementItem(name=paper.name, reason_code=reason)
        for paper in shown.checklist
        if (reason := sent.get(f"ly_do.{paper.id}", ""))
    ]
    if other := sent.get("other", "").strip():
        items.append(SupplementItem(name=other, reason_code="not_enough"))
    if not items:
        raise Malformed(fields={"other": _NOTHING})
    return items


async def _assign(officer: Actor, code: str, version: int | None, sent: Sent) -> None:
    to, node = uuid_or_none(sent.get("to", "")), sent.get("node") or None
    await service.assign(officer, code, version, to=to, node=node)


async def _ask_opinion(officer: Actor, code: str, version: int | None, sent: Sent) -> None:
    agency_id = uuid_or_none(sent.get("agency_id", ""))
    if agency_id is None:
        raise Malformed(fields={"agency_id": "Chọn cơ quan cần lấy ý kiến."})
    until = _day(sent, "answer_by")
    await service.ask_opinion(
        officer, code, version, agency_id=agency_id, question=sent.get("note", ""),
        answer_by=until, node=sent.get("node") or None,
    )  # fmt: skip


async def _ask_payment(officer: Actor, code: str, version: int | None, sent: Sent) -> None:
    pay_by = _day(sent, "pay_by")
    await service.ask_payment(officer, code, version, pay_by=pay_by, note=sent.get("note"))


async def _pause(officer: Actor, code: str, version: int | None, sent: Sent) -> None:
    reason = sent.get("reason", "")
    await service.pause(officer, code, version, reason=reason, note=sent.get("note"))


async def _extend(officer: Actor, code: str, version: int | None, sent: Sent) -> None:
    until = _day(sent, "until")
    await service.extend(officer, code, version, until=until, reason=sent.get("note", ""))


async def _correct(officer: Actor, code: str, version: int | None, sent: Sent) -> None:
    form = Correction(**{name: sent.get(name, "") for name in Correction.__struct_fields__})
    await service.correct(officer, code, version, form, reason=sent.get("note", ""))


async def _stop(officer: Actor, code: str, version: int | None, sent: Sent) -> None:
    await service.stop(officer, code, version, reason=sent.get("note", ""))


async def _withdraw(officer: Actor, code: str, version: int | None, sent: Sent) -> None:
    await service.withdraw(officer, code, version, reason=sent.get("note", ""))


async def _go_on_without(officer: Actor, code: str, version: int | None, sent: Sent) -> None:
    node, why = sent.get("node", ""), sent.get("note")
    await service.go_on_without(officer, code, version, node=node, note=why)


async def _ask_far_again(officer: Actor, code: str, version: int | None, sent: Sent) -> None:
    node, note = sent.get("node", ""), sent.get("note")
    await service.ask_again(officer, code, version, node=node, note=note)


async def _send_what_came(officer: Actor, code: str, _: int | None, sent: Sent) -> None:
    await exchange.send_what_came(officer, code, sent.get("note", "").strip() or None)


def _day(sent: Sent, name: str) -> datetime:
    day = day_or_none(sent.get(name, ""))
    if day is None:
        raise Malformed(fields={name: _DAY})
    return day


RARER = {
    "tu-choi": _refuse,
    "bo-sung": _ask,
    "bo-sung-nua": _ask_again,
    "phan-cong": _assign,
    "lay-y-kien": _ask_opinion,
    "nop-tien": _ask_payment,
    "tam-dung": _pause,
    "gia-han": _extend,
    "dinh-chinh": _correct,
    "dung": _stop,
    "rut": _withdraw,
    "khong-cho-lien-thong": _go_on_without,
    "gui-lai-lien-thong": _ask_far_again,
    "gui-giay-to": _send_what_came,
}
