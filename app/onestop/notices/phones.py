"""Numbers a text message can reach. Pure."""

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)

# Eleven-digit numbers became ten-digit ones in September 2018; old records still have them.
_RENAMED = {
    "0162": "032", "0163": "033", "0164": "034", "0165": "035", "0166": "036", "0167": "037",
    "0168": "038", "0169": "039", "0120": "070", "0121": "079", "0122": "077", "0126": "076",
    "0128": "078", "0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082",
    "0186": "056", "0188": "058", "0199": "059",
}  # fmt: skip


def mobile(text: str) -> str | None:
    """The number in E.164 when it is a Vietnamese mobile phone, else None (a landline too)."""
    try:
        number = phonenumbers.parse(_renamed(text[:40]), "VN")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number_for_region(number, "VN"):
        return None
    if phonenumbers.number_type(number) not in _MOBILE or number.extension:
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _renamed(text: str) -> str:
    digits = "".join(letter for letter in text if letter.isdigit())
    if digits.startswith("84") and len(digits) == 12:
        digits = "0" + digits[2:]
    if len(digits) == 11 and digits[:4] in _RENAMED:
        return _RENAMED[digits[:4]] + digits[4:]
    return text
