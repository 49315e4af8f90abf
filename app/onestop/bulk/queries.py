"""Reading orders for many dossiers."""

from typing import Any
from uuid import UUID

from app.onestop.bulk.shapes import Item, ItemState, Order
from app.onestop.dossiers.rules import Act
from app.people.shapes import Actor
from tenants import db

Waiting = Any

# Served by bulk_order_open and bulk_item_waiting: the oldest order first.
_WAITING = """
select i.order_id, i.place, i.code, i.version, o.officer_id, o.act, o.choice, o.note
from bulk_order o join bulk_item i on i.order_id = o.id and i.state = 'waiting'
where o.finished_at is null order by o.ordered_at, i.order_id, i.place limit $1
"""
_CLAIM = """
select 1 from bulk_item where order_id = $1 and place = $2 and state = 'waiting'
for update skip locked
"""
_ANY = "select 1 from bulk_order where finished_at is null limit 1"
_ORDER = """
select id, act, note, ordered_at, finished_at from bulk_order where id = $1 and officer_id = $2
"""
_ITEMS = "select code, state, message from bulk_item where order_id = $1 order by place"


async def waiting(most: int) -> list[Waiting]:
    """Dossiers of open orders still to be done."""
    return list(await db.tenant.fetch(_WAITING, most))


async def claim(row: Waiting) -> bool:
    """Hold one of them until the work ends; False when another worker has it or had it."""
    return await db.tenant.fetch_value(_CLAIM, row["order_id"], row["place"]) is not None


async def any_waiting() -> bool:
    """Whether an order is open."""
    return await db.tenant.fetch_value(_ANY) is not None


async def order_of(officer: Actor, order_id: UUID) -> Order | None:
    """The officer's own order with every dossier's outcome; None when it is not theirs."""
    row = await db.tenant.fetch_row(_ORDER, order_id, officer.officer_id)
    if row is None:
        return None
    items = [
        Item(code=item["code"], state=ItemState(item["state"]), message=item["message"])
        for item in await db.tenant.fetch(_ITEMS, order_id)
    ]
    return Order(**{**dict(row), "act": Act(row["act"])}, items=items)
