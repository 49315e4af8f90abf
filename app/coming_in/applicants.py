"""Who handed an old dossier in: cleaned, converted, with what it was before. Pure."""

import re
from datetime import date

from app.coming_in import phones, places
from app.coming_in.judging import Judged
from app.coming_in.places import Outcome, Places
from app.onestop.dossiers.applicants import name_fault
from app.onestop.forms import cleaning, identity

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]{2,}")
_NO_PHONE = "Không phải số điện thoại dùng được hiện nay; số cũ được giữ, hệ thống không nhắn tin."
_NO_ID = "Không đủ 12 (hoặc 9) chữ số; số cũ được giữ nhưng không dùng để tra cứu."
_NOUGHTS = "Bảng tính làm mất số 0 ở đầu; đã thêm lại, ông/bà kiểm tra."
_NO_EMAIL = "Không phải địa chỉ thư điện tử; được giữ ở bản gốc, không dùng để gửi."
_NO_PLACE = "Chưa biết thuộc xã, phường nào sau 01/7/2025; địa chỉ giữ nguyên, ông/bà sửa khi cần."
_NO_DIGITS = "Không có số điện thoại và số định danh; khi tra cứu chỉ xem được trạng thái."
_EATEN = {8: 9, 10: 12, 11: 12}


def applicant(row: Judged, where: Places, on: date) -> dict[str, object]:
    """The applicant as a dossier keeps it; `carried` has the originals of what was changed.

    `on` is the day the dossier was filed. Only a name that is none is a fault.
    """
    name = cleaning.one_line(row.needed("applicant"))
    if name and (wrong := name_fault(name)):
        row.fault("applicant", wrong)
    found = {
        "phone": _phone(row, on),
        "id_number": _id_number(row),
        "email": _email(row),
        "address": _address(row, where),
    }
    if not found["phone"] and not found["id_number"]:
        row.note("phone", _NO_DIGITS)
    before = {field: row[field] for field, now in found.items() if _changed(row[field], now)}
    return {"full_name": name, **found, **({"carried": before} if before else {})}


def _changed(before: str, now: str | None) -> bool:
    """Whether what was written is not merely written otherwise."""
    if not before:
        return False
    digits = "".join(letter for letter in before if letter.isdigit())
    return now is None or (before != now and "0" + now.removeprefix("+84") != digits)


def _phone(row: Judged, on: date) -> str | None:
    if not row["phone"]:
        return None
    found = phones.modern(row["phone"], on)
    if found is None:
        row.note("phone", _NO_PHONE)
    return found


def _id_number(row: Judged) -> str | None:
    digits = cleaning.plain_digits(row["id_number"]).replace(" ", "").replace(".", "")
    if not digits:
        return None
    if digits.isdigit() and len(digits) in _EATEN:
        row.note("id_number", _NOUGHTS)
        digits = digits.zfill(_EATEN[len(digits)])
    found = identity.id_number(digits)
    if found is None:
        row.note("id_number", _NO_ID)
    return found


def _email(row: Judged) -> str | None:
    text = cleaning.one_line(row["email"])
    if text and not _EMAIL.fullmatch(text):
        row.note("email", _NO_EMAIL)
        return None
    return text or None


def _address(row: Judged, where: Places) -> str | None:
    text = cleaning.one_line(row["address"])
    if not text:
        return None
    found = places.convert(text, where)
    if found.outcome is Outcome.UNKNOWN:
        row.note("address", _NO_PLACE)
    return found.text
