"""Officers who did something in a month (cán bộ có thao tác), by a dated rule."""

from datetime import date, datetime
from functools import cache
from pathlib import Path

import msgspec

from billing import meter
from billing.months import day_start, period, shifted
from billing.shapes import Fact
from infra import clock
from tenants import db
from tenants.work import work

# An officer counts from the first act of the month, so that counting later changes nothing.
_ACTIVE = """
select t.actor_id, min(t.at) as first_at from trail t
where t.actor_kind = 'officer' and t.at >= $1 and t.at < $2
  and t.act not in ('officer.sign_in', 'officer.sign_out', 'session.end')
  and t.act not like '%.read'
  and not exists (select from usage_record r where r.id = 'officer:' || t.actor_id || ':' || $3)
group by t.actor_id having count(*) >= $4
"""


class Rule(msgspec.Struct, frozen=True):
    """Who is an active officer from a day on: the least number of acts in the trail."""

    valid_from: date
    least_acts: int
    words: str


async def count_officers() -> None:
    """Count the active officers of this month and of the last one, up to yesterday, each once."""
    today = clock.now().astimezone(clock.VIETNAM).date()
    month = today.replace(day=1)
    for each in (shifted(month, -1), month):
        await _count(each, day_start(today))


def rule_on(day: date) -> Rule:
    """The rule in force on a day."""
    return max((r for r in _rules() if r.valid_from <= day), key=lambda r: r.valid_from)


async def _count(month: date, before: datetime) -> None:
    start_at, end_at = period(month)
    name = f"{month:%Y-%m}"
    async with work():
        rows = await db.tenant.fetch(
            _ACTIVE, start_at, min(end_at, before), name, rule_on(month).least_acts
        )
        await meter.count_many(
            [
                Fact(
                    id=f"officer:{row['actor_id']}:{name}",
                    meter="officer.active",
                    quantity=1,
                    subject=row["actor_id"],
                    occurred_at=row["first_at"],
                )
                for row in rows
            ]
        )


@cache
def _rules() -> list[Rule]:
    document = Path(__file__).with_suffix(".json").read_bytes()
    return msgspec.json.decode(document, type=dict[str, list[Rule]])["versions"]
