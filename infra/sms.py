"""How a text is cut into short messages (3GPP TS 23.038 section 6, TS 23.040 section 9.2.3.24).

Operators charge by the part. A part carries 140 octets: 160 characters of the GSM alphabet or 70
of UCS-2; in a longer text every part gives 6 octets to a header, which leaves 153 or 67.
"""

import unicodedata
from collections.abc import Iterable
from typing import Literal

import msgspec

# The GSM 7-bit default alphabet (section 6.2.1), without the escape character itself.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Its extension table (section 6.2.1.1): each costs two, an escape and a character.
_EXTENSION = frozenset("^{}\\[~]|€\f")


class Segments(msgspec.Struct, frozen=True):
    """What a text costs: `units` are septets (gsm7) or UTF-16 units (ucs2), `parts` are charged."""

    encoding: Literal["gsm7", "ucs2"]
    units: int
    parts: int


def segments(text: str) -> Segments:
    """Count the parts of `text`, composed to NFC first, as it is to be sent.

    An escape pair or a surrogate pair is never cut in two. The empty text is one part.
    """
    composed = normal(text)
    if is_gsm(composed):
        widths = [2 if letter in _EXTENSION else 1 for letter in composed]
        return Segments("gsm7", sum(widths), _parts(widths, alone=160, joined=153))
    widths = [2 if ord(letter) > 0xFFFF else 1 for letter in composed]
    return Segments("ucs2", sum(widths), _parts(widths, alone=70, joined=67))


def normal(text: str) -> str:
    """The text with its marks composed: decomposed Vietnamese would cost twice as much."""
    return unicodedata.normalize("NFC", text)


def is_gsm(text: str) -> bool:
    """Whether every character is in the GSM alphabet or its extension."""
    return all(letter in _BASIC or letter in _EXTENSION for letter in text)


def _parts(widths: Iterable[int], *, alone: int, joined: int) -> int:
    widths = list(widths)
    if sum(widths) <= alone:
        return 1
    parts, filled = 1, 0
    for width in widths:
        if filled + width > joined:
            parts, filled = parts + 1, 0
        filled += width
    return parts
