"""Providers of messages as pages show them, to the vendor and to the tenant: counts only."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from app.doors.words import dong, so
from app.onestop.notices.health import ProviderMonth, ProviderNow

_CHANNELS = {"sms": "Tin nhắn SMS", "email": "Thư điện tử"}
_NOTHING = ProviderMonth(
    provider="", attempts=0, taken=0, refused=0, later=0, unknown=0, delivered=0, undelivered=0,
    doubled=0, answered=0, answer_ms=0, slowest_ms=0, priced=0, cost=0,
)  # fmt: skip


class ProviderLine(msgspec.Struct, frozen=True, kw_only=True):
    """One provider: how it stands now, and what the month's attempts came to."""

    name: str
    channel: str
    rank: str
    tag: Literal["ok", "soon", "late", "done"]
    state: str
    month: ProviderMonth
    failed: int
    delay: str
    cost: str


def provider_lines(
    standing: Sequence[ProviderNow], months: Mapping[str, ProviderMonth], moment: datetime
) -> list[ProviderLine]:
    """Every provider in use, then those that were used in the month and are no more."""
    gone = [name for name in months if name not in {each.name for each in standing}]
    return [
        *(_line(each, standing, months.get(each.name, _NOTHING), moment) for each in standing),
        *(_gone(months[name]) for name in gone),
    ]


def _line(
    each: ProviderNow, all_: Sequence[ProviderNow], month: ProviderMonth, moment: datetime
) -> ProviderLine:
    share = each.share(moment)
    others = [o for o in all_ if o.channel == each.channel and o is not each and o.share(moment)]
    tag, state = _state(share, others)
    return _told(each.label, _CHANNELS[each.channel], _rank(each, all_), (tag, state), month)


def _state(
    share: float, others: Sequence[ProviderNow]
) -> tuple[Literal["ok", "soon", "late"], str]:
    if share == 0.0 and others:
        return "late", f"Đang lỗi, tin chuyển qua {', '.join(one.label for one in others)}"
    if share == 0.0:
        return "late", "Đang lỗi, không có nhà cung cấp thay"
    if share < 1.0:
        return "soon", f"Giảm còn {round(share * 100)}% lượng tin"
    return "ok", "Sẵn sàng"


def _rank(each: ProviderNow, all_: Sequence[ProviderNow]) -> str:
    first = min(one.priority for one in all_ if one.channel == each.channel)
    return "Dùng trước" if each.priority == first else f"Dự phòng, thứ tự {each.priority}"


def _gone(month: ProviderMonth) -> ProviderLine:
    return _told(month.provider, "", "", ("done", "Không còn dùng"), month)


def _told(
    name: str,
    channel: str,
    rank: str,
    state: tuple[Literal["ok", "soon", "late", "done"], str],
    month: ProviderMonth,
) -> ProviderLine:
    return ProviderLine(
        name=name,
        channel=channel,
        rank=rank,
        tag=state[0],
        state=state[1],
        month=month,
        failed=month.refused + month.later,
        delay=_delay(month),
        cost=_cost(month),
    )


def _delay(month: ProviderMonth) -> str:
    if not month.answered:
        return "Chưa có"
    return f"{_seconds(month.mean_ms)} giây, lâu nhất {_seconds(month.slowest_ms)} giây"


def _seconds(milliseconds: int) -> str:
    return so(round(milliseconds / 1000, 1 if milliseconds < 10_000 else 0))


def _cost(month: ProviderMonth) -> str:
    if not month.priced:
        return "Chưa khai báo đơn giá"
    unknown = month.taken - month.priced
    return dong(month.cost) + (f", chưa kể {so(unknown)} lượt chưa rõ giá" if unknown > 0 else "")
