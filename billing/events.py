"""What meters outside of this system send: CloudEvents 1.0, and why one is refused. Pure."""

from datetime import date, datetime, timedelta
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta

from billing import rules
from billing.months import day_start
from billing.shapes import Fact
from infra.outside import UNREADABLE

PREFIX = "vn.motcua."
# A sum over years has to fit into 63 bits; one event of a petabyte-day is more than any.
_MOST = 10**15
_AHEAD = timedelta(minutes=5)


class Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """What an event counts; `network` is the carrier of a message."""

    quantity: int = 1
    network: str = ""


class Event(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The attributes that are read; others may be there and mean nothing here."""

    specversion: Literal["1.0"]
    id: str
    source: str
    type: str
    subject: str
    time: Annotated[datetime, Meta(extra_json_schema={"format": "date-time"})]
    data: Data
    datacontenttype: str = "application/json"


class May(NamedTuple):
    """What one token may send, and since when a contract counts."""

    source: str
    meters: frozenset[str]
    first_month: date | None


class Refused(msgspec.Struct, frozen=True):
    """Why an event is not taken, in English, for whoever runs the meter."""

    id: str
    reason: str


def read(raw: bytes | msgspec.Raw, may: May, now: datetime) -> Fact | Refused:
    """The fact an event tells, or why it is refused."""
    try:
        event = msgspec.json.decode(raw, type=Event)
    except UNREADABLE as error:
        return Refused(_id_in(raw), f"not a CloudEvent of this interface: {error}")
    fact = Fact(
        id=event.id,
        meter=event.type.removeprefix(PREFIX),
        quantity=event.data.quantity,
        subject=event.subject,
        occurred_at=event.time,
        network=event.data.network,
    )
    reason = _fault(event, may) or rules.fault_of(fact) or _fault_of_time(fact, may, now)
    return Refused(event.id[:200], reason) if reason else fact


def _fault(event: Event, may: May) -> str | None:
    if event.source != may.source:
        return f"this token speaks for {may.source!r} only"
    if event.datacontenttype != "application/json":
        return "the data is JSON"
    if not event.type.startswith(PREFIX):
        return f"a type is {PREFIX}<meter>"
    if event.type.removeprefix(PREFIX) not in may.meters:
        return f"this token may not count {event.type!r}"
    if event.data.quantity > _MOST:
        return f"a quantity is at most {_MOST}"
    return None


def _fault_of_time(fact: Fact, may: May, now: datetime) -> str | None:
    if fact.occurred_at > now + _AHEAD:
        return "it lies in the future"
    if may.first_month is None:
        return "no contract is on the books"
    if fact.occurred_at < day_start(may.first_month):
        return f"no contract ran before {may.first_month}"
    return None


def _id_in(raw: bytes | msgspec.Raw) -> str:
    """The id of something that is no event, as far as it has one."""
    try:
        found = msgspec.json.decode(raw)
    except UNREADABLE:
        return ""
    value = found.get("id") if isinstance(found, dict) else None
    return value[:200] if isinstance(value, str) else ""
