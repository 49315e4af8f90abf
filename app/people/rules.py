"""What an issuer's claims mean for us. Pure: OpenID Connect Core 1.0 section 5.1 to Profile."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, timedelta

import phonenumbers

from app.people.shapes import Profile

NAME_LIMIT = 200
# No standard claim carries the personal number (số định danh cá nhân); issuers use these names.
_ID_NUMBER_CLAIMS = ("id_number", "cccd", "national_id")
_ID_NUMBER = re.compile(r"[0-9]{12}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")


def profile(claims: Mapping[str, object]) -> Profile:
    """The usable part of the claims; a claim of the wrong shape counts as not given."""
    username = _text(claims, "preferred_username") or _text(claims, "sub")
    return Profile(
        full_name=_full_name(claims) or username,
        username=plain_username(username),
        id_number=_id_number(claims),
        phone=_phone(_text(claims, "phone_number")),
        email=read_email(_text(claims, "email")),
        birth_on=_day(_text(claims, "birthdate")),
    )


def plain_username(text: str) -> str:
    """A username as it is compared: trimmed and in lower case."""
    return unicodedata.normalize("NFC", text.strip()).lower()[:NAME_LIMIT]


def plain_name(text: str) -> str:
    """A name as it is kept: composed, single spaces, nothing invisible."""
    visible = "".join(char for char in text if char.isspace() or char.isprintable())
    return unicodedata.normalize("NFC", " ".join(visible.split()))


def is_long_away(since: datetime, at: datetime, days: int) -> bool:
    """Whether an account unused `since` is to be shut: after 45 days by TCVN 14423:2026."""
    return at - since > timedelta(days=days)


def admission_faults(username: str, full_name: str) -> dict[str, str]:
    """What keeps an officer with this username and plain name from being admitted, by field."""
    faults = {}
    if not username.strip():
        faults["username"] = "Nhập tên đăng nhập của cán bộ."
    elif len(username.strip()) > NAME_LIMIT or not username.strip().isprintable():
        faults["username"] = f"Ghi tên đăng nhập tối đa {NAME_LIMIT} ký tự, không có ký tự lạ."
    if not any(char.isalpha() for char in full_name):
        faults["full_name"] = "Nhập họ và tên của cán bộ."
    elif len(full_name) > NAME_LIMIT:
        faults["full_name"] = f"Rút gọn họ tên còn tối đa {NAME_LIMIT} ký tự."
    return faults


def _full_name(claims: Mapping[str, object]) -> str:
    # A Vietnamese name begins with the family name.
    parts = (_text(claims, "family_name"), _text(claims, "given_name"))
    return _text(claims, "name") or " ".join(part for part in parts if part)


def _id_number(claims: Mapping[str, object]) -> str | None:
    said = (_text(claims, name) for name in _ID_NUMBER_CLAIMS)
    return next((text for text in said if _ID_NUMBER.fullmatch(text)), None)


def _phone(text: str) -> str | None:
    try:
        number = phonenumbers.parse(text, "VN")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def read_email(text: str) -> str | None:
    """An e-mail address, or None when it cannot be one."""
    return text if _EMAIL.fullmatch(text) else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _text(claims: Mapping[str, object], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str):
        return ""
    return plain_name(value)[:NAME_LIMIT]
