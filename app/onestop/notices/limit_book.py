"""The limits of a province as its administrators decided them; every decision is kept."""

import msgspec

from app.onestop.notices.limits import Limits
from app.people.shapes import Actor
from app.refusals import Malformed
from app.trail.service import record
from infra.clock import now
from infra.ids import uuid7
from infra.settings import settings
from tenants import db

_CURRENT = "select document::text from notice_limit order by decided_at desc, id desc limit 1"
_DECIDE = """
insert into notice_limit (id, document, decided_at, decided_by) values ($1, $2::jsonb, $3, $4)
"""
# The least and the most each may be: no limit at all invites fraud, nought stops everything.
RANGES = {
    "parts_a_day": (100, 10_000_000),
    "number_an_hour": (1, 1_000),
    "number_a_day": (1, 5_000),
    "codes_an_hour": (1, 60),
    "surge_times": (2, 100),
    "surge_from": (100, 1_000_000),
    "strangers_an_hour": (0, 10_000),
    "parts_a_message": (1, 12),
}
_MANY = 1_000_000
_NONE = Limits(
    number_an_hour=_MANY,
    number_a_day=_MANY,
    codes_an_hour=_MANY,
    surge_from=_MANY,
    strangers_an_hour=_MANY,
)


async def current() -> Limits:
    """The limits in force."""
    document = await db.tenant.fetch_value(_CURRENT)
    if document:
        return msgspec.json.decode(document, type=Limits)
    return _NONE if settings().sms_unlimited else Limits()


async def decide(officer: Actor, limits: Limits) -> None:
    """Let these limits hold from now on. Raises Malformed with a sentence for each that cannot."""
    faults = {
        name: f"Ghi số từ {low} đến {high}."
        for name, (low, high) in RANGES.items()
        if (value := getattr(limits, name)) is not None and not low <= value <= high
    }
    if faults:
        raise Malformed(fields=faults)
    before = await current()
    document = msgspec.json.encode(limits).decode()
    await db.tenant.execute(_DECIDE, uuid7(), document, now(), officer.id)
    detail = {"before": msgspec.to_builtins(before), "after": msgspec.to_builtins(limits)}
    await record(officer, "notice.decide_limits", ("notice_limit", "1"), detail=detail)
