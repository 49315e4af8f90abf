"""Reading one answer of one kind: its stored form, or the sentence that says what to do. Pure."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from msgspec import Struct

from app.onestop.forms import cleaning, days, identity
from app.onestop.forms.shapes import Field, Kind

_EMAIL = re.compile(r'[^@\s,;<>"]{1,64}@([^@\s,;<>".]+\.)+[^@\s,;<>".\d]{2,}')
_LENGTHS = {Kind.LONGTEXT: 2000, Kind.NAME: 100, Kind.ADDRESS: 300, Kind.EMAIL: 254}
_LENGTH = 200
_YES = frozenset({"1", "on", "co", "true", "yes"})


class Read(Struct, frozen=True):
    """One answer: the value to keep and the error, "" when it is right; `value` "" if blank."""

    value: str
    error: str = ""


def read(field: Field, raw: str, today: date | None) -> Read:
    """`raw` as the answer to `field`; a blank one is never wrong here."""
    clean = cleaning.many_lines if field.kind is Kind.LONGTEXT else cleaning.one_line
    text = clean(raw)
    if not text and field.kind is not Kind.AGREE:
        return Read("")
    longest = field.max or _LENGTHS.get(field.kind, _LENGTH)
    if len(text) > longest:
        return Read(text, f"Rút gọn {noun(field)} còn tối đa {longest} ký tự.")
    return _READERS[field.kind](field, text, today)


def noun(field: Field) -> str:
    """The field's label inside a sentence: "Họ, chữ đệm, tên" -> "họ, chữ đệm, tên"."""
    first, rest = field.label[:1], field.label[1:]
    return field.label if rest[:1].isupper() else first.lower() + rest


def _text(field: Field, text: str, today: date | None) -> Read:
    if odd := cleaning.pictures(text):
        return Read(text, f"Bỏ ký hiệu “{odd[:8]}” trong {noun(field)}.")
    return Read(text.upper() if field.upper else text)


def _name(field: Field, text: str, today: date | None) -> Read:
    if odd := cleaning.strange_in_name(text):
        return Read(text, f"Bỏ ký tự “{odd[:8]}” trong {noun(field)}: chỉ ghi chữ cái và dấu cách.")
    if not any(letter.isalpha() for letter in text):
        return Read(text, f"Ghi {noun(field)} bằng chữ cái.")
    return Read(text.upper() if field.upper else text)


def _day(field: Field, text: str, today: date | None) -> Read:
    day = days.read_day(cleaning.plain_digits(text))
    if day is None:
        return Read(text, f"Ghi {noun(field)} theo dạng ngày/tháng/năm, ví dụ 05/11/2026.")
    if field.past and today is not None and day > today:
        return Read(days.write_day(day), f"Chọn {noun(field)} không sau hôm nay.")
    return Read(days.write_day(day))


def _partial_day(field: Field, text: str, today: date | None) -> Read:
    value = days.read_partial(cleaning.plain_digits(text))
    if value is None:
        return Read(text, f"Ghi {noun(field)} theo dạng ngày/tháng/năm hoặc chỉ năm, ví dụ 1990.")
    year = days.year_of(value)
    if field.past and today is not None and year is not None and year > today.year:
        return Read(value, f"Ghi {noun(field)} không sau năm nay.")
    return Read(value)


def _choice(field: Field, text: str, today: date | None) -> Read:
    if text in {option.key for option in field.options}:
        return Read(text)
    return Read(text, f"Chọn {noun(field)} trong danh sách.")


def _whole(field: Field, text: str, today: date | None) -> Read:
    digits = re.sub(r"[ .]", "", cleaning.plain_digits(text))
    if field.kind is Kind.MONEY:
        digits = re.sub(r"(đồng|đ|vnđ)$", "", digits.lower())
    if not re.fullmatch(r"[0-9]{1,15}", digits):
        return Read(text, f"Ghi {noun(field)} bằng chữ số, ví dụ 2.")
    return _within(field, str(int(digits)), int(digits))


def _decimal(field: Field, text: str, today: date | None) -> Read:
    digits = cleaning.plain_digits(text).replace(" ", "")
    if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{3})+(,[0-9]+)?", digits):
        digits = digits.replace(".", "")
    digits = digits.replace(",", ".")
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,2})?", digits):
        return Read(text, f"Ghi {noun(field)} bằng số, tối đa hai chữ số sau dấu phẩy, ví dụ 85,5.")
    whole, _, part = digits.partition(".")
    part = part.rstrip("0")
    return _within(field, f"{int(whole)},{part}" if part else str(int(whole)), float(digits))


def _within(field: Field, value: str, number: float) -> Read:
    unit = f" {field.unit}" if field.unit else ""
    if field.at_least is not None and number < field.at_least:
        return Read(value, f"Ghi {noun(field)} từ {field.at_least}{unit} trở lên.")
    if field.at_most is not None and number > field.at_most:
        return Read(value, f"Ghi {noun(field)} không quá {field.at_most}{unit}.")
    return Read(value)


def _phone(field: Field, text: str, today: date | None) -> Read:
    value = identity.phone(cleaning.plain_digits(text))
    if value is None:
        return Read(text, f"Ghi {noun(field)} ở Việt Nam, ví dụ 0912 345 678.")
    return Read(value)


def _idno(field: Field, text: str, today: date | None) -> Read:
    value = identity.id_number(cleaning.plain_digits(text))
    if value is None:
        return Read(text, f"Ghi {noun(field)} gồm 12 chữ số trên thẻ căn cước (hoặc 9 chữ số cũ).")
    return Read(value)


def _email(field: Field, text: str, today: date | None) -> Read:
    if not _EMAIL.fullmatch(text):
        return Read(text, f"Ghi {noun(field)} đầy đủ, ví dụ ten@congty.vn.")
    return Read(text)


def _agree(field: Field, text: str, today: date | None) -> Read:
    return Read("1" if text.lower() in _YES else "")


_READERS: dict[Kind, Callable[[Field, str, date | None], Read]] = {
    Kind.TEXT: _text,
    Kind.LONGTEXT: _text,
    Kind.ADDRESS: _text,
    Kind.NAME: _name,
    Kind.DAY: _day,
    Kind.PARTIAL_DAY: _partial_day,
    Kind.CHOICE: _choice,
    Kind.WHOLE: _whole,
    Kind.MONEY: _whole,
    Kind.DECIMAL: _decimal,
    Kind.PHONE: _phone,
    Kind.IDNO: _idno,
    Kind.EMAIL: _email,
    Kind.AGREE: _agree,
}


def is_late(field: Field, value: str, today: date) -> bool:
    """Whether the day `value` lies further back than the field finds usual."""
    day = days.read_day(value)
    return bool(field.late and day and today - day > timedelta(days=field.late.days))
