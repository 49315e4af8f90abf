"""Officers who did something in a month (cán bộ có thao tác), by a dated rule."""

from datetime import date, datetime
from functools import cache
from pathlib import Path

import msgspec

from billing import meter
from billing.months import day_start, period, shifted
from billing.shapes import OURS, Fact
from infra import clock
from tenants import db, parted
from tenants.current import current
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


_ONCE = """
select old_key as theirs, new_key as ours from merged_row
where table_name = 'officer' and new_key = any($1)
"""
_BOOKED = "select id from usage where tenant_id = any($1) and source = $2 and id = any($3)"


class Rule(msgspec.Struct, frozen=True):
    """Who is an active officer from a day on: the least number of acts in the trail."""

    valid_from: date
    least_acts: int
    words: str


async def count_officers(*, today_too: bool = False) -> None:
    """Count the active officers of this month and of the last one, up to yesterday or
    (`today_too`) to this moment, each once."""
    today = clock.now().astimezone(clock.VIETNAM).date()
    month = today.replace(day=1)
    for each in (shifted(month, -1), month):
        await _count(each, clock.now() if today_too else day_start(today))


def rule_on(day: date) -> Rule:
    """The rule in force on a day."""
    return max((r for r in _rules() if r.valid_from <= day), key=lambda r: r.valid_from)


async def _count(month: date, before: datetime) -> None:
    start_at, end_at = period(month)
    name = f"{month:%Y-%m}"
    least = rule_on(month).least_acts
    rows = await db.tenant.fetch(_ACTIVE, start_at, min(end_at, before), name, least)
    known = await _counted_elsewhere([row["actor_id"] for row in rows], name)
    facts = [
        Fact(
            id=f"officer:{row['actor_id']}:{name}",
            meter="officer.active",
            quantity=1,
            subject=row["actor_id"],
            occurred_at=row["first_at"],
        )
        for row in rows
        if row["actor_id"] not in known
    ]
    async with work():
        await meter.count_many(facts)


async def _counted_elsewhere(officers: list[str], month: str) -> set[str]:
    """Who has counted that month with a tenant this one is or was one with: whoever has the first
    acts has the month, and nobody is in two contracts."""
    kin = await parted.kin(current().id) if officers else []
    if not kin:
        return set()
    # Who became one person with an officer of theirs may have counted there under the other id.
    rows = await db.tenant.fetch(_ONCE, officers)
    once = {officer: officer for officer in officers} | {row["theirs"]: row["ours"] for row in rows}
    facts = {f"officer:{theirs}:{month}": ours for theirs, ours in once.items()}
    found = await db.control.fetch(_BOOKED, kin, OURS, list(facts))
    return {facts[row["id"]] for row in found}


@cache
def _rules() -> list[Rule]:
    document = Path(__file__).with_suffix(".json").read_bytes()
    return msgspec.json.decode(document, type=dict[str, list[Rule]])["versions"]
