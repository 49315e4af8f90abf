"""Form 01 and the register: what every reception brings, and a receipt issued anew."""

from typing import Any
from uuid import UUID

import msgspec

from app.onestop.catalog import queries as catalog
from app.onestop.catalog.shapes import ChannelKind, Limit, Unit
from app.onestop.slips import rules
from app.onestop.slips.refusals import NoReceipt, ReasonNeeded
from app.onestop.slips.service.numbers import enter_in_register, year_of
from app.onestop.slips.service.writing import HasId, common, facts_of, write
from app.onestop.slips.shapes import Receipt, SlipPaper
from app.people.shapes import Actor
from app.refusals import NotAllowed
from app.trail.service import record
from tenants import db

_KINDS = {
    "online": ChannelKind.ONLINE,
    "counter": ChannelKind.DIRECT,
    "postal": ChannelKind.POSTAL,
}
# Served by deadline_entry_by_dossier: the time as it was last counted from its beginning.
_CLOCK = """
select amount, unit, explanation::text as explanation from deadline_entry
where dossier_id = $1 and clock = 'whole' and kind in ('start', 'restart') order by seq desc limit 1
"""
# Served by paper_by_dossier.
_PAPERS = """
select name, form, quantity from paper
where dossier_id = $1 and kind = 'submitted' order by added_at, id
"""
_LOCK = "select id from dossier where id = $1 for update"
# Served by slip_by_dossier and slip_replaces_key: the one that was not replaced yet.
_LAST_RECEIPT = """
select s.id, s.issued_at from slip s
where s.dossier_id = $1 and s.form = '01'
  and not exists (select from slip r where r.replaces = s.id)
order by s.issued_at desc, s.id desc limit 1
"""


async def issue_receipt(officer: Actor, dossier: HasId) -> UUID:
    """Issue form 01 (giấy tiếp nhận hồ sơ và hẹn trả kết quả) for a dossier just received.

    The dossier is entered in the register as well. Call it after the dossier, its papers and the
    first row of its deadline's ledger are written. Returns the slip's id. Raises LookupError when
    there is no such received dossier.
    """
    row = await facts_of(dossier)
    content = await _receipt(officer, row)
    return await write(officer, row, rules.RECEIPT, content)


async def replace_receipt(officer: Actor, dossier: HasId, reason: str) -> UUID:
    """Issue form 01 anew, as the dossier is now; the former one stays and is marked as replaced.

    The line in the register stays the same. Returns the new slip's id. Raises ReasonNeeded,
    NotAllowed for who does not receive for the agency, NoReceipt when none was ever issued.
    """
    await db.tenant.execute(_LOCK, dossier.id)
    row, why = await facts_of(dossier), rules.plain(reason)
    if officer.holds("reception", row["agency_id"]) is None:
        raise NotAllowed
    if not why:
        raise ReasonNeeded
    old = await db.tenant.fetch_row(_LAST_RECEIPT, dossier.id)
    if old is None:
        raise NoReceipt
    content = await _receipt(officer, row)
    content = msgspec.structs.replace(content, replaces_at=old["issued_at"], replaces_why=why)
    slip_id = await write(officer, row, rules.RECEIPT, content, replaces=old["id"])
    await record(
        officer,
        rules.REPLACED,
        ("dossier", dossier.id),
        detail={"form": rules.RECEIPT, "slip": old["id"], "by": slip_id, "reason": why},
    )
    return slip_id


async def _receipt(officer: Actor, row: dict[str, Any]) -> Receipt:
    clock = await db.tenant.fetch_row(_CLOCK, row["id"])
    if clock is None or row["received_at"] is None:
        raise LookupError("form 01 is issued for a received dossier only")
    procedure = await catalog.document(row["procedure_id"])
    number = await enter_in_register(row["id"], row["agency_id"], row["received_at"])
    return Receipt(
        **await common(officer, row),
        papers=await _papers(row["id"]),
        sets=1,
        limit=rules.limit_line(Limit(clock["amount"], Unit(clock["unit"]))),
        received_at=row["received_at"],
        due_at=row["due_at"],
        return_at=rules.return_place(row["wanted_way"], row["agency"]),
        fees=rules.fee_lines(procedure, _KINDS[row["channel"]]),
        explanation=msgspec.json.decode(clock["explanation"], type=list[str]),
        register_number=number,
        register_year=year_of(row["received_at"]),
    )


async def _papers(dossier_id: UUID) -> list[SlipPaper]:
    rows = await db.tenant.fetch(_PAPERS, dossier_id)
    return [
        SlipPaper(name=row["name"], form=rules.FORMS[row["form"]], quantity=row["quantity"])
        for row in rows
    ]
