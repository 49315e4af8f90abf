"""Standing in for somebody (cử người thay): by a decision, for a time, at one post."""

from datetime import date
from typing import Any
from uuid import UUID

from app.people import refusals
from app.people.rules import plain_username
from app.people.service import administrator_only, hold_post
from app.people.shapes import Actor
from app.refusals import Malformed
from app.trail import service as trail
from infra.clock import today
from tenants import db

DECISION_LENGTH = 200
_HOLDING = """
select h.officer_id, h.post_id, h.from_on, h.to_on, o.full_name
from post_holding h join officer o on o.id = h.officer_id and o.dismissed_at is null
where h.id = $1 and h.instead_of is null for update of h
"""
_MARK = "update post_holding set instead_of = $2, decision = $3 where id = $1"


async def stand_in(
    actor: Actor,
    holding_id: UUID,
    username: str,
    *,
    from_on: date | None,
    to_on: date | None,
    decision: str,
) -> UUID:
    """Let another officer hold a post for its holder, from a day to a day; the new holding's id.

    The holder keeps the post: both may act, and the trail says who stood in for whom by which
    decision. Raises NoSuchPost, Malformed with the fields to mend, WrongPeriod, PostHeldAlready.
    """
    administrator_only(actor)
    holding = await db.tenant.fetch_row(_HOLDING, holding_id)
    if holding is None:
        raise refusals.NoSuchPost
    begins = from_on or today()
    substitute = await _substitute(username, holding)
    if (faults := _faults(begins, to_on, decision, holding, substitute)) or substitute is None:
        raise Malformed(fields=faults)
    new = await hold_post(actor, substitute, holding["post_id"], from_on=begins, to_on=to_on)
    await db.tenant.execute(_MARK, new, holding["officer_id"], decision.strip())
    await trail.record(
        actor, "officer.stand_in", ("officer", substitute),
        detail={"post_id": holding["post_id"], "from_on": begins, "to_on": to_on},
        basis=decision.strip(), on_behalf_of=holding["full_name"],
    )  # fmt: skip
    return new


async def _substitute(username: str, holding: Any) -> UUID | None:
    found: UUID | None = await db.tenant.fetch_value(
        "select id from officer where username = $1 and dismissed_at is null and id <> $2",
        *(plain_username(username), holding["officer_id"]),
    )
    return found


def _faults(
    begins: date, ends: date | None, decision: str, holding: Any, substitute: UUID | None
) -> dict[str, str]:
    late = holding["to_on"] is not None and ends is not None and ends > holding["to_on"]
    faults = {
        "username": "" if substitute else "Ghi tên đăng nhập của một cán bộ khác đang làm việc.",
        "to_on": "Ghi ngày kết thúc việc thay." if ends is None
        else "Ngày kết thúc phải trong thời gian người được thay giữ chức danh." if late
        else "Ngày kết thúc phải từ ngày bắt đầu trở đi." if ends < begins else "",
        "decision": "" if 0 < len(decision.strip()) <= DECISION_LENGTH
        else f"Ghi số quyết định cử người thay, tối đa {DECISION_LENGTH} ký tự.",
    }  # fmt: skip
    return {name: text for name, text in faults.items() if text}
