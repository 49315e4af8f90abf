"""Facts in doubt (số liệu mâu thuẫn): one id that came with several contents, and what was said."""

from datetime import UTC, date, datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from billing.months import period
from billing.shapes import Fact
from tenants import db

PAGE = 50
_END = datetime(9999, 1, 1, tzinfo=UTC)
# By when the last content came; what nobody settled is there in every month. Conflicts are few.
_OF_MONTH = """
select c.*, u.meter, u.quantity, u.subject, u.network, u.occurred_at, u.collected_at, p.approved
from (
    select source, id, max(seen_at) as last,
           jsonb_agg(jsonb_build_object('content', content, 'came_at', seen_at)
                     order by seen_at, digest) as others
    from usage_conflict where tenant_id = $1 group by source, id
) c
join usage u on u.tenant_id = $1 and u.source = c.source and u.id = c.id
left join lateral (
    select coalesce(p.approved, false) as approved from usage_proposal p
    where p.tenant_id = $1 and p.source = c.source and p.fact = c.id and p.approved is not false
    limit 1
) p on true
where (c.last >= $2 and c.last < $3 or p.approved is not true)
  and (c.last, c.source, c.id) < ($4, $5, $6)
order by c.last desc, c.source desc, c.id desc limit $7
"""


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What one message said of the fact, and when it came."""

    meter: str
    quantity: int
    subject: str
    network: str
    occurred_at: datetime
    came_at: datetime


class Doubt(msgspec.Struct, frozen=True, kw_only=True):
    """One fact in doubt; none of its contents is charged until it is settled.

    `first` stands in the books and was taken back; `others` were set aside, in the order they came.
    """

    source: str
    fact: str
    first: Content
    others: list[Content]
    state: Literal["open", "waiting", "settled"]


class DoubtsPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of doubts, the latest first; `next` opens the following page."""

    doubts: list[Doubt]
    next: tuple[datetime, str, str] | None


class _Aside(msgspec.Struct):
    content: Fact
    came_at: datetime


async def of_month(
    tenant_id: UUID, month: date, before: tuple[datetime, str, str] | None = None
) -> DoubtsPage:
    """Doubts that arose in a month (Vietnam), and all that nobody has settled yet."""
    begin, end = period(month)
    later = before or (_END, "", "")
    rows = await db.control.fetch(_OF_MONTH, tenant_id, begin, end, *later, PAGE + 1)
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return DoubtsPage(
        doubts=[_doubt(dict(row)) for row in rows[:PAGE]],
        next=(last["last"], last["source"], last["id"]) if last else None,
    )


def _doubt(row: dict[str, Any]) -> Doubt:
    names = ("meter", "quantity", "subject", "network", "occurred_at")
    first = Content(**{name: row[name] for name in names}, came_at=row["collected_at"])
    aside = msgspec.json.decode(row["others"], type=list[_Aside])
    states: dict[bool | None, Literal["open", "waiting", "settled"]]
    states = {None: "open", False: "waiting", True: "settled"}
    return Doubt(
        source=row["source"],
        fact=row["id"],
        first=first,
        others=[_content(each) for each in aside],
        state=states[row["approved"]],
    )


def _content(aside: _Aside) -> Content:
    fact = aside.content
    return Content(
        meter=fact.meter,
        quantity=fact.quantity,
        subject=fact.subject,
        network=fact.network,
        occurred_at=fact.occurred_at,
        came_at=aside.came_at,
    )
