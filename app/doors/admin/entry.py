"""Who may pass the administrators' door, and what its forms hold."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from app.doors.session_life import Connection
from app.doors.sessions import actor
from app.onestop.forms.days import read_day
from app.people.shapes import Actor
from app.refusals import Malformed, NotAllowed


async def administrator(connection: Connection) -> Actor:
    """The administrator (quản trị) who asks; raises NotAllowed for every other officer."""
    who = await actor(connection)
    if who.holds("administrator") is None:
        raise NotAllowed
    return who


def chosen(sent: Mapping[str, str], name: str, sentence: str) -> UUID:
    """The id chosen in a list; raises Malformed with the sentence when none was."""
    try:
        return UUID(sent.get(name, ""))
    except ValueError:
        raise Malformed(fields={name: sentence}) from None


def day_or_none(sent: Mapping[str, str], name: str) -> date | None:
    """A day as typed, dd/mm/yyyy; None when nothing was. Raises Malformed."""
    text = sent.get(name, "").strip()
    if not text:
        return None
    day = read_day(text)
    if day is None:
        raise Malformed(fields={name: "Ghi ngày theo mẫu 27/03/2027, hoặc để trống."})
    return day
