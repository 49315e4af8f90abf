"""When to try again, and what the other system's answer means. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_DELAYS_MINUTES = (1, 2, 5, 15, 30, 60, 120, 240, 480, 480)


class Verdict(StrEnum):
    """What became of an attempt."""

    TAKEN = "taken"
    REFUSED = "refused"  # never as it is: trying again would only be refused again
    FILES = "files"  # the message came before its files
    LATER = "later"


def verdict(status: int) -> Verdict:
    """What an HTTP status of the other system means for the message.

    A signature it does not know may be a key not yet entered there, so that is worth waiting for.
    """
    if status in (200, 201, 204):
        return Verdict.TAKEN
    if status == 428:
        return Verdict.FILES
    if status in (400, 409, 413, 415, 422):
        return Verdict.REFUSED
    return Verdict.LATER


def is_stranger(status: int) -> bool:
    """Whether an HTTP status of the other system says that it does not know who sends."""
    return status in (401, 403, 404)


def retry_after(attempts: int) -> timedelta | None:
    """How long to wait after that many attempts; None when a person must look at it."""
    if attempts > len(_DELAYS_MINUTES):
        return None
    return timedelta(minutes=_DELAYS_MINUTES[max(attempts, 1) - 1])


def is_moment(at: datetime) -> bool:
    """Whether a message may name that moment: pages count working days to it, and neither they nor
    the database reach every year of another system's calendar."""
    return _FIRST_YEAR <= at.year <= _LAST_YEAR


def is_address(text: str, scheme: str, suffixes: tuple[str, ...]) -> bool:
    """Whether messages may be sent there: scheme and host alone, the host under a name allowed.

    Whoever enters partners must not be able to make this system call any machine it can reach.
    """
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    plain = f"{parts.scheme}://{host}" + (f":{port}" if port else "")
    known = any(host == name or host.endswith(f".{name}") for name in suffixes)
    return text == plain and parts.scheme == scheme and known
