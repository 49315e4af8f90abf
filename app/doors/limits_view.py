"""Limits of a contract and their warnings as pages show them, to the vendor and to the tenant."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

import msgspec

from billing import measures
from billing.limits import Limit, Standing
from billing.quota import Warned
from billing.shapes import METERS, Clause

_BEYOND = {
    "warn": "Chỉ cảnh báo, vẫn tiếp nhận",
    "refuse": "Từ chối phần vượt",
    "charge": "Tính tiền phần vượt theo đơn giá",
}
_KINDS = {"fair_use": "Mức sử dụng hợp lý", "included": "Khối lượng đã gồm trong giá"}


class LimitLine(msgspec.Struct, frozen=True, kw_only=True):
    """One limit: what is used of it, and what the contract says of more."""

    name: str
    kind: str
    used: str
    allowed: str
    percent: int
    tag: Literal["ok", "soon", "late"]
    standing: str
    beyond: str
    clause: Clause


class WarningLine(msgspec.Struct, frozen=True, kw_only=True):
    """One warning in words."""

    at: datetime
    sentence: str


def limit_lines(found: Sequence[Standing], month: date) -> list[LimitLine]:
    """Every limit of a month."""
    return [_limit_line(each, month) for each in found]


def warning_lines(found: Sequence[Warned]) -> list[WarningLine]:
    """Every warning."""
    return [WarningLine(at=each.warned_at, sentence=_sentence(each)) for each in found]


def _limit_line(each: Standing, month: date) -> LimitLine:
    limit, reached = each.limit, max(each.levels, default=0)
    tags: dict[int, tuple[Literal["ok", "soon", "late"], str]]
    tags = {0: ("ok", "Trong mức"), 80: ("soon", "Gần hết mức"), 100: ("late", "Đã hết mức")}
    return LimitLine(
        name=METERS[limit.meter].name,
        kind=_KINDS[limit.kind] + (", tính tại một thời điểm" if limit.on_a_day else ""),
        used=measures.of_limit(limit, each.used, month),
        allowed=measures.of_limit(limit, limit.quantity, month),
        percent=each.percent,
        tag=tags[reached][0],
        standing=tags[reached][1],
        beyond=_BEYOND[limit.beyond],
        clause=limit.clause,
    )


def _sentence(each: Warned) -> str:
    """As of the moment it was given: what was used, and of how much."""
    limit = Limit(
        meter=each.meter, kind=each.kind, quantity=each.allowed, beyond="warn", clause=_NONE
    )
    used, allowed = (measures.of_limit(limit, n, each.month) for n in (each.quantity, each.allowed))
    return (
        f"{METERS[each.meter].name} đạt mức {each.percent}% của tháng "
        f"{each.month:%m/%Y}: {used} trên {allowed} "
        f"({_KINDS[each.kind].lower()})."
    )


_NONE = Clause(quote="", source="")
