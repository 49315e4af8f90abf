"""File names as people gave them, made safe to keep, to show and to send in a header."""

import unicodedata
from urllib.parse import quote

LONGEST = 120  # characters, the extension included
LONGEST_BYTES = 200  # in UTF-8; file systems stop at 255
NAMELESS = "tep"
_FORBIDDEN = set('<>:"|?*')


def clean(name: str) -> str:
    """A plain file name out of whatever was sent.

    Unicode NFC; no path, control or invisible characters (a right-to-left mark can make `fdp.exe`
    look like `exe.pdf`); at most 120 characters and 200 bytes, cut before the extension.
    """
    composed = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    visible = "".join(" " if c.isspace() else c for c in composed if _kept(c))
    stem, dot, extension = " ".join(visible.split()).strip(". ").rpartition(".")
    if not dot or not extension.isalnum() or len(extension) > 10:
        return _cut(f"{stem}{dot}{extension}", LONGEST, LONGEST_BYTES) or NAMELESS
    tail = f".{extension}"
    room = LONGEST_BYTES - len(tail.encode())
    return (_cut(stem, LONGEST - len(tail), room) or NAMELESS) + tail


def extension(name: str) -> str:
    """The lower-case extension without its dot, empty when there is none."""
    stem, _, last = name.rpartition(".")
    return last.lower() if stem else ""


def attachment(name: str) -> str:
    """A Content-Disposition that saves the file under `name` (RFC 6266, RFC 8187)."""
    return f"attachment; filename=\"{_ascii(name)}\"; filename*=UTF-8''{quote(name, safe='')}"


def _kept(character: str) -> bool:
    if character.isspace():
        return True
    return unicodedata.category(character)[0] != "C" and character not in _FORBIDDEN


def _cut(text: str, characters: int, octets: int) -> str:
    short = text[:characters].encode()[:octets].decode(errors="ignore")
    # A mark that lost its letter, or half an emoji, would be shown as rubbish.
    while short != text and short and unicodedata.combining(text[len(short)]):
        short = short[:-1]
    return short.rstrip(". ")


def _ascii(name: str) -> str:
    """The name without marks, for programs that read only the old header."""
    plain = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    return (
        "".join(c for c in plain if c.isascii() and c.isprintable() and c not in '"\\%') or NAMELESS
    )
