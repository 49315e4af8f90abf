"""Telephone numbers of old records, as they are dialled today. Pure.

Mobile numbers of eleven digits became ten-digit ones from 15 September 2018. Before that, in 2017,
59 provinces got new area codes in three steps (Decision 2036/QĐ-BTTTT of 21/11/2016). Some old area
codes are today the beginning of mobile numbers of the same length: then the day of the record
tells which is meant.
"""

import re
from datetime import date

from app.onestop.forms import cleaning, identity

# From this day ten digits beginning with 03, 05, 07 or 08 may be a mobile telephone.
MOBILE_CHANGE = date(2018, 9, 15)
_AREA_CODES = {
    date(2017, 2, 11): (
        "022 0212, 0231 0213, 020 0214, 0230 0215, 029 0216, 052 0232, 053 0233, 054 0234,"
        "0510 0235, 0511 0236, 037 0237, 038 0238, 039 0239"
    ),
    date(2017, 4, 15): (
        "033 0203, 0240 0204, 025 0205, 026 0206, 027 0207, 0280 0208, 0281 0209, 0320 0220,"
        "0321 0221, 0241 0222, 031 0225, 0351 0226, 036 0227, 0350 0228, 030 0229, 0780 0290,"
        "0781 0291, 0710 0292, 0711 0293, 074 0294, 076 0296, 077 0297, 079 0299"
    ),
    date(2017, 6, 17): (
        "04 024, 08 028, 061 0251, 062 0252, 064 0254, 055 0255, 056 0256, 057 0257, 058 0258,"
        "068 0259, 060 0260, 0501 0261, 0500 0262, 063 0263, 059 0269, 070 0270, 0651 0271,"
        "072 0272, 073 0273, 0650 0274, 075 0275, 066 0276, 067 0277"
    ),
}
AREA_CODES = {
    pair.split()[0]: pair.split()[1] for pairs in _AREA_CODES.values() for pair in pairs.split(",")
}
# How long a subscriber's number is behind the area code; two cities had eight digits.
_SUBSCRIBER = {"04": 8, "08": 8}
_SEVERAL = re.compile(r"[/;,\n]| - | hoặc ")
_LONGEST = 200


def modern(text: str, on: date) -> str | None:
    """The first usable number in `text`, as written on the day `on`, in E.164; None without one.

    A nought that a spreadsheet has eaten is put back.
    """
    for part in _SEVERAL.split(cleaning.plain_digits(text[:_LONGEST])):
        if found := _one(part.strip(), on):
            return found
    return None


def _one(text: str, on: date) -> str | None:
    if set(text) - set("0123456789 .-()+"):
        return None
    digits = "".join(letter for letter in text if letter.isdigit())
    tries = [digits] if digits.startswith(("0", "84")) else []
    tries += [] if digits.startswith("0") else [f"0{digits}"]
    for candidate in tries:
        if found := identity.phone(_with_area(_national(candidate), on)):
            return found
    return None


def _national(digits: str) -> str:
    for abroad in ("0084", "84"):
        if digits.startswith(abroad) and len(digits) - len(abroad) >= 8:
            return "0" + digits.removeprefix(abroad).removeprefix("0")
    return digits


def _with_area(digits: str, on: date) -> str:
    """The number with today's area code, when it can only be an old landline's."""
    if len(digits) == 10 and digits[1] in "3578" and on >= MOBILE_CHANGE:
        return digits
    for length in (4, 3, 2):
        code = digits[:length]
        if code in AREA_CODES and len(digits) - length == _SUBSCRIBER.get(code, 7):
            # Mobile telephones of the time: 08 and two digits (086, 088, 089).
            return digits if _old_mobile(digits) else AREA_CODES[code] + digits[length:]
    return digits


def _old_mobile(digits: str) -> bool:
    return digits[:3] in ("086", "088", "089")
