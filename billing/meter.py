"""Counting what is used: a row in the transaction of the fact itself."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from billing import rules
from billing.shapes import Fact
from infra import bell, clock
from tenants import db
from tenants.current import current
from tenants.work import WorkError, after_commit, current_work

JOB = "collect_usage"

_ADD_MANY = """
with added as (
  insert into usage_record (id, meter, quantity, subject, occurred_at, network, recorded_at)
  select *, $7
  from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::timestamptz[], $6::text[])
  on conflict (id) do nothing returning id)
insert into usage_pending (id) select id from added returning id
"""


class MeterConflict(RuntimeError):
    """A fact was counted before with another content: a mistake of ours, never to be hidden."""


async def count(
    fact: str,
    meter: str,
    *,
    quantity: int = 1,
    subject: str,
    occurred_at: datetime,
    network: str = "",
) -> None:
    """Count one fact of the current tenant (ghi nhận sử dụng), once for ever.

    `fact` is an id derived from the business row, such as `dossier:<id>:received`; `subject` is a
    code or an id, never a person; `occurred_at` is aware; `network` is a message's carrier.
    Counting the same fact again changes nothing. Raises MeterConflict when it was counted with
    another content, ValueError for a fact that cannot be counted, WorkError outside of a unit.
    """
    counted = Fact(
        id=fact,
        meter=meter,
        quantity=quantity,
        subject=subject,
        occurred_at=occurred_at,
        network=network,
    )
    if fault := rules.fault_of(counted):
        raise ValueError(fault)
    if current_work() is None:
        raise WorkError("usage is counted in the transaction of the fact that causes it")
    if await _add(counted):
        await after_commit(partial(bell.ring, JOB, current().slug))
    else:
        await _compare(counted)


async def count_many(facts: Sequence[Fact]) -> None:
    """Count many facts of the current tenant in one statement, each as `count` would."""
    if faults := [fault for fact in facts if (fault := rules.fault_of(fact))]:
        raise ValueError(faults[0])
    if current_work() is None:
        raise WorkError("usage is counted in the transaction of the fact that causes it")
    added = {row["id"] for row in await db.tenant.fetch(_ADD_MANY, *_columns(facts), clock.now())}
    if added:
        await after_commit(partial(bell.ring, JOB, current().slug))
    for fact in facts:
        if fact.id not in added:
            await _compare(fact)


def _columns(facts: Sequence[Fact]) -> tuple[list[object], ...]:
    names = ("id", "meter", "quantity", "subject", "occurred_at", "network")
    return tuple([getattr(fact, name) for fact in facts] for name in names)


async def _add(fact: Fact) -> bool:
    """Write the record and its note for the collector; False when the record was there."""
    added = await db.tenant.fetch_value(
        "with added as ("
        " insert into usage_record (id, meter, quantity, subject, occurred_at, network,"
        " recorded_at) values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing"
        " returning id)"
        " insert into usage_pending (id) select id from added returning id",
        *(fact.id, fact.meter, fact.quantity, fact.subject, fact.occurred_at, fact.network),
        clock.now(),
    )
    return added is not None


async def _compare(fact: Fact) -> None:
    row = await db.tenant.fetch_row(
        "select id, meter, quantity, subject, occurred_at, network from usage_record where id = $1",
        fact.id,
    )
    if row is None or rules.digest(Fact(**dict(row))) != rules.digest(fact):
        raise MeterConflict(f"{fact.id} was counted before with another content")
