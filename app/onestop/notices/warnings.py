"""Warnings to administrators (cảnh báo tin nhắn): each given once for its day or period."""

from datetime import datetime

import msgspec

from app.onestop.notices.limits import HOLD_NAMES, Hold
from infra.clock import VIETNAM, now
from infra.ids import uuid7
from tenants import db

# Numbers hold one person's messages; what warns concerns the whole province.
_WARNED = frozenset({Hold.TEMPLATE, Hold.DAY_CAP, Hold.SURGE, Hold.PREFIX, Hold.CODES})
_GIVE = """
insert into notice_warning (id, kind, period, level, used, allowance, clause, at)
values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (kind, period, level) do nothing
returning id
"""
_LATEST = "select kind, period, level, used, allowance, clause, at from notice_warning \
order by at desc, level desc limit $1"


class Warned(msgspec.Struct, frozen=True, kw_only=True):
    """One warning; `used` and `allowance` are message parts of the period."""

    kind: str
    period: str
    level: int
    used: int | None
    allowance: int | None
    clause: str | None
    at: datetime

    @property
    def sentence(self) -> str:
        """What it says."""
        if self.kind != "allowance":
            return HOLD_NAMES[Hold(self.kind)]
        return (
            f"Đã dùng {_so(self.used)} trên {_so(self.allowance)} phần tin theo hợp đồng"
            f" trong kỳ {self.period}, đạt mức {self.level}%."
        )


async def of_hold(why: Hold, moment: datetime) -> None:
    """Messages were held for this reason today."""
    if why in _WARNED:
        day = moment.astimezone(VIETNAM).date().isoformat()
        await db.tenant.execute(_GIVE, uuid7(), why.value, day, 0, None, None, None, moment)


async def of_allowance(
    period: str, level: int, used: int, allowance: int, clause: str | None
) -> bool:
    """So much of the contract's allowance is used; whether this is news."""
    given = await db.tenant.fetch_value(
        _GIVE, uuid7(), "allowance", period, level, used, allowance, clause, now()
    )
    return given is not None


async def latest(limit: int = 20) -> list[Warned]:
    """The latest warnings, newest first."""
    return [Warned(**dict(row)) for row in await db.tenant.fetch(_LATEST, limit)]


def _so(value: int | None) -> str:
    return f"{value or 0:,}".replace(",", ".")
