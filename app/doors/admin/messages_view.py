"""The pages about text messages, as administrators see them."""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from app.doors.words import dong
from app.onestop.notices import templates, wording
from app.onestop.notices.allowance import Terms
from app.onestop.notices.limits import HOLD_ADVICE, HOLD_NAMES, Hold
from app.onestop.notices.templates import Known
from app.onestop.notices.wording import VERDICT_NAMES, Look, Verdict

# Name, label, hint, and whether it may be left empty.
LIMIT_FIELDS: Sequence[tuple[str, str, str, bool]] = (
    ("parts_a_day", "Số phần tin mỗi ngày của địa phương",
     "Để trống nếu không giới hạn. Tin vượt mức tự gửi vào sáng hôm sau.", True),
    ("number_an_hour", "Số tin đến một số trong một giờ",
     "Tin vượt mức tự gửi khi hết giờ.", False),
    ("number_a_day", "Số tin đến một số trong một ngày", "Tin vượt mức tự gửi vào hôm sau.", False),
    ("codes_an_hour", "Số mã xác thực đến một số trong một giờ", "", False),
    ("surge_times", "Coi là tăng đột ngột khi gấp bao nhiêu lần thường lệ",
     "So với cùng giờ trong 28 ngày trước. Tin bị giữ cho đến khi quản trị viên cho gửi.", False),
    ("surge_from", "Chỉ xét tăng đột ngột từ số phần tin trong một giờ", "", False),
    ("strangers_an_hour", "Số tin đến đầu số lạ trong một giờ",
     "Vượt mức thì giữ các tin đến đầu số lạ cho đến khi quản trị viên cho gửi.", False),
    ("parts_a_message", "Số phần nhiều nhất của một mẫu tin", "", False),
)  # fmt: skip


class LimitField(msgspec.Struct, frozen=True):
    """One limit in the form."""

    name: str
    label: str
    hint: str
    value: object
    error: str
    required: bool


class HeldLine(msgspec.Struct, frozen=True):
    """Messages held for one reason; `by_person` when nothing sends them but a person."""

    key: str
    reason: str
    advice: str
    count: int


class WordingLine(msgspec.Struct, frozen=True):
    """A message in the list: how many wordings of its own it has, and the rule that demands it."""

    key: str
    title: str
    own: str
    waiting: int
    demanded_by: str


class VersionLine(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a message, with what each operator said of it."""

    version: int
    name: str
    text: str
    marked: bool
    own: bool
    in_use: bool
    look: Look
    price: str
    lines: list[tuple[str, str, str, Verdict]]  # brand, provider, words, verdict


def limit_fields(sent: Mapping[str, object], errors: Mapping[str, str]) -> list[LimitField]:
    """The form's fields with what stands in them."""
    return [
        LimitField(
            name, label, hint, _shown(sent.get(name)), errors.get(name, ""), not may_be_empty
        )
        for name, label, hint, may_be_empty in LIMIT_FIELDS
    ]


def held_lines(counts: Mapping[Hold, int]) -> list[HeldLine]:
    """What is held, by reason."""
    return [
        HeldLine(why.value, HOLD_NAMES[why], HOLD_ADVICE[why], count)
        for why, count in counts.items()
    ]


def wording_lines(known: Known) -> list[WordingLine]:
    """Every message of the product."""
    return [_wording_line(one.key, one.title, one.demanded_by, known) for one in templates.newest()]


def version_lines(key: str, known: Known, terms: Terms) -> list[VersionLine]:
    """Every version of a message, the newest first."""
    shipped = [(one.version, one.text, False, True) for one in templates.shipped_of(key)]
    own = [(v, text, marked, used) for _, v, text, marked, used in known.own]
    return [
        _version_line(version, text, known, terms, marked=marked, in_use=used)
        for version, text, marked, used in sorted([*shipped, *own], reverse=True)
    ]


def price_of(look: Look, terms: Terms) -> str:
    """What the message costs at the price of the day, in words."""
    return dong(look.parts * terms.unit_price)


def name_of(version: int) -> str:
    """What a version is called: the product's, or the province's own by number."""
    if version < wording.OWN:
        return f"Mẫu của hệ thống, bản {version}"
    return f"Mẫu của địa phương, bản {version - wording.OWN + 1}"


def day_of(value: date) -> str:
    """A day as it is typed."""
    return f"{value:%d/%m/%Y}"


def _wording_line(key: str, title: str, demanded_by: str, known: Known) -> WordingLine:
    used = [version for name, version, _, _, in_use in known.own if name == key and in_use]
    drafts = sum(1 for name, _, _, _, in_use in known.own if name == key and not in_use)
    return WordingLine(key, title, name_of(max(used)) if used else "", drafts, demanded_by)


def _version_line(
    version: int, text: str, known: Known, terms: Terms, *, marked: bool, in_use: bool
) -> VersionLine:
    look = wording.look(text, marked=marked)
    said = {(brand, over): verdict for _, v, brand, over, verdict in known.verdicts if v == version}
    return VersionLine(
        version=version,
        name=name_of(version),
        text=text,
        marked=marked,
        own=version >= wording.OWN,
        in_use=in_use,
        look=look,
        price=price_of(look, terms),
        lines=[
            (brand, over, _words(said.get((brand, over), Verdict.DRAFT), needs=needs),
             said.get((brand, over), Verdict.DRAFT))
            for brand, over, needs in known.lines
        ],
    )  # fmt: skip


def _words(verdict: Verdict, *, needs: bool) -> str:
    return VERDICT_NAMES[verdict] if needs else "Không cần nhà mạng duyệt"


def _shown(value: object) -> object:
    return "" if value is None else value
