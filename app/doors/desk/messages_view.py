"""The list of messages that did not arrive, as the page shows it."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

import msgspec

from app.doors.desk.lists_view import short_moment
from app.onestop.notices.rules import State
from app.onestop.notices.trouble import TROUBLES, Trouble

KINDS = {
    State.FAILED: "late",
    State.IN_DOUBT: "soon",
    State.HELD: "paused",
    State.DROPPED: "done",
}


class TroubleLine(msgspec.Struct, frozen=True):
    """One message; `kind` makes its tag, `at` and `goes_at` are in Vietnam's hours."""

    about: Trouble
    kind: str
    at: str
    goes_at: str


def lines_of(found: Sequence[Trouble]) -> list[TroubleLine]:
    """The lines of the page."""
    return [
        TroubleLine(
            one,
            KINDS[one.state],
            short_moment(one.created_at),
            short_moment(one.goes_at) if one.goes_at and one.state is State.HELD else "",
        )
        for one in found
    ]


def states_of(word: str) -> Sequence[State]:
    """The states a filter names; all of them for any other word."""
    return [State(word)] if word in {state.value for state in TROUBLES} else TROUBLES


def query_of(here: str, state: str, event: str | None, before: datetime | None) -> str:
    """The address of the following page, or nothing."""
    if before is None:
        return ""
    kept = {"tinh_trang": state, "tin": event or "", "truoc": before.isoformat()}
    return f"{here}?{urlencode({name: text for name, text in kept.items() if text})}"
