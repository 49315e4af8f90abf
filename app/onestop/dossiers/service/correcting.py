"""An error of the reception put right (đính chính): the old receipt says that it is replaced."""

import msgspec

from app.onestop.dossiers import applicants
from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.rules import Act
from app.onestop.dossiers.service.drafts import known_way
from app.onestop.dossiers.service.steps import carry_out, open_case
from app.onestop.dossiers.service.traces import needed_note
from app.onestop.dossiers.shapes import Correction
from app.onestop.forms import cleaning
from app.onestop.slips import service as slips
from app.people.shapes import Actor
from app.refusals import Malformed
from app.trail.service import record

_WHY = "Ghi lý do đính chính; lý do này in trên giấy tiếp nhận đã được thay thế."


async def correct(
    officer: Actor, code: str, version: int | None, form: Correction, *, reason: str
) -> Dossier:
    """Correct who handed the dossier in and what it is about, and issue form 01 anew.

    The code, the times and the number in the register stay. Raises NotFound, NotAllowed,
    Overtaken, Malformed with the fields to mend or without a reason.
    """
    case = await open_case(officer, Act.CORRECT, code, version)
    applicant, faults = applicants.from_counter(form)
    if faults:
        raise Malformed(fields=faults)
    why, dossier = needed_note(reason, _WHY), case.dossier
    await record(
        officer,
        "dossier.corrected_from",
        ("dossier", dossier.id),
        detail={"applicant": msgspec.json.decode(dossier.applicant), "summary": dossier.summary},
    )
    dossier.applicant_name, dossier.phone = applicant.full_name, applicant.phone
    dossier.applicant = msgspec.json.encode(applicant).decode()
    dossier.summary = cleaning.one_line(form.summary) or dossier.summary
    dossier.wanted_way = known_way(form.wanted_way)
    dossier = await carry_out(officer, Act.CORRECT, case, note=why)
    await slips.replace_receipt(officer, dossier, why)
    return dossier
