"""The dossier code (mã hồ sơ) and the number of digits that stands for it under a scanner. Pure.

Circular 01/2018/TT-VPCP Article 19: `<unit>-YYMMDD-XXXX`, the day of reception and a sequence of
the day; systems linked to the national portal have longer dates and sequences. To everybody but
its generator a code is opaque text. A desk scanner types what it reads like a keyboard, and a
Vietnamese keyboard mangles letters; so the bar code holds digits only, which turn back into the
code without a database.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date

import msgspec

from app.onestop.codes.shapes import CodeForm, DateForm, Generator, Scope

MOST_LETTERS = 64
LAST = 10**9 - 1
_DIGITS = range(4, 10)
_DATES = {DateForm.SHORT: "%y%m%d", DateForm.LONG: "%Y%m%d"}
# Capital letters, digits and single dots and dashes; a dash, a letter and four digits at least,
# so that no telephone number, date or name is taken for a code.
_CODE = re.compile(r"(?=.*-)(?=.*[A-Z])(?=(?:.*[0-9]){4})[A-Z0-9]+(?:[.-][A-Z0-9]+)*")
_PREFIX = re.compile(r"(?=.*[A-Z])[A-Z0-9]+(?:\.[A-Z0-9]+)*")
_MOST_PREFIX_LETTERS = 40
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ.-"
_BASE = len(_ALPHABET) + 1  # Letters count from one, so that a leading nought is not lost.
_NUMBER = re.compile(r"[0-9]{8,110}")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−_", "-"))


def is_code(text: str) -> bool:
    """Whether the text has a dossier code's letters and length, whoever gave it."""
    return len(text) <= MOST_LETTERS and _CODE.fullmatch(text) is not None


def prefix_faults(prefix: str) -> list[str]:
    """What is wrong with an agency's prefix, in Vietnamese; empty when codes can begin with it.

    The prefix is the unit's identification code (mã định danh), such as `000.00.01.H08` or
    `H08.21583`: Circular 10/2016/TT-BTTTT, Decision 20/2020/QĐ-TTg.
    """
    if len(prefix) > _MOST_PREFIX_LETTERS or not _PREFIX.fullmatch(prefix):
        return ["Mã định danh chỉ gồm chữ in hoa, chữ số và dấu chấm, ví dụ H08.21583."]
    return []


def read_form(description: Mapping[str, object] | bytes | str) -> CodeForm:
    """The form somebody described as data. Raises ValueError for a word it does not know."""
    if isinstance(description, bytes | str):
        form = msgspec.json.decode(description, type=CodeForm)
    else:
        form = msgspec.convert(description, type=CodeForm)
    if form.digits not in _DIGITS:
        raise ValueError(f"`digits` is from {_DIGITS.start} to {_DIGITS.stop - 1}")
    return form


def compose(generator: Generator, day: date, sequence: int) -> str:
    """`H08.21583-261122-0007`: the agency's prefix, the day in Vietnam, the sequence.

    Raises ValueError when no code can be made of them.
    """
    form = generator.form
    code = f"{generator.prefix}-{day.strftime(_DATES[form.date])}-{sequence:0{form.digits}}"
    if prefix_faults(generator.prefix) or not 1 <= sequence <= LAST or not is_code(code):
        raise ValueError(f"no dossier code can be made of {generator.prefix!r} and {sequence}")
    return code


def counted_from(form: CodeForm, day: date) -> date:
    """The first day of the period whose sequence `day` belongs to."""
    return day.replace(month=1, day=1) if form.scope is Scope.YEAR else day


def number_of(code: str) -> str:
    """The digits printed as a bar code: the code as one number, and two check digits.

    The length is even, because Code 128 packs digits in pairs. The check digits are those of
    ISO 7064 MOD 97-10: they catch any wrong digit and any two swapped ones.
    """
    if not is_code(code):
        raise ValueError(f"{code!r} is not a dossier code")
    body = str(_to_int(code))
    number = f"{body}{98 - int(body) * 100 % 97:02}"
    return number if len(number) % 2 == 0 else "0" + number


def code_of(number: str) -> str | None:
    """The code a number stands for, or None when the digits were misread."""
    if not _NUMBER.fullmatch(number) or int(number) % 97 != 1:
        return None
    code = _to_text(int(number[:-2]))
    return code if is_code(code) else None


def read(typed: str) -> str | None:
    """The code in what a person typed or a scanner sent, or None when there is none.

    Lower case, blanks, other dashes and the bar code's digits are all understood.
    """
    plain = unicodedata.normalize("NFKC", typed[:200]).translate(_DASHES)
    plain = "".join(plain.split()).upper()
    if plain.isascii() and plain.isdigit():
        return code_of(plain)
    return plain if is_code(plain) else None


def beside(code: str, slug: str) -> str:
    """What a dossier is called that came with a merger where its code is another dossier's."""
    return f"{code}.{slug.upper()}"


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
