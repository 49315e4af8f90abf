"""Form 06 (phiếu kiểm soát quá trình giải quyết hồ sơ), from the work done so far."""

from typing import Any

import asyncpg

from app.onestop.catalog import queries as catalog
from app.onestop.codes.drawing import code128_svg
from app.onestop.codes.rules import number_of
from app.onestop.slips import rules, source
from app.onestop.slips.documents import Document
from app.onestop.slips.filling import frame
from app.onestop.slips.layout import Values
from app.onestop.slips.marks import HandOver, Stage, hand_overs, mark
from app.onestop.slips.moments import moment
from app.onestop.slips.printing import Print, copies_of
from infra.clock import now
from tenants import db
from tenants.current import current

# Served by dossier_code_key.
_DOSSIER = """
select d.id, d.code, d.applicant_name, d.received_at, d.due_at, d.finished_at, d.procedure_id,
       a.name as agency
from dossier d join agency a on a.id = d.agency_id
where d.id = dossier_named($1) and d.received_at is not null
"""
# Served by task_by_dossier.
_STAGES = """
select t.name, p.title || case when a.id = d.agency_id then '' else ', ' || a.name end as post,
       t.opened_at, t.due_at, t.closed_at, o.full_name as closed_by,
       t.state = 'cancelled' as cancelled
from task t
join dossier d on d.id = t.dossier_id
join agency a on a.id = t.agency_id
join post p on p.id = t.post_id
left join officer o on o.id = t.closed_by
where t.dossier_id = $1 order by t.opened_at, t.id
"""


async def control_sheet(code: str) -> Print | None:
    """Form 06 of a received dossier as it stands now; None when it was not received.

    It is drawn from the dossier's work, never issued; the form is that of the day of reception.
    The caller has asked the access rule of the dossier before.
    """
    row = await db.tenant.fetch_row(_DOSSIER, code)
    if row is None:
        return None
    document = source.in_force(rules.CONTROL, rules.day_of(row["received_at"]))
    stages = [Stage(**dict(each)) for each in await db.tenant.fetch(_STAGES, row["id"])]
    steps = hand_overs(stages, row["applicant_name"], now())
    procedure = await catalog.document(row["procedure_id"])
    digits = number_of(code)
    return Print(
        form=rules.CONTROL,
        title=f"{document.name} {code}",
        size=document.size,
        landscape=document.landscape,
        made_on=rules.day_of(now()),
        copies=copies_of(document, _values(document, row, procedure.name, steps)),
        bar_svg=code128_svg(digits, label=f"Mã vạch {digits}"),
        bar_digits=digits,
    )


def _values(
    document: Document, row: asyncpg.Record, procedure: str, steps: list[HandOver]
) -> Values:
    place = rules.place_name(current().site.name)
    words = {
        **frame(document, row["agency"], rules.desk_name(row["agency"]), place, now()),
        "code": row["code"],
        "bar_number": number_of(row["code"]),
        "procedure": procedure,
        "applicant_name": row["applicant_name"],
        "received_at": moment(row["received_at"]),
        "due_at": moment(row["due_at"]),
        "finished_at": moment(row["finished_at"]),
        "mark": mark(row["due_at"], row["finished_at"], now()),
    }
    return Values(words=words, tables={"steps": [_step(n, s) for n, s in enumerate(steps, 1)]})


def _step(n: int, each: HandOver) -> dict[str, Any]:
    return {
        "n": str(n),
        "giver": each.giver,
        "receiver": each.receiver,
        "at": moment(each.at),
        "mark": each.mark,
        "note": each.note,
    }
