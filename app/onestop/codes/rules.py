"""The dossier code (mã hồ sơ) and the number of digits that stands for it under a scanner. Pure.

Circular 01/2018/TT-VPCP Article 19: `<unit>-YYMMDD-XXXX`, the day of reception and a sequence of
the day. A desk scanner types what it reads like a keyboard, and a Vietnamese keyboard mangles
letters; so the bar code holds digits only, which turn back into the code without a database.
"""

import re
import unicodedata
from datetime import date

_CODE = re.compile(r"([A-Z0-9.]{1,40})-(\d{6})-(\d{4,5})")
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ."
_BASE = len(_ALPHABET) + 1  # Digits count from one, so that a leading nought is not lost.
_SEQUENCE_DIGITS = 5
_TAIL = _SEQUENCE_DIGITS + 6
LAST_OF_DAY = 10**_SEQUENCE_DIGITS - 1
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−_", "-"))


def compose(prefix: str, day: date, sequence: int) -> str:
    """`H08.21583-261122-0007`: the agency's prefix, the day in Vietnam, the day's number."""
    code = f"{prefix}-{day:%y%m%d}-{sequence:04}"
    if not _CODE.fullmatch(code) or not 1 <= sequence <= LAST_OF_DAY:
        raise ValueError(f"no dossier code can be made of {prefix!r} and {sequence}")
    return code


def number_of(code: str) -> str:
    """The digits printed as a bar code: prefix as a number, day, sequence, two check digits.

    The length is even, because Code 128 packs digits in pairs. The check digits are those of
    ISO 7064 MOD 97-10: they catch any wrong digit and any two swapped ones.
    """
    match = _CODE.fullmatch(code)
    if match is None:
        raise ValueError(f"{code!r} is not a dossier code")
    prefix, day, sequence = match.groups()
    body = f"{_to_int(prefix)}{day}{int(sequence):0{_SEQUENCE_DIGITS}}"
    number = body + _check_digits(body)
    return number if len(number) % 2 == 0 else "0" + number


def code_of(number: str) -> str | None:
    """The code a number stands for, or None when the digits were misread."""
    if not re.fullmatch(r"[0-9]{14,90}", number) or int(number) % 97 != 1:
        return None
    body = number[:-2]
    prefix = _to_text(int(body[:-_TAIL]))
    code = f"{prefix}-{body[-_TAIL:-_SEQUENCE_DIGITS]}-{int(body[-_SEQUENCE_DIGITS:]):04}"
    return code if _CODE.fullmatch(code) else None


def read(typed: str) -> str | None:
    """The code in what a person typed or a scanner sent, or None when there is none.

    Lower case, blanks, other dashes and the bar code's digits are all understood.
    """
    plain = unicodedata.normalize("NFKC", typed[:200]).translate(_DASHES)
    plain = "".join(plain.split()).upper()
    if plain.isascii() and plain.isdigit():
        return code_of(plain)
    match = _CODE.fullmatch(plain)
    return match.group() if match else None


def _check_digits(body: str) -> str:
    return f"{98 - int(body) * 100 % 97:02}"


def _to_int(text: str) -> int:
    value = 0
    for letter in text:
        value = value * _BASE + _ALPHABET.index(letter) + 1
    return value


def _to_text(value: int) -> str:
    letters = []
    while value:
        value, digit = divmod(value, _BASE)
        letters.append(_ALPHABET[digit - 1] if digit else "?")
    return "".join(reversed(letters))
