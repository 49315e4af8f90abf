"""From the desk to the result: hand over, process, approve, send back, attach, finish.

`node` is the open step that is meant, where the officer has several; by default the first.
"""

from uuid import UUID

from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.rules import Act, Delivery, transition
from app.onestop.dossiers.service import clock
from app.onestop.dossiers.service.steps import carry_out, cleaned_note, open_case
from app.onestop.notices import service as notices
from app.onestop.papers.refusals import UploadGone
from app.people.shapes import Actor
from app.refusals import Malformed
from app.trail.service import record
from infra.clock import now
from infra.ids import uuid7
from storage.shapes import StoredObject
from tenants import db

_RESULT_TYPE = "application/pdf"
# The lock keeps the sweep from taking the object away in this very moment.
_ADD_RESULT = """
with object as (select id from stored_object where id = $4 and removed_at is null for share)
insert into paper (id, dossier_id, kind, slot, name, form, object_id, file_name, added_at, added_by)
select $1, $2, 'result', 'result', $3, 'electronic', object.id, $5, $6, $7 from object
returning id
"""
# Served by paper_by_dossier. A button pressed twice brings the same bytes as another object.
_SAME_RESULT = """
select p.id from paper p join stored_object o on o.id = p.object_id and o.removed_at is null
where p.dossier_id = $1 and p.kind = 'result' and encode(o.sha256, 'hex') = $2
order by p.added_at limit 1
"""
# Who passed the dossier on may take it back only while nobody has done anything with it.
_TOUCHED = "update dossier set recall_task = null where id = $1"


async def hand_over(
    officer: Actor, code: str, version: int | None, *, post_id: UUID | None = None,
    node: str | None = None,
) -> Dossier:  # fmt: skip
    """The desk passes the dossier on (chuyển xử lý); `post_id` chooses among the specialists.

    Raises NotFound, NotAllowed, Overtaken, NobodyThere, Malformed.
    """
    case = await open_case(officer, Act.HAND_OVER, code, version, node=node)
    return await carry_out(officer, Act.HAND_OVER, case, post_id=post_id)


async def process(
    officer: Actor, code: str, version: int | None, note: str | None, *, node: str | None = None
) -> Dossier:
    """The specialist is done (thẩm định xong) and submits to the next step with an opinion.

    Raises NotFound, NotAllowed, NotYourTurn, Overtaken, NobodyThere, Malformed.
    """
    case = await open_case(officer, Act.PROCESS, code, version, node=node)
    return await carry_out(officer, Act.PROCESS, case, note=note)


async def approve(
    officer: Actor, code: str, version: int | None, note: str | None, *, node: str | None = None
) -> Dossier:
    """The leader approves (phê duyệt). Raises as `process`."""
    case = await open_case(officer, Act.APPROVE, code, version, node=node)
    return await carry_out(officer, Act.APPROVE, case, note=note)


async def sign_off(
    officer: Actor, code: str, version: int | None, note: str | None, *, node: str | None = None
) -> Dossier:
    """The last of several leaders signs (ký duyệt). Raises as `process`."""
    case = await open_case(officer, Act.SIGN_OFF, code, version, node=node)
    return await carry_out(officer, Act.SIGN_OFF, case, note=note)


async def send_back(
    officer: Actor, code: str, version: int | None, note: str | None, *, node: str | None = None
) -> Dossier:
    """The leader returns it to the specialist (trả lại) and says why. Raises as `process`."""
    case = await open_case(officer, Act.SEND_BACK, code, version, node=node)
    if cleaned_note(note) is None:
        raise Malformed(fields={"note": "Ghi rõ lý do trả lại để người xử lý biết cần làm gì."})
    return await carry_out(officer, Act.SEND_BACK, case, note=note)


async def attach_result(
    officer: Actor, code: str, stored: StoredObject, version: int | None = None
) -> UUID:
    """Add a signed PDF as the result (kết quả); the new paper's id.

    `stored` has been inspected and put by the storage room; the same bytes again change nothing.
    The version stays, so that whoever attached it may finish from the same page. Raises NotFound,
    NotAllowed, Overtaken, UploadGone, Malformed for anything but a PDF.
    """
    case = await open_case(officer, Act.ATTACH_RESULT, code, version)
    if stored.media_type != _RESULT_TYPE:
        raise Malformed(fields={"result": "Chọn tệp PDF của kết quả."})
    if known := await db.tenant.fetch_value(_SAME_RESULT, case.dossier.id, stored.digest):
        return UUID(str(known))
    name = case.procedure.results[0].name if case.procedure.results else "Kết quả giải quyết"
    paper_id = await db.tenant.fetch_value(
        _ADD_RESULT,
        *(uuid7(), case.dossier.id, name, stored.id, stored.file_name, now(), officer.name),
    )
    if paper_id is None:
        raise UploadGone
    await db.tenant.execute(_TOUCHED, case.dossier.id)
    await record(
        officer,
        f"dossier.{Act.ATTACH_RESULT}",
        ("dossier", case.dossier.id),
        detail={"code": code, "paper": paper_id, "sha256": stored.digest},
        basis=transition(Act.ATTACH_RESULT).basis,
    )
    return UUID(str(paper_id))


async def finish(
    officer: Actor, code: str, version: int | None, *, on_paper: bool = False,
    node: str | None = None,
) -> Dossier:  # fmt: skip
    """The result is ready (đã xử lý xong); `on_paper`: it exists on paper only.

    The citizen is told where to get it. Raises NotFound, NotAllowed, Overtaken, ResultMissing.
    """
    case = await open_case(officer, Act.FINISH, code, version, on_paper=on_paper, node=node)
    case.dossier.finished_at = now()
    case.dossier.result_on_paper = on_paper
    case.dossier.delivery = Delivery.READY.value
    await clock.stop(officer, case.dossier, Act.FINISH.value)
    dossier = await carry_out(officer, Act.FINISH, case)
    electronic = dossier.wanted_way == "electronic" and not on_paper
    await notices.notify(dossier, "KQ_DIENTU" if electronic else "CO_KQ")
    return dossier
