"""Addresses and agencies of before 1 July 2025 by the two-level organisation of after. Pure.

Resolution 203/2025/QH15 ended the districts; which old communes formed which new one is the
tenant's own data (`formed_from` of its agencies). What cannot be known stays as it is.
"""

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from functools import cached_property

from msgspec import Struct

from app.onestop.catalog.rules import normalise

# How the kinds of units are written, and how we write them; the word ends, or has its full stop.
_UNITS = (
    (re.compile(r"((p|ph|f)\.|phường|phuong|p(?=\s?\d))(?=[\s\d]|(?<=\.))", re.I), "phường"),
    (re.compile(r"(x\.|xã|xa)(?=[\s\d]|(?<=\.))", re.I), "xã"),
    (re.compile(r"(tt\.?|thị trấn|thi tran)(?=[\s\d]|(?<=\.))", re.I), "thị trấn"),
    (re.compile(r"(h\.|huyện|huyen)(?=[\s\d]|(?<=\.))", re.I), "huyện"),
    (re.compile(r"(q\.|quận|quan)(?=[\s\d]|(?<=\.))", re.I), "quận"),
    (re.compile(r"(tx\.?|thị xã|thi xa)(?=[\s\d]|(?<=\.))", re.I), "thị xã"),
    (re.compile(r"(tp\.?|thành phố|thanh pho)(?=[\s\d]|(?<=\.))", re.I), "thành phố"),
    (re.compile(r"(t\.|tỉnh|tinh)(?=[\s\d]|(?<=\.))", re.I), "tỉnh"),
)
_WARDS, _DISTRICTS = ("phường", "xã", "thị trấn"), ("huyện", "quận", "thị xã", "thành phố")
_PARTS = re.compile(r"[,;]| - |(?=\s(?:huyện|thị xã|thành phố)\s)", re.IGNORECASE)
_OFFICE = re.compile(
    r"^(ubnd|ủy ban nhân dân|uỷ ban nhân dân|bộ phận (một cửa|tn&tkq|tiếp nhận)[^,]*?|vp hđnd[^,]*)"
    r"\s+(của\s+)?(?=xã|phường|thị trấn|x\.|p\.|tt)",
    re.IGNORECASE,
)


class Former(Struct, frozen=True):
    """An old commune and the agency key and name of the one it became a part of; `part`: only some
    of it went there."""

    name: str
    district: str
    key: str
    now: str
    part: bool = False


class Outcome(StrEnum):
    """What is known of an address."""

    SAME = "same"  # nothing of it is old
    CONVERTED = "converted"
    UNKNOWN = "unknown"  # three levels, but nobody can tell the new one


class Converted(Struct, frozen=True):
    """An address as it reads today."""

    text: str
    outcome: Outcome


class Places(Struct, frozen=True, dict=True):
    """What the tenant knows of the reform. `province` as in "tỉnh Bình Định"."""

    province: str
    former: Sequence[Former]

    @cached_property
    def _by_pair(self) -> dict[tuple[str, str], set[Former]]:
        found: dict[tuple[str, str], set[Former]] = {}
        for one in self.former:
            for key in ((_exact(one.name), _exact(one.district)), (_exact(one.name), "")):
                found.setdefault(key, set()).add(one)
        return found

    @cached_property
    def _loose(self) -> dict[tuple[str, str], set[Former]]:
        """The same without marks, for texts typed without them."""
        found: dict[tuple[str, str], set[Former]] = {}
        for (ward, district), ones in self._by_pair.items():
            found.setdefault((normalise(ward), normalise(district)), set()).update(ones)
        return found

    @cached_property
    def _present(self) -> frozenset[str]:
        return frozenset(_exact(one.now) for one in self.former)

    def successor(self, ward: str, district: str = "") -> Former | None:
        """What the old commune became; None when it is not known, or not known which."""
        found = self._by_pair.get((ward, district)) or self._loose.get(
            (normalise(ward), normalise(district)), set()
        )
        whole = {one for one in found if not one.part}
        return next(iter(whole)) if len(found) == 1 and whole else None

    def is_present(self, ward: str) -> bool:
        """Whether a commune of today is called so."""
        return ward in self._present


def convert(address: str, places: Places) -> Converted:
    """The address by the organisation of today; what stands before the commune is kept."""
    parts = [part.strip() for part in re.split(r"[,;]| - ", address) if part.strip()]
    ward_at = _at(parts, _WARDS)
    district_at = _at(parts, _DISTRICTS)
    if ward_at is None or (district_at is not None and district_at < ward_at):
        return Converted(address, Outcome.SAME if district_at is None else Outcome.UNKNOWN)
    ward = _exact(parts[ward_at])
    if district_at is None and places.is_present(ward):
        return Converted(address, Outcome.SAME)
    district = _exact(parts[district_at]) if district_at is not None else ""
    found = places.successor(ward, district)
    if found is None:
        return Converted(address, Outcome.UNKNOWN if district else Outcome.SAME)
    text = ", ".join([*parts[:ward_at], found.now, places.province])
    return Converted(text, Outcome.CONVERTED)


def agency_of(name: str, places: Places) -> str | None:
    """The key of the agency that follows an old commune's, by its name; None when unknown."""
    bare = _OFFICE.sub("", " ".join(name.split()))
    parts = [part.strip() for part in _PARTS.split(bare)]
    ward_at, district_at = _at(parts, _WARDS), _at(parts, _DISTRICTS)
    if ward_at is None:
        return None
    district = _exact(parts[district_at]) if district_at is not None else ""
    found = places.successor(_exact(parts[ward_at]), district)
    return found.key if found else None


def _at(parts: Sequence[str], kinds: tuple[str, ...]) -> int | None:
    """The last part that begins with one of those words: a street may bear a commune's name."""
    found = [at for at, part in enumerate(parts) if _exact(part).startswith(kinds)]
    return found[-1] if found else None


def _exact(text: str) -> str:
    """One spelling of a unit's name: "P.1" and "Phường 1" are the same; marks stay."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    for written, word in _UNITS:
        if found := written.match(plain):
            plain = f"{word} {plain[found.end() :].strip()}"
            break
    return re.sub(r"\b0+(?=\d)", "", plain.casefold())
