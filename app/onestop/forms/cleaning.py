"""Cleaning what people type before it is judged: one composed form, nothing invisible. Pure."""

import re
import unicodedata

# Marks of paper forms that Unicode files among the symbols.
_PLAIN_SYMBOLS = frozenset("°©®™№")
_NAME_SIGNS = frozenset(" '’ʼ-‐.")
_SPACES = re.compile(r"[^\S\n]+")
_MANY_LINES = re.compile(r"\n{3,}")


def one_line(text: str) -> str:
    """`text` composed (NFC), without control or invisible letters, single spaces, trimmed."""
    return _SPACES.sub(" ", _visible(text).replace("\n", " ")).strip()


def many_lines(text: str) -> str:
    """As `one_line`, but line breaks stay, at most one empty line between two full ones."""
    lines = [_SPACES.sub(" ", line).strip() for line in _visible(text).split("\n")]
    return _MANY_LINES.sub("\n\n", "\n".join(lines)).strip()


def plain_digits(text: str) -> str:
    """As `one_line`, with full-width and other scripts' digits turned into 0 to 9."""
    folded = unicodedata.normalize("NFKC", one_line(text))
    return "".join(
        str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in folded
    )


def pictures(text: str) -> str:
    """The emoji and picture letters in `text`, each once; "" when there are none."""
    found = (letter for letter in text if _is_picture(letter))
    return "".join(dict.fromkeys(found))


def strange_in_name(text: str) -> str:
    """What cannot stand in a person's name (họ tên), each once: digits, pictures, other signs.

    Letters and marks of any script may, and space ' ’ - and the full stop: H'Hen, Y-Lan, Tr. Anh.
    """
    found = (
        letter
        for letter in text
        if letter not in _NAME_SIGNS and unicodedata.category(letter)[0] not in "LM"
    )
    return "".join(dict.fromkeys(found))


def _is_picture(letter: str) -> bool:
    if letter in _PLAIN_SYMBOLS:
        return False
    return (
        unicodedata.category(letter) in {"So", "Co", "Cn"} or "\U0001f3fb" <= letter <= "\U0001f3ff"
    )


def _visible(text: str) -> str:
    ended = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    composed = unicodedata.normalize("NFC", ended)
    return "".join(letter for letter in composed if letter == "\n" or not _is_invisible(letter))


def _is_invisible(letter: str) -> bool:
    # Variation selectors only choose a picture's colour; alone they are nothing to read.
    return unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"} or (
        "\ufe00" <= letter <= "\ufe0f"
    )
