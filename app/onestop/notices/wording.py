"""The wordings of a message: which of several versions is sent, and what a new one may say. Pure.

An operator may want to see every wording before it is sent under a registered name (brandname,
Decree 91/2020/NĐ-CP). A line is one such name over one provider.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct

from app.onestop.notices import rules
from infra.clock import VIETNAM
from infra.sms import is_gsm, segments

OWN = 101  # the first version of a province's own
LONGEST = 2000  # letters of a template

_PLACE = re.compile(r"\{([^{}]*)\}")
# What every message about a dossier may name, whatever the shipped wording says.
_OF_A_DOSSIER = frozenset({"CQ", "MA", "NOI", "TT", "TRACUU"})
SAMPLE: Mapping[str, object] = {
    "CQ": "UBND P. Quy Nhon",
    "MA": "H08.21583-261120-0007",
    "TT": "Đăng ký khai sinh",
    "HEN": datetime(2026, 11, 27, 17, tzinfo=VIETNAM),
    "HAN": date(2026, 11, 27),
    "PHI": 75_000,
    "LYDO": "Thiếu giấy chứng sinh",
    "NOI": "UBND P. Quy Nhon",
    "TRACUU": "binhdinh.motcua.vn/tra-cuu",
    "NGAYMOI": date(2026, 12, 1),
    "VD": "EA123456789VN",
    "SO": "12",
    "OTP": "481516",
    "TRANGTHAI": "Đang xử lý",
}

# What stands in each place, for who writes a wording.
PLACE_NAMES = {
    "CQ": "tên cơ quan",
    "MA": "mã hồ sơ",
    "TT": "tên thủ tục",
    "HEN": "giờ, ngày hẹn trả",
    "HAN": "hạn phải làm",
    "PHI": "số tiền phải nộp",
    "LYDO": "lý do",
    "NOI": "nơi nhận hồ sơ, trả kết quả",
    "TRACUU": "địa chỉ tra cứu",
    "NGAYMOI": "ngày hẹn trả mới",
    "VD": "mã vận đơn",
    "SO": "số hồ sơ",
    "OTP": "mã xác thực",
    "TRANGTHAI": "tình trạng hồ sơ",
}


class Verdict(StrEnum):
    """What an operator said of a wording (tình trạng duyệt mẫu)."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REFUSED = "refused"


VERDICT_NAMES = {
    Verdict.DRAFT: "Chưa gửi nhà mạng duyệt",
    Verdict.SUBMITTED: "Đã gửi nhà mạng, chờ duyệt",
    Verdict.APPROVED: "Nhà mạng đã duyệt",
    Verdict.REFUSED: "Nhà mạng từ chối",
}


class Wording(Struct, frozen=True, kw_only=True):
    """One version of a message; `marked` is sent with Vietnamese marks. A draft is not in use."""

    key: str
    version: int
    text: str
    marked: bool = False
    urgent: bool = False
    in_use: bool = True


class Line(Struct, frozen=True):
    """A brandname over a provider, and whether its operator sees wordings first."""

    brand: str
    provider: str
    needs_approval: bool


class Chosen(Struct, frozen=True):
    """The version to send, and over which lines it may not go."""

    wording: Wording
    barred: frozenset[Line] = frozenset()


class Look(Struct, frozen=True, kw_only=True):
    """A wording filled with sample values; `most_parts` with the longest values there may be."""

    text: str
    encoding: str
    units: int
    parts: int
    most_parts: int


Verdicts = Mapping[tuple[int, str, str], Verdict]  # by version, brand and provider


def choose(
    versions: Sequence[Wording], lines: Collection[Line], verdicts: Verdicts
) -> Chosen | None:
    """The newest version every line takes, else the newest that any takes; None when none does."""
    newest = sorted(versions, key=lambda one: -one.version)
    choices = [Chosen(one, _barred(one, lines, verdicts)) for one in newest if one.in_use]
    everywhere = [one for one in choices if not one.barred]
    somewhere = [one for one in choices if len(one.barred) < len(lines)]
    return next(iter([*everywhere, *somewhere]), None)


