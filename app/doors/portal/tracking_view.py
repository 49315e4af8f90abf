"""The tracking page's content, decided here so that the template only draws."""

import msgspec

from app.doors.words import gio_ngay
from app.onestop.dossiers.queries.tracking import TrackedResult, TrackedStep, Tracking
from app.onestop.dossiers.rules import Status
from app.onestop.dossiers.shapes import CHANNEL_NAMES, WAY_NAMES
from app.onestop.reorganisation.succession import AgencyNames

_ENDED = {Status.NOT_RECEIVED, Status.WITHDRAWN, Status.STOPPED, Status.DELIVERED}


class Entry(msgspec.Struct, frozen=True):
    """One line of the timeline; `state`: past, here, next, late."""

    state: str
    title: str
    at: str
    note: str


class TrackView(msgspec.Struct, frozen=True, kw_only=True):
    """The whole page."""

    code: str
    status: str
    changed: str
    due: str  # empty before reception
    known: bool  # whether the second factor was given
    facts: list[tuple[str, str]]
    entries: list[Entry]
    results: list[TrackedResult]


def track_view(found: Tracking, names: AgencyNames | None = None) -> TrackView:
    """What is shown of the dossier; `names` tell what its agency was before and is now."""
    details = found.details
    facts: list[tuple[str, str]] = []
    if details:
        facts = [
            ("Thủ tục", details.procedure_name),
            ("Cơ quan giải quyết", _agency(details.agency_name, names)),
            ("Người nộp", details.applicant_name),
            ("Cách nộp", CHANNEL_NAMES.get(details.channel, details.channel)),
            ("Cách nhận kết quả", WAY_NAMES.get(details.wanted_way, details.wanted_way)),
            ("Ngày nộp", gio_ngay(details.filed_at)),
        ]
    return TrackView(
        code=found.code,
        status=found.status.title,
        changed=gio_ngay(found.changed_at),
        due=gio_ngay(found.due_at),
        known=details is not None,
        facts=facts,
        entries=_entries(details.steps, found.status) if details else [],
        results=details.results if details else [],
    )


def _agency(name: str, names: AgencyNames | None) -> str:
    if names and names.successor:
        return f"{name} (nay là {names.successor})"
    return f"{name} (trước đây là {names.former})" if names and names.former else name


def _entries(steps: list[TrackedStep], status: Status) -> list[Entry]:
    last = len(steps) - 1
    return [
        Entry(
            "here" if n == last and status not in _ENDED else "past",
            step.title,
            gio_ngay(step.at),
            step.agency_name,
        )
        for n, step in enumerate(steps)
    ]
