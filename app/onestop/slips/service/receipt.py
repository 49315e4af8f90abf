"""Form 01 and the register: what every reception brings, and a receipt issued anew."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from app.onestop.catalog import queries as catalog
from app.onestop.catalog.needs import limit_for
from app.onestop.catalog.shapes import Limit, Procedure, Unit
from app.onestop.dossiers.shapes import KIND_OF_CHANNEL
from app.onestop.slips import rules
from app.onestop.slips.refusals import NoReceipt, ReasonNeeded
from app.onestop.slips.service.numbers import enter_in_register, year_of
from app.onestop.slips.service.writing import HasId, common, facts_of, write
from app.onestop.slips.shapes import Receipt, SlipPaper
from app.people.shapes import SYSTEM, Actor
from app.refusals import Malformed, NotAllowed
from app.trail.service import record
from infra.clock import now
from tenants import db

_REASON_LENGTH = 500
_TOO_LONG = f"Rút gọn lý do còn tối đa {_REASON_LENGTH} ký tự."
_AT_ONCE = timedelta(minutes=1)
_SET_LATER = "Cơ quan giải quyết ấn định khi nhận hồ sơ"
# Served by deadline_entry_by_dossier: the time as it was last counted from its beginning;
# a restart gives the same amount again and does not repeat it.
_CLOCK = """
with counted as (select seq, amount, unit, explanation from deadline_entry
    where dossier_id = $1 and clock = 'whole' and kind in ('start', 'restart'))
select g.amount, g.unit, c.explanation::text as explanation
from (select * from counted where unit is not null order by seq desc limit 1) g,
     (select * from counted order by seq desc limit 1) c
"""
# Served by paper_by_dossier.
_PAPERS = """
select name, form, quantity from paper
where dossier_id = $1 and kind = 'submitted' order by added_at, id
"""
_LOCK = "select id from dossier where id = $1 for update"
# Served by slip_by_dossier and slip_replaces_key: the one that was not replaced yet.
_LAST_RECEIPT = """
select s.id, s.issued_at, s.issued_by, s.content->>'replaces_why' as why from slip s
where s.dossier_id = $1 and s.form = '01'
  and not exists (select from slip r where r.replaces = s.id)
order by s.issued_at desc, s.id desc limit 1
"""


async def issue_receipt(officer: Actor, dossier: HasId) -> UUID:
    """Issue form 01 (giấy tiếp nhận hồ sơ và hẹn trả kết quả) for a dossier just received.

    What was taken in for another agency has no date yet; the slip says which agency settles it.
    The dossier is entered in the register of the desk as well. Call it after the dossier, its
    papers and the first row of its deadline's ledger are written. Returns the slip's id. Raises
    LookupError when there is no such received dossier.
    """
    row = await facts_of(dossier)
    content = await _receipt(officer, row)
    return await write(officer, row, rules.RECEIPT, content)


async def replace_receipt(officer: Actor, dossier: HasId, reason: str) -> UUID:
    """Issue form 01 anew, as the dossier is now; the former one stays and is marked as replaced.

    The line in the register stays the same. Returns the new slip's id. Raises ReasonNeeded,
    NotAllowed for who does not receive for the agency, NoReceipt when none was ever issued,
    Malformed for too long a reason.
    """
    await db.tenant.execute(_LOCK, dossier.id)
    row, why = await facts_of(dossier), rules.plain(reason)
    if officer.holds("reception", row["agency_id"]) is None:
        raise NotAllowed
    if not why:
        raise ReasonNeeded
    if len(why) > _REASON_LENGTH:
        raise Malformed(_TOO_LONG, {"reason": _TOO_LONG})
    old = await db.tenant.fetch_row(_LAST_RECEIPT, dossier.id)
    if old is None:
        raise NoReceipt
    if old["why"] == why and old["issued_by"] == officer.id and now() - old["issued_at"] < _AT_ONCE:
        return UUID(str(old["id"]))  # The button was pressed twice.
    return await _issue_instead(officer, row, old, why)


async def renew_receipt(actor: Actor, dossier: HasId, reason: str) -> UUID | None:
    """Form 01 with the date as it has moved by an act on the dossier; None when none was issued.

    Whoever did the act issues it where that is an officer; where it was the citizen or time that
    passed, nobody has anything to decide and the system does. The caller holds the dossier's lock.
    """
    old = await db.tenant.fetch_row(_LAST_RECEIPT, dossier.id)
    if old is None:
        return None
    issuer = actor if actor.kind == "officer" else SYSTEM
    return await _issue_instead(issuer, await facts_of(dossier), old, rules.plain(reason))


async def _issue_instead(officer: Actor, row: dict[str, Any], old: Any, why: str) -> UUID:
    content = await _receipt(officer, row)
    content = msgspec.structs.replace(content, replaces_at=old["issued_at"], replaces_why=why)
    slip_id = await write(officer, row, rules.RECEIPT, content, replaces=old["id"])
    await record(
        officer,
        rules.REPLACED,
        ("dossier", row["id"]),
        detail={"form": rules.RECEIPT, "slip": old["id"], "by": slip_id, "reason": why},
    )
    return slip_id


async def _receipt(officer: Actor, row: dict[str, Any]) -> Receipt:
    clock = await db.tenant.fetch_row(_CLOCK, row["id"])
    on_its_way = row["desk_agency_id"] is not None and row["competent_received_at"] is None
    if (clock is None and not on_its_way) or row["received_at"] is None:
        raise LookupError("form 01 is issued for a received dossier only")
    procedure = await catalog.document(row["procedure_id"])
    desk_id, desk = row["desk_agency_id"] or row["agency_id"], row["desk_agency"] or row["agency"]
    number = await enter_in_register(row["id"], desk_id, row["received_at"])
    return Receipt(
        **await common(officer, {**row, "agency": desk} if on_its_way else row),
        papers=await _papers(row["id"]),
        sets=1,
        limit=_limit_words(procedure, row, clock),
        received_at=row["received_at"],
        due_at=row["due_at"],
        return_at=rules.return_place(row["wanted_way"], desk),
        fees=rules.fee_lines(procedure, KIND_OF_CHANNEL[row["channel"]]),
        explanation=msgspec.json.decode(clock["explanation"], type=list[str]) if clock else [],
        register_number=number,
        register_year=year_of(row["received_at"]),
        settled_by=row["agency"] if on_its_way else "",
        taken_in_by="" if on_its_way else row["desk_agency"] or "",
        competent_received_at=row["competent_received_at"],
    )


def _limit_words(procedure: Procedure, row: dict[str, Any], clock: Any) -> str:
    """The time as it is counted; before that as it is published."""
    if clock is not None:
        return rules.limit_line(Limit(clock["amount"], Unit(clock["unit"])))
    published = limit_for(procedure, KIND_OF_CHANNEL[row["channel"]], row["case_id"])
    return rules.limit_line(published) if published else _SET_LATER


async def _papers(dossier_id: UUID) -> list[SlipPaper]:
    rows = await db.tenant.fetch(_PAPERS, dossier_id)
    return [
        SlipPaper(name=row["name"], form=rules.FORMS[row["form"]], quantity=row["quantity"])
        for row in rows
    ]
