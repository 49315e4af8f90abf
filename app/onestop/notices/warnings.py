"""Warnings to administrators (cảnh báo tin nhắn): why messages were held, each once a day.

How far a contract's allowance is used is the books' to say: `billing.quota`.
"""

from datetime import datetime

import msgspec

from app.onestop.notices.limits import HOLD_NAMES, Hold
from infra.clock import VIETNAM
from infra.ids import uuid7
from tenants import db

# Numbers hold one person's messages; what warns concerns the whole province.
_WARNED = frozenset({Hold.TEMPLATE, Hold.DAY_CAP, Hold.SURGE, Hold.PREFIX, Hold.CODES})
_GIVE = """
insert into notice_warning (id, kind, day, at) values ($1, $2, $3, $4)
on conflict (kind, day) do nothing
"""
_LATEST = "select kind, at from notice_warning order by at desc limit $1"


class Warned(msgspec.Struct, frozen=True, kw_only=True):
    """One warning."""

    kind: Hold
    at: datetime

    @property
    def sentence(self) -> str:
        """What it says."""
        return HOLD_NAMES[self.kind]


async def of_hold(why: Hold, moment: datetime) -> None:
    """Messages were held for this reason today."""
    if why in _WARNED:
        day = moment.astimezone(VIETNAM).date()
        await db.tenant.execute(_GIVE, uuid7(), why.value, day, moment)


async def latest(limit: int = 20) -> list[Warned]:
    """The latest warnings, newest first."""
    rows = await db.tenant.fetch(_LATEST, limit)
    return [Warned(kind=Hold(row["kind"]), at=row["at"]) for row in rows]
