"""The words each form is filled with, out of a slip's frozen content. Pure.

`known.py` names the words; here they get their content. An absent value is "".
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from msgspec import structs

from app.onestop.slips.documents import Document
from app.onestop.slips.layout import Values
from app.onestop.slips.moments import day_in_words, moment, short_day
from app.onestop.slips.shapes import (
    Apology,
    Receipt,
    RefusalSlip,
    Slip,
    SlipContent,
    StopNotice,
    SupplementRequest,
)

_TOLD_LATER = "Được hẹn khi cơ quan có thẩm quyền nhận hồ sơ"


def values_of(slip: Slip, document: Document) -> Values:
    """The words and tables of an issued slip, as its template's version writes them."""
    content = slip.content
    own, tables = _OWN[slip.form](content)
    words = {
        **frame(document, content.agency, content.desk, content.place, slip.issued_at),
        **_person(content),
        "slip_number": number_text(document, slip.number),
        "code": content.code,
        "bar_number": content.number,
        "tracking_url": content.tracking_url,
        "help": _help(content.hotline),
        "officer": content.officer,
        "request": content.request,
    }
    return Values(words=words | own, tables=tables)


def frame(document: Document, agency: str, desk: str, place: str, day: date) -> dict[str, str]:
    """The words that every form knows."""
    written = day_in_words(day)
    return {
        "agency": agency,
        "desk": desk,
        "place": place,
        "day": written,
        "place_and_day": f"{place}, {written}" if place else written,
        "basis": document.basis,
        "copy": "",
        "slip_number": "",
    }


def number_text(document: Document, number: int | None) -> str:
    """07/HDHS, as the form writes its number; "" without one."""
    return document.number.replace("{number}", f"{number:02}") if number else ""


def _help(hotline: str) -> str:
    # Spaces that do not break: a number torn apart is dialled wrongly.
    number = hotline.replace(" ", "\N{NO-BREAK SPACE}")
    return f"Điện thoại hỗ trợ: {number}." if hotline else ""


def _person(content: SlipContent) -> dict[str, str]:
    person = content.applicant
    return {
        "applicant_name": person.name,
        "applicant_address": person.address,
        "applicant_phone": person.phone,
        "applicant_email": person.email,
        "applicant_id": person.id_number,
    }


_Filled = tuple[dict[str, str], dict[str, list[dict[str, str]]]]


def _receipt(content: Receipt) -> _Filled:
    words = {
        "sets": f"{content.sets:02}",
        "limit": content.limit,
        "received_at": moment(content.received_at),
        "due_at": moment(content.due_at) or _TOLD_LATER,
        "return_at": content.return_at,
        "fees": "; ".join(content.fees),
        "register_number": str(content.register_number or ""),
        "register_year": str(content.register_year or ""),
        "replaces_at": moment(content.replaces_at),
        "replaces_why": content.replaces_why,
        "settled_by": content.settled_by,
        "taken_in_by": content.taken_in_by,
        "competent_received_at": moment(content.competent_received_at),
    }
    papers = [
        {"n": str(n), "name": p.name, "form": p.form, "quantity": f"{p.quantity:02}"}
        for n, p in enumerate(content.papers, 1)
    ]
    return words, {"papers": papers}


def _supplement(content: SupplementRequest) -> _Filled:
    items = [{"n": str(n), **structs.asdict(item)} for n, item in enumerate(content.items, 1)]
    return {"reply_by": short_day(content.reply_by, "ngày "), "note": content.note}, {
        "items": items
    }


def _refusal(content: RefusalSlip) -> _Filled:
    return {
        "reason": content.reason,
        "article": content.article,
        "detail": content.detail,
    }, {}


def _apology(content: Apology) -> _Filled:
    return {
        "field": content.field,
        "received_at": moment(content.received_at),
        "old_due_at": moment(content.old_due_at),
        "new_due_at": moment(content.new_due_at),
        "reason": content.reason,
        "signer": content.signer,
    }, {}


def _stop(content: StopNotice) -> _Filled:
    return {
        "received_at": moment(content.received_at),
        "requested_by": content.requested_by,
        "stage": content.stage,
        "reason": content.reason,
        "fees": content.fees,
        "signer": content.signer,
    }, {}


_OWN: dict[str, Callable[[Any], _Filled]] = {
    "01": _receipt,
    "02": _supplement,
    "03": _refusal,
    "04": _apology,
    "05": _stop,
}
