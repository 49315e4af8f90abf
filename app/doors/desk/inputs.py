"""Small values out of plain forms; what cannot be read is None, and the rules say so."""

from datetime import date, datetime, time
from uuid import UUID

from app.onestop.forms.days import read_day
from infra.clock import VIETNAM


def whole(text: str) -> int | None:
    """A small whole number out of a form, or None."""
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 9 else None


def uuid_or_none(text: str) -> UUID | None:
    """An id out of a form, or None for none and for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None


def day_or_none(text: str) -> datetime | None:
    """The end of a day typed as dd/mm/yyyy, in Vietnam; None when it is no day."""
    day = read_day(text.strip())
    return datetime.combine(day, time(23, 59), VIETNAM) if day else None


def dated(day: date) -> str:
    """A day as it is typed: 27/03/2027."""
    return f"{day:%d/%m/%Y}"
