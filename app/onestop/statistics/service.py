"""Counting: rows are written in the transaction of the act they count."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from app.onestop.statistics.rules import LINKED, changes, kinds_of, month_of, values_of
from app.onestop.statistics.shapes import Countable, Kind, Row, Values
from infra.clock import now
from infra.ids import uuid7
from tenants import db

# Served by statistic_by_dossier and statistic_about.
_LIVE = """
select id, kind, agency_id, procedure_id, channel, wanted_way, month from statistic s
where dossier_id = $1 and amount = 1
  and not exists (select from statistic r where r.about = s.id and r.amount = -1)
order by at, id
"""
_REVERSE = """
insert into statistic (id, dossier_id, kind, agency_id, procedure_id, field, channel, wanted_way,
                       month, amount, about, act, at)
select $2, dossier_id, kind, agency_id, procedure_id, field, channel, wanted_way, month, -1, id,
       $3, $4
from statistic where id = $1
"""
_ADD = """
insert into statistic (id, dossier_id, kind, agency_id, procedure_id, field, channel, wanted_way,
                       month, amount, about, act, at)
select $1, $2, $3, $4, id, field, $6, $7, $8, 1, $9, $10, $11 from procedure where id = $5
"""
# Only what was received and is not settled yet is work that changes hands.
_MOVE = """
insert into statistic (id, dossier_id, kind, agency_id, procedure_id, field, channel, wanted_way,
                       month, amount, act, at)
select $2, d.id, $3, $4, d.procedure_id, p.field, d.channel, d.wanted_way, $5, 1, 'transfer', $6
from dossier d join procedure p on p.id = d.procedure_id
where d.id = $1 and d.received_at is not null and d.finished_at is null and d.channel <> $7
"""


async def count(dossier: Countable, act: str) -> None:
    """Let the figures say how the dossier stands after the act; nothing changed, nothing written.

    The dossier's row is locked by whoever acts on it.
    """
    live = [_row(row) for row in await db.tenant.fetch(_LIVE, dossier.id)]
    moment = now()
    reversed_, added = changes(live, dossier, moment)
    for row in reversed_:
        await db.tenant.execute(_REVERSE, row.id, uuid7(), act, moment)
    for row in added:
        values = row.values
        await db.tenant.execute(
            _ADD,
            *(uuid7(), dossier.id, row.kind.value, row.agency_id, values.procedure_id),
            *(values.channel, values.wanted_way, row.month, row.about, act, moment),
        )


async def carry_in(dossier: Countable, moments: Mapping[Kind, datetime]) -> None:
    """Count a dossier that another system handled in the months when it happened there.

    So a report of the year in which a province changes systems is of the whole year, and what is
    done from now on is counted once. `moments` are aware.
    """
    values, moment = values_of(dossier), now()
    for kind in kinds_of(dossier):
        await db.tenant.execute(
            _ADD,
            *(uuid7(), dossier.id, kind.value, dossier.agency_id, values.procedure_id),
            *(values.channel, values.wanted_way, month_of(moments[kind]), None, "carry_in", moment),
        )


async def move(dossier_id: UUID, before: UUID, after: UUID) -> None:
    """Count an open dossier out of the agency it was with and into the one that goes on."""
    moment = now()
    for kind, agency_id in ((Kind.MOVED_OUT, before), (Kind.MOVED_IN, after)):
        await db.tenant.execute(
            _MOVE,
            *(dossier_id, uuid7(), kind.value, agency_id, month_of(moment), moment, LINKED),
        )


def _row(row: Any) -> Row:
    return Row(
        id=row["id"],
        kind=Kind(row["kind"]),
        agency_id=row["agency_id"],
        values=Values(row["procedure_id"], row["channel"], row["wanted_way"]),
        month=row["month"],
    )
