"""Rows that meet, in words people decide by: what differs, by name, and nothing else. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any

# What columns and the parts of a definition are called. What has no name here keeps its own.
NAMES = {
    "key": "tên khóa", "name": "tên", "short_name": "tên ngắn", "sms_name": "tên trong tin nhắn",
    "kind": "loại", "unit_code": "mã đơn vị hành chính", "code_prefix": "mã định danh",
    "address": "địa chỉ", "valid_from": "áp dụng từ", "valid_to": "áp dụng đến",
    "formed_from": "hình thành từ", "username": "tên đăng nhập", "full_name": "họ và tên",
    "email": "thư điện tử", "issuer": "hệ thống đăng nhập", "subject": "mã tài khoản",
    "dismissed_at": "thu hồi quyền lúc", "code": "mã", "version": "phiên bản",
    "field": "lĩnh vực", "filing": "cách nộp trực tuyến", "document": "nội dung",
    "procedure_code": "mã thủ tục", "state": "tình trạng", "slug": "tên tắt",
    "public_key": "khóa công khai", "active": "đang trao đổi", "applicant_name": "người nộp",
    "phone": "số điện thoại", "summary": "trích yếu", "status": "trạng thái",
    "filed_at": "ngày nộp", "received_at": "ngày tiếp nhận", "due_at": "hẹn trả",
    "steps": "bước", "papers": "giấy tờ", "fees": "phí, lệ phí", "amount": "số tiền",
    "deadline": "thời hạn", "limits": "thời hạn", "title": "tên", "note": "ghi chú",
    "decision": "quyết định", "department": "cơ quan", "legal_basis": "căn cứ pháp lý",
}  # fmt: skip
_VALUES = {
    "province": "tỉnh, thành phố", "department": "sở, ngành", "commune": "xã, phường, đặc khu",
    "service_centre": "trung tâm phục vụ hành chính công", "draft": "dự thảo",
    "published": "đang áp dụng", "retired": "ngừng áp dụng", "local": "tại cổng của tỉnh",
    "national_portal": "tại Cổng Dịch vụ công quốc gia", "off": "không nộp trực tuyến",
}  # fmt: skip
_SPOKEN = {"kind", "state", "filing"}
# Derived from the name, with its marks taken off.
_UNSAID = {"normal"}
_MOST_LETTERS, _MOST_PLACES = 120, 8


def named(values: Mapping[str, Any]) -> str:
    """`tên khóa: so-y-te`: the columns by which two rows meet."""
    return "; ".join(f"{NAMES.get(name, name)}: {value(name, it)}" for name, it in values.items())


def sides(differs: Mapping[str, list[Any]]) -> tuple[str, str]:
    """What ours and theirs say, a line for each place in which they differ."""
    places = [
        place
        for name, (ours, theirs) in differs.items()
        if name not in _UNSAID
        for place in _places((name,), ours, theirs)
    ]
    told = list(islice(places, _MOST_PLACES))
    more = [f"và {len(places) - len(told)} chỗ khác"] if len(places) > len(told) else []
    ours, theirs = ([f"{path}: {pair[side]}" for path, *pair in told] for side in (0, 1))
    return "\n".join(ours + more), "\n".join(theirs + more)


def value(name: str, it: Any) -> str:
    """One value as an official reads it; long ones are cut."""
    if it is None or it == "":
        return "chưa có"
    if isinstance(it, bool):
        return "có" if it else "không"
    if isinstance(it, (list, dict)):
        return f"{len(it)} mục"
    text = _VALUES.get(str(it), str(it)) if name in _SPOKEN else _day(str(it))
    return text if len(text) <= _MOST_LETTERS else f"{text[:_MOST_LETTERS]}…"


def _places(path: tuple[str, ...], ours: Any, theirs: Any) -> Iterator[tuple[str, str, str]]:
    if ours == theirs:
        return
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name in dict.fromkeys([*ours, *theirs]):
            yield from _places((*path, name), ours.get(name), theirs.get(name))
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for number, pair in enumerate(zip(ours, theirs, strict=True), 1):
            yield from _places((*path, str(number)), *pair)
    else:
        words = ", ".join(NAMES.get(name, name) for name in path)
        yield words, value(path[-1], ours), value(path[-1], theirs)


def _day(text: str) -> str:
    try:
        return f"{date.fromisoformat(text):%d/%m/%Y}" if len(text) == 10 else text
    except ValueError:
        return text
