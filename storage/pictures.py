"""How many dots a picture claims to have, read from its first lines without unpacking it.

A few kilobytes may unpack to gigabytes in whatever program opens them at the counter.
"""

import struct
from pathlib import Path

from storage.shapes import FileRefused

# A sheet of A0 scanned at 300 dots an inch has 140 million.
MOST_DOTS = 250_000_000
_READ = 256 * 1024
# Start-of-frame markers of JPEG (ITU T.81 table B.1); C4, C8 and CC mean other things.
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_ALONE = {0x01, *range(0xD0, 0xD9)}


def check(path: Path) -> None:
    """Raise FileRefused as too_many_dots for a PNG or JPEG that claims more than `MOST_DOTS`."""
    with path.open("rb") as file:
        head = file.read(_READ)
    if dots(head) > MOST_DOTS:
        raise FileRefused("too_many_dots")


def dots(head: bytes) -> int:
    """Width times height out of a file's first bytes; 0 where they do not say."""
    if head.startswith(b"\x89PNG\r\n\x1a\n") and len(head) >= 24:
        width, height = struct.unpack(">II", head[16:24])
        return int(width * height)
    return _of_jpeg(head) if head.startswith(b"\xff\xd8") else 0


def _of_jpeg(head: bytes) -> int:
    at = 2
    while at + 9 <= len(head) and head[at] == 0xFF:
        marker = head[at + 1]
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", head[at + 5 : at + 9])
            return int(width * height)
        length = 0 if marker in _ALONE or marker == 0xFF else _length(head, at)
        at += (1 if marker == 0xFF else 2) + length
    return 0


def _length(head: bytes, at: int) -> int:
    return int(struct.unpack(">H", head[at + 2 : at + 4])[0])
