"""Reads the province files that ship with the product. Pure but for reading its own package."""

from functools import cache
from pathlib import Path

import msgspec

from app.provinces.shapes import AgencyKind, People, Province

_HERE = Path(__file__).parent
FILES = {"binhdinh": "binh_dinh.json", "laocai": "lao_cai.json"}


def slugs() -> list[str]:
    """Names of the provinces (tỉnh) that ship with the product, in the order they are shown."""
    return list(FILES)


@cache
def load(slug: str) -> Province:
    """The province named `slug`. Raises KeyError for an unknown one, ValueError for a bad file."""
    return read((_HERE / FILES[slug]).read_bytes(), FILES[slug])


def read(text: bytes, name: str) -> Province:
    """A province out of a file of that name. Raises ValueError with every fault of it."""
    try:
        province = msgspec.json.decode(text, type=Province)
    except msgspec.DecodeError as error:
        raise ValueError(f"{name}: {error}") from None
    if faults := check(province):
        raise ValueError(f"{name}: " + "; ".join(faults))
    return province


@cache
def people() -> People:
    """The constructed citizens, vendor's operators and unadmitted strangers of the issuers."""
    return msgspec.json.decode((_HERE / "people.json").read_bytes(), type=People)


def check(province: Province) -> list[str]:
    """Faults that would make the file unusable, as English sentences; empty when it is sound."""
    return [*_agency_faults(province), *_officer_faults(province)]


def _agency_faults(province: Province) -> list[str]:
    keys = [agency.key for agency in province.agencies]
    faults = [f"two agencies have the key {key}" for key in _doubles(keys)]
    faults += [
        f"two agencies have the identifier {text}"
        for text in _doubles([agency.identifier for agency in province.agencies])
    ]
    for agency in province.agencies:
        if agency.parent is None and agency.kind is not AgencyKind.PROVINCE:
            faults.append(f"{agency.key} has no parent")
        if agency.parent is not None and agency.parent not in keys:
            faults.append(f"{agency.key} hangs under the unknown {agency.parent}")
        if len(agency.sms_name) > 30 or not agency.sms_name.isascii():
            faults.append(f"{agency.key} has an SMS name that does not fit")
    return faults


def _officer_faults(province: Province) -> list[str]:
    agencies = {agency.key: agency for agency in province.agencies}
    posts = {post.key: post for post in province.posts}
    faults = [] if province.home_agency in agencies else ["the home agency is unknown"]
    for officer in province.officers:
        agency = agencies.get(officer.agency)
        if agency is None:
            faults.append(f"{officer.username} works at the unknown {officer.agency}")
            continue
        for key in officer.posts:
            if key not in posts or agency.kind not in posts[key].held_in:
                faults.append(f"{officer.username} cannot hold {key} at {officer.agency}")
    return faults


def _doubles(values: list[str]) -> list[str]:
    return sorted({value for value in values if values.count(value) > 1})
