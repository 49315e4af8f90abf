"""Personal numbers (số định danh cá nhân) and telephone numbers: shape and doubts. Pure."""

import phonenumbers

# Provinces of birth registration, TT 07/2016/TT-BCA; the codes outlive the mergers of July 2025.
_CODES = (
    "001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 "
    "034 035 036 037 038 040 042 044 045 046 048 049 051 052 054 056 058 060 062 064 066 "
    "067 068 070 072 074 075 077 079 080 082 083 084 086 087 089 091 092 093 094 095 096"
)
PROVINCE_CODES = frozenset(_CODES.split())
# The change of September 2018 from eleven to ten digits; older data still carries the old form.
_OLD_PREFIXES = {
    **{f"016{n}": f"03{n}" for n in "23456789"},
    **{"0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078"},
    **{"0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082"},
    **{"0186": "056", "0188": "058", "0199": "059"},
}
_ID_LENGTHS = (9, 12)


def phone(text: str) -> str | None:
    """`text` as E.164 ("+84905000301"); None when it is no Vietnamese number.

    Spaces, full stops, hyphens, brackets and +84, 84, 0084 or 0 in front are understood, and old
    eleven-digit mobile numbers are turned into today's.
    """
    digits = "".join(letter for letter in text if letter in "0123456789")
    if set(text) - set("0123456789 .-()+"):
        return None
    for abroad in ("0084", "84"):
        if digits.startswith(abroad) and len(digits) - len(abroad) >= 9:
            digits = "0" + digits.removeprefix(abroad).removeprefix("0")
            break
    return _national(digits)


def phone_words(e164: str) -> str:
    """A stored number as people write it: "0905 000 301"."""
    national = "0" + e164.removeprefix("+84")
    cut = 4 if len(national) == 10 else 5
    return f"{national[:cut]} {national[cut:-3]} {national[-3:]}"


def id_number(text: str) -> str | None:
    """The digits of a personal number, 12, or 9 of an old card; None for any other length."""
    digits = text.replace(" ", "").replace(".", "")
    return digits if digits.isascii() and digits.isdigit() and len(digits) in _ID_LENGTHS else None


def id_doubts(number: str, birth_year: int | None = None, gender: str = "") -> str:
    """A sentence of doubt about a 12-digit number, "" when there is none; a doubt never forbids.

    `gender` is "nam" or "nu"; a gender once corrected lawfully still differs from the number.
    """
    if len(number) != 12:
        return ""
    if number[:3] not in PROVINCE_CODES and not number.startswith("1"):
        return "Ba chữ số đầu của số định danh không thuộc tỉnh nào; ông/bà kiểm tra lại."
    born = 1900 + 100 * (int(number[3]) // 2) + int(number[4:6])
    if int(number[3]) > 3 or (birth_year is not None and born != birth_year):
        return "Số định danh không khớp với năm sinh; ông/bà kiểm tra lại."
    if gender in ("nam", "nu") and (int(number[3]) % 2 == 0) != (gender == "nam"):
        return "Số định danh không khớp với giới tính; ông/bà kiểm tra lại."
    return ""


def _national(digits: str) -> str | None:
    if len(digits) == 11 and digits[:4] in _OLD_PREFIXES:
        digits = _OLD_PREFIXES[digits[:4]] + digits[4:]
    if not digits.startswith("0") or len(digits) not in (10, 11):
        return None
    number = phonenumbers.parse(digits, "VN")
    if not phonenumbers.is_valid_number_for_region(number, "VN"):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
