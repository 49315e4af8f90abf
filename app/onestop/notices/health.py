"""How the providers of messages do (tình trạng nhà cung cấp), counted by the day of Vietnam.

Each province's worker counts its own attempts and tells the control plane: figures by provider
and day, and the last ends, never a message. The province's page and the vendor's read the same.
"""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from app.onestop.notices import choosing, routing
from app.onestop.notices.routing import Past
from billing.months import day_start, last_day
from infra.clock import now, today
from tenants import db
from tenants.current import current
from tenants.work import work

# Reports come late; what was told of a week is counted again every night.
_AGAIN = timedelta(days=7)
_JUST = timedelta(minutes=3)
# Served by notice_attempt_at; few attempts are a second one. An end that nobody noted is unknown.
_COUNT = """
select a.provider, (a.at at time zone 'Asia/Ho_Chi_Minh')::date as day, count(*) as attempts,
       count(*) filter (where a.result = 'taken') as taken,
       count(*) filter (where a.result = 'refused') as refused,
       count(*) filter (where a.result in ('later', 'absent')) as later,
       count(*) filter (where a.result = 'unknown' or a.result is null and a.at < $2) as unknown,
       count(*) filter (where a.report = 'delivered') as delivered,
       count(*) filter (where a.report in ('failed', 'rejected')) as undelivered,
       count(n.id) as doubled,
       count(*) filter (where a.result in ('taken', 'refused')) as answered,
       coalesce(sum(extract(epoch from a.ended_at - a.at) * 1000)
                filter (where a.result in ('taken', 'refused')), 0)::bigint as answer_ms,
       coalesce(max(extract(epoch from a.ended_at - a.at) * 1000)
                filter (where a.result in ('taken', 'refused')), 0)::int as slowest_ms,
       count(a.cost) as priced, coalesce(sum(a.cost), 0)::bigint as cost
from notice_attempt a left join notice n
  on a.number > 1 and n.id = a.notice_id and n.tried = a.number and n.doubled = 'surely'
where a.at >= $1 and a.result is distinct from 'spared' group by 1, 2
"""
_JUST_SENT = "select exists (select from notice_attempt where at >= $1)"
_COUNTS = (
    "attempts", "taken", "refused", "later", "unknown", "delivered", "undelivered", "doubled",
    "answered", "answer_ms", "slowest_ms", "priced", "cost",
)  # fmt: skip
_TELL = f"""
insert into provider_day (tenant_id, provider, day, {", ".join(_COUNTS)})
values ($1, $2, $3, {", ".join(f"${n}" for n in range(4, 4 + len(_COUNTS)))})
on conflict (tenant_id, provider, day) do update
set ({", ".join(_COUNTS)}) = ({", ".join(f"excluded.{name}" for name in _COUNTS)})
"""  # noqa: S608
_TELL_NOW = """
insert into provider_now (tenant_id, provider, label, channel, priority, weight, ends, told_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (tenant_id, provider) do update
set (label, channel, priority, weight, ends, told_at)
    = (excluded.label, excluded.channel, excluded.priority, excluded.weight, excluded.ends,
       excluded.told_at)
"""
_MONTH = f"""
select provider, {
    ", ".join(f"sum({name})::bigint as {name}" for name in _COUNTS if name != "slowest_ms")
}, max(slowest_ms) as slowest_ms
from provider_day where tenant_id = $1 and day >= $2 and day <= $3
group by provider order by provider
"""  # noqa: S608
_NOW = """
select provider as name, label, channel, priority, weight, ends, told_at from provider_now
where tenant_id = $1 order by channel desc, priority, provider
"""


class ProviderMonth(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider's attempts of a month came to; `cost` in đồng, of the `priced` ones."""

    provider: str
    attempts: int
    taken: int
    refused: int
    later: int
    unknown: int
    delivered: int
    undelivered: int
    doubled: int
    answered: int
    answer_ms: int
    slowest_ms: int
    priced: int
    cost: int

    @property
    def mean_ms(self) -> int:
        """How long it took to answer on the average."""
        return self.answer_ms // self.answered if self.answered else 0


class ProviderNow(msgspec.Struct, frozen=True, kw_only=True):
    """A provider that may be chosen, with its last ends, newest first."""

    name: str
    label: str
    channel: str
    priority: int
    weight: int
    ends: list[Past]
    told_at: datetime

    def share(self, moment: datetime) -> float:
        """How much of its traffic it gets at a moment, 0 to 1."""
        return routing.share(self.ends, moment)


async def just_sent() -> bool:
    """Whether the current tenant sent something in the last minutes."""
    return bool(await db.tenant.fetch_value(_JUST_SENT, now() - _JUST))


async def tell_today() -> bool:
    """Tell the control plane of today and of now; never more to do."""
    await tell(today())
    return False


async def tell_week() -> bool:
    """Count the last week again, with the reports that came since; never more to do."""
    await tell(today() - _AGAIN)
    return False


async def tell(since: date) -> None:
    """Tell how the current tenant's providers did since a day; again changes nothing."""
    rows = await db.tenant.fetch(_COUNT, day_start(since), now() - _JUST)
    standing, tenant_id = await standing_now(), current().id
    days = [
        (tenant_id, row["provider"], row["day"], *(row[name] for name in _COUNTS)) for row in rows
    ]
    async with work():
        await db.control.execute_many(_TELL, days)
        await db.control.execute(
            "delete from provider_now where tenant_id = $1 and provider <> all($2)",
            *(tenant_id, [each.name for each in standing]),
        )
        await db.control.execute_many(_TELL_NOW, [_row(tenant_id, each) for each in standing])


async def standing_now() -> list[ProviderNow]:
    """The current tenant's providers as they are chosen from at this moment."""
    through, moment = await choosing.read(), now()
    return [
        ProviderNow(
            name=each.name,
            label=through.providers[each.name].label or each.name,
            channel=through.providers[each.name].channel,
            priority=each.priority,
            weight=each.weight,
            ends=list(each.past),
            told_at=moment,
        )
        for each in through.candidates()
    ]


async def told_now(tenant_id: UUID) -> list[ProviderNow]:
    """The providers as a tenant's worker told of them last."""
    rows = await db.control.fetch(_NOW, tenant_id)
    return [_now(dict(row)) for row in rows]


async def of_month(tenant_id: UUID, month: date) -> dict[str, ProviderMonth]:
    """What a tenant's worker told of a month, by provider."""
    rows = await db.control.fetch(_MONTH, tenant_id, month, last_day(month))
    return {row["provider"]: msgspec.convert(dict(row), ProviderMonth) for row in rows}


def _row(tenant_id: UUID, each: ProviderNow) -> tuple[object, ...]:
    ends = msgspec.json.encode(each.ends).decode()
    return (
        *(tenant_id, each.name, each.label, each.channel, each.priority, each.weight, ends),
        each.told_at,
    )


def _now(row: dict[str, Any]) -> ProviderNow:
    ends = msgspec.json.decode(row.pop("ends"), type=list[Past])
    return ProviderNow(**row, ends=ends)
