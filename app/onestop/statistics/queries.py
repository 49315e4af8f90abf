"""Reads of the figures: the report of a period, by field or by agency."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec

from app.onestop.statistics.rules import total
from app.onestop.statistics.shapes import Line
from tenants import db

TOTAL = "Tổng số"
_IN = "('received', 'moved_in')"
_OUT = """('moved_out', 'settled_early', 'settled_on_time', 'settled_late', 'stopped',
           'withdrawn')"""
# The sum over a period, the last month included, of what the condition names.
_DURING = "coalesce(sum(s.amount) filter (where s.month >= $1 and {}), 0)"


def _during(condition: str) -> str:
    return _DURING.format(condition)


_REPORT = f"""
select {{name}} as name,
  coalesce(sum(s.amount) filter (where s.month < $1 and s.kind in {_IN}), 0)
    - coalesce(sum(s.amount) filter (where s.month < $1 and s.kind in {_OUT}), 0) as opening,
  {_during("s.kind = 'received' and s.channel = 'online'")} as online,
  {_during("s.kind = 'received' and s.channel = 'counter'")} as counter,
  {_during("s.kind = 'received' and s.channel = 'postal'")} as postal,
  {_during("s.kind = 'moved_in'")} - {_during("s.kind = 'moved_out'")} as moved,
  {_during("s.kind = 'settled_early'")} as early,
  {_during("s.kind = 'settled_on_time'")} as on_time,
  {_during("s.kind = 'settled_late'")} as late,
  {_during("s.kind in ('stopped', 'withdrawn')")} as ended,
  {_during("s.kind = 'refused'")} as refused,
  {_during("s.kind = 'cancelled'")} as cancelled,
  {_during("s.kind = 'delivered'")} as delivered
from statistic s join agency a on a.id = s.agency_id
where s.month <= $2 and ($3::uuid[] is null or s.agency_id = any($3))
  and ($4::text is null or s.field = $4)
group by {{group}} order by {{name}}
"""  # noqa: S608
# Served by statistic_by_agency, or statistic_by_month for the whole tenant.
_BY_FIELD = _REPORT.format(name="s.field", group="s.field")
_BY_AGENCY = _REPORT.format(name="a.name", group="a.id")
# Served by statistic_by_agency.
_FIELDS = """
select distinct field from statistic where $1::uuid[] is null or agency_id = any($1) order by field
"""
_UNDER = """
with recursive below as (
    select unnest($1::uuid[]) as id
    union select a.id from below b join agency a on a.parent_id = b.id
)
select id from below
"""
_COUNTED = """
select a.id from agency a where exists (select from statistic s where s.agency_id = a.id)
  and ($1::uuid[] is null or a.id = any($1)) order by a.name, a.key
"""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The period by first days of its first and last month; `agencies` None: all of the tenant."""

    first: date
    last: date
    agencies: list[UUID] | None = None
    field: str | None = None
    by_agency: bool = False


class Report(msgspec.Struct, frozen=True):
    """The lines and their sum; a line with nothing in it is left out."""

    lines: list[Line]
    total: Line


async def report(asked: Asked) -> Report:
    """The figures of the period (báo cáo tình hình, kết quả giải quyết thủ tục hành chính).

    After form 06 of Circular 01/2020/TT-VPCP, by field or by agency.
    """
    statement = _BY_AGENCY if asked.by_agency else _BY_FIELD
    rows = await db.tenant.fetch(statement, asked.first, asked.last, asked.agencies, asked.field)
    lines = [Line(**dict(row)) for row in rows if any(list(row.values())[1:])]
    return Report(lines, total(lines, TOTAL))


async def fields(agencies: Sequence[UUID] | None) -> list[str]:
    """The fields those agencies have figures of."""
    found = await db.tenant.fetch(_FIELDS, _listed(agencies))
    return [row["field"] for row in found]


async def agencies_under(agencies: Sequence[UUID]) -> list[UUID]:
    """Those agencies and every one beneath them, ended ones included."""
    return [row["id"] for row in await db.tenant.fetch(_UNDER, list(agencies))]


async def counted_agencies(agencies: Sequence[UUID] | None) -> list[UUID]:
    """Which of those agencies have figures, by name; None: of all."""
    return [row["id"] for row in await db.tenant.fetch(_COUNTED, _listed(agencies))]


def _listed(agencies: Sequence[UUID] | None) -> list[UUID] | None:
    return None if agencies is None else list(agencies)
