"""Whether an office document, which is an archive, is safe to open; decided before unpacking it.

An archive may claim millions of members or gigabytes within a few kilobytes, hide programs, or
define entities in its XML that grow without end. Nothing is ever unpacked to the disk.
"""

import struct
import zipfile
from pathlib import Path

MOST_MEMBERS = 5_000
MOST_UNPACKED = 300 * 1024 * 1024  # bytes
_MOST_DIRECTORY = 2 * 1024 * 1024  # bytes of the list of members
_END, _END_SIZE, _LONGEST_COMMENT = b"PK\x05\x06", 22, 65_535
_ZIP64 = b"PK\x06\x07"
_LINK = 0o120000
# Parts in which office programs keep what they would run.
_PROGRAMS = ("vbaproject.bin", "vbadata.xml", "/activex/", "/macrosheets/", "basic/", "scripts/")
_HEAD = 4096
_ENTITIES = (b"<!DOCTYPE", b"<!ENTITY")


def is_sound(path: Path) -> bool:
    """Whether the archive at `path` may be looked into and handed to people."""
    if not _is_bounded(path):
        return False
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        return (
            len(members) <= MOST_MEMBERS
            and sum(member.file_size for member in members) <= MOST_UNPACKED
            and not any(_is_bad(member) for member in members)
            and not any(_has_entities(archive, member) for member in members)
        )


def _is_bounded(path: Path) -> bool:
    """Whether the list of members is short, by the archive's last lines, before it is read."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _END_SIZE - _LONGEST_COMMENT - len(_ZIP64) * 5))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + _END_SIZE or _ZIP64 in tail[max(0, at - 20) : at]:
        return False
    members, length = struct.unpack("<H", tail[at + 10 : at + 12])[0], _number(tail, at + 12)
    return members <= MOST_MEMBERS and length <= _MOST_DIRECTORY


def _number(tail: bytes, at: int) -> int:
    return int(struct.unpack("<I", tail[at : at + 4])[0])


def _is_bad(member: zipfile.ZipInfo) -> bool:
    name = f"/{member.filename.lower()}"
    outside = "/../" in f"{name}/" or name.startswith("//") or "\\" in name or ":" in name
    is_link = (member.external_attr >> 16) & 0o170000 == _LINK
    return outside or is_link or any(part in name for part in _PROGRAMS)


def _has_entities(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Whether an XML part begins with a definition of entities; office programs write none."""
    if not member.filename.lower().endswith((".xml", ".rels")):
        return False
    with archive.open(member) as part:
        head = part.read(_HEAD)
    plain = head.replace(b"\0", b"").upper()  # UTF-16 as well
    return any(mark in plain for mark in _ENTITIES)