def _barred(wording: Wording, lines: Collection[Line], verdicts: Verdicts) -> frozenset[Line]:
    return frozenset(
        line
        for line in lines
        if line.needs_approval
        and verdicts.get((wording.version, line.brand, line.provider)) is not Verdict.APPROVED
    )


def is_brand(text: str) -> bool:
    """A sender's name as operators register it: up to eleven plain letters and digits."""
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,10}", text) is not None


def is_provider(text: str) -> bool:
    """A provider's short name."""
    return re.fullmatch(r"[a-z][a-z0-9_-]{0,30}", text) is not None


def may_follow(before: Verdict, after: Verdict) -> bool:
    """Whether an operator's word may be entered: it judges what was submitted to it."""
    if after is Verdict.SUBMITTED:
        return before in (Verdict.DRAFT, Verdict.REFUSED)
    if after is Verdict.REFUSED:  # An approval may be taken back as well.
        return before in (Verdict.SUBMITTED, Verdict.APPROVED)
    return after is Verdict.APPROVED and before is Verdict.SUBMITTED


def places_for(shipped: Collection[str]) -> frozenset[str]:
    """The places the event gives values for; `shipped` are the shipped texts of the message."""
    known = frozenset(name for text in shipped for name in _PLACE.findall(text))
    return known | _OF_A_DOSSIER if "MA" in known else known


def faults_of(text: str, places: Collection[str], *, marked: bool, most_parts: int) -> list[str]:
    """What is wrong with a province's own wording, in Vietnamese; empty when it may be saved."""
    if not text.strip():
        return ["Ghi nội dung tin."]
    if len(text) > LONGEST:
        return [f"Nội dung dài {len(text)} ký tự, nhiều nhất {LONGEST} ký tự."]
    faults = _place_faults(text, places)
    if not marked and not is_gsm(_PLACE.sub("", text)):
        faults.append("Nội dung có chữ có dấu: bỏ dấu, hoặc chọn gửi tin có dấu.")
    return faults or _length_faults(text, most_parts, marked=marked)


def _place_faults(text: str, places: Collection[str]) -> list[str]:
    used = _PLACE.findall(text)
    known = ", ".join(f"{{{name}}}" for name in sorted(places))
    faults = [
        f"Chỗ điền {{{name}}} không có trong tin này; dùng được {known}."
        for name in dict.fromkeys(used)
        if name not in places
    ]
    if re.search(r"[{}]", _PLACE.sub("", text)):
        faults.append("Còn dấu ngoặc nhọn lẻ: mỗi chỗ điền ghi đủ hai dấu, ví dụ {MA}.")
    return faults


def _length_faults(text: str, most_parts: int, *, marked: bool) -> list[str]:
    seen = look(text, marked=marked)
    if seen.parts > most_parts:
        return [f"Tin dài {seen.parts} phần, quá {most_parts} phần được phép; cần rút gọn."]
    if seen.most_parts > rules.MOST_PARTS:
        return [
            f"Khi chỗ điền dài nhất, tin lên đến {seen.most_parts} phần,"
            f" quá {rules.MOST_PARTS} phần nhà mạng nhận; cần rút gọn."
        ]
    return []


def look(text: str, *, marked: bool) -> Look:
    """The text as it would go out, with what it costs; its places must be known ones."""
    shown = rules.filled(text, SAMPLE, marked=marked)
    cost = segments(shown)
    longest = _PLACE.sub("ệ" * rules.LONGEST_VALUE if marked else "x" * rules.LONGEST_VALUE, text)
    return Look(
        text=shown,
        encoding=cost.encoding.upper(),
        units=cost.units,
        parts=cost.parts,
        most_parts=segments(longest).parts,
    )
