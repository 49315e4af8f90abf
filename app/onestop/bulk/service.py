"""Ordering an act for many dossiers, and doing it to one of them."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from app.onestop.bulk.refusals import NothingChosen, TooMany, UnknownBulkAct
from app.onestop.bulk.shapes import BULK_ACTS, MOST, Chosen
from app.onestop.dossiers import service as dossiers
from app.onestop.dossiers.rules import Act
from app.onestop.dossiers.service.traces import cleaned_note
from app.people.shapes import Actor
from app.refusals import NotAllowed
from app.trail.service import record
from billing import meter
from infra import bell
from infra.clock import now
from infra.ids import uuid7
from tenants import db
from tenants.current import current
from tenants.work import after_commit

JOB = "settle_bulk_orders"
_ORDER = """
insert into bulk_order (id, officer_id, act, choice, note, ordered_at)
values ($1, $2, $3, $4, $5, $6)
"""
_ITEM = """
insert into bulk_item (order_id, place, code, version, state) values ($1, $2, $3, $4, 'waiting')
"""
_SETTLE = """
update bulk_item set state = $3, message = $4, settled_at = $5
where order_id = $1 and place = $2 and state = 'waiting'
"""
# The last item takes the order with it.
_FINISH = """
update bulk_order o set finished_at = $2
where o.id = $1 and o.finished_at is null and not exists (
    select from bulk_item i where i.order_id = o.id and i.state = 'waiting')
returning o.act
"""


async def order(
    officer: Actor,
    act: Act,
    chosen: Sequence[Chosen],
    *,
    choice: UUID | None = None,
    note: str | None = None,
) -> UUID:
    """Order an act for up to 500 dossiers; a job does it one by one. The order's id.

    `choice` is the post for a hand-over and the officer for an assignment. Each dossier is asked
    of the rules when its turn comes, so nothing of it is checked here. Raises NotAllowed,
    NothingChosen, TooMany, UnknownBulkAct.
    """
    if officer.officer_id is None:
        raise NotAllowed
    if act not in BULK_ACTS:
        raise UnknownBulkAct
    each = list({one.code: one for one in chosen}.values())
    if not each:
        raise NothingChosen
    if len(each) > MOST:
        raise TooMany
    return await _write(officer, act, each, choice, cleaned_note(note))


async def do_one(officer: Actor, row: Any) -> None:
    """Do the ordered act to one dossier and say that it is done. Raises the act's refusals."""
    doing = _DOINGS[Act(row["act"])]
    await doing(officer, row["code"], row["version"], row["choice"], row["note"])
    await settle(row, "done")


async def settle(row: Any, state: str, message: str | None = None) -> None:
    """Write what became of one dossier of an order; the last one finishes the order."""
    await db.tenant.execute(_SETTLE, row["order_id"], row["place"], state, message, now())
    moment = now()
    done = await db.tenant.fetch_value(_FINISH, row["order_id"], moment)
    if done:
        fact = f"bulk:{row['order_id']}:done"
        await meter.count(fact, "job.done", subject=done, occurred_at=moment)


async def _write(
    officer: Actor, act: Act, each: list[Chosen], choice: UUID | None, note: str | None
) -> UUID:
    order_id = uuid7()
    await db.tenant.execute(_ORDER, order_id, officer.id, act.value, choice, note, now())
    await db.tenant.execute_many(
        _ITEM, [(order_id, place, one.code, one.version) for place, one in enumerate(each)]
    )
    detail = {"act": act.value, "dossiers": len(each)}
    await record(officer, "bulk.order", ("bulk_order", order_id), detail=detail)
    await after_commit(partial(bell.ring, JOB, current().slug))
    return order_id


async def _receive(officer: Actor, code: str, version: int | None, *_: object) -> None:
    await dossiers.receive(officer, code, version)


async def _hand_over(
    officer: Actor, code: str, version: int | None, choice: UUID | None, _: object
) -> None:
    await dossiers.hand_over(officer, code, version, post_id=choice)


async def _assign(
    officer: Actor, code: str, version: int | None, choice: UUID | None, _: object
) -> None:
    await dossiers.assign(officer, code, version, to=choice)


async def _approve(
    officer: Actor, code: str, version: int | None, _: object, note: str | None
) -> None:
    await dossiers.approve(officer, code, version, note)


async def _sign_off(
    officer: Actor, code: str, version: int | None, _: object, note: str | None
) -> None:
    await dossiers.sign_off(officer, code, version, note)


_DOINGS: dict[Act, Callable[..., Awaitable[None]]] = {
    Act.RECEIVE: _receive,
    Act.HAND_OVER: _hand_over,
    Act.ASSIGN: _assign,
    Act.APPROVE: _approve,
    Act.SIGN_OFF: _sign_off,
}
