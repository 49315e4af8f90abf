"""Which agency a part of a workflow is for: named so that it holds in every province. Pure."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from app.provinces.shapes import AgencyKind


class Own(Struct, frozen=True, forbid_unknown_fields=True, tag_field="by", tag="own"):
    """The dossier's own agency (cơ quan thụ lý)."""


class ByKey(Struct, frozen=True, forbid_unknown_fields=True, tag_field="by", tag="key"):
    """The agency of that stable key, the same in every province: "so-y-te"."""

    key: str


class ByKind(Struct, frozen=True, forbid_unknown_fields=True, tag_field="by", tag="kind"):
    """The agency of that kind nearest to the dossier's own: itself, under it, or above it."""

    kind: AgencyKind


class Outside(Struct, frozen=True, forbid_unknown_fields=True, tag_field="by", tag="outside"):
    """An agency that does not work in this system (tax, police): its answer is only awaited."""

    name: str


AgencyRef = Own | ByKey | ByKind | Outside


class Placed(Struct, frozen=True):
    """Where an agency stands: `parent` is the key of the one above it."""

    kind: AgencyKind
    parent: str | None = None


# Agencies that ended, by key, each with those that took its work over (cơ quan kế thừa).
Successors = Mapping[str, Sequence[str]]


def agency_for(
    ref: AgencyRef, own: str, agencies: Mapping[str, Placed], successors: Successors | None = None
) -> str | None:
    """The key of the agency meant, for a dossier of the agency `own`; `agencies` work today.

    One that has ended is followed to its successor. None when there is none (always for one
    outside), or when several are equally near or took the work over and a person must say which.
    """
    match ref:
        case Own():
            return own if own in agencies else None
        case ByKey(key=key):
            heirs = heirs_of(key, agencies, successors or {})
            return heirs[0] if len(heirs) == 1 else None
        case ByKind(kind=kind):
            return _nearest(kind, own, agencies)
        case Outside():
            return None


def heirs_of(key: str, agencies: Mapping[str, Placed], successors: Successors) -> list[str]:
    """The agencies that work today and do the work of `key`: itself while it is there."""
    seen, waiting, found = {key}, [key], list[str]()
    while waiting:
        at = waiting.pop(0)
        if at in agencies:
            found.append(at)
            continue
        later = [one for one in successors.get(at, ()) if one not in seen]
        seen.update(later)
        waiting += later
    return found


def _nearest(kind: AgencyKind, own: str, agencies: Mapping[str, Placed]) -> str | None:
    seen: set[str] = set()
    at: str | None = own
    while at is not None and at in agencies and at not in seen:
        seen.add(at)
        if agencies[at].kind == kind:
            return at
        under = [key for key, one in agencies.items() if one.parent == at and one.kind == kind]
        if under:
            return under[0] if len(under) == 1 else None
        at = agencies[at].parent
    return None
