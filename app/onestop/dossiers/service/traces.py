"""What every act leaves behind: progress, figures, the trail, and the note as it is kept."""

from app.onestop.dossiers.models import Dossier, Progress
from app.onestop.dossiers.rules import Act, transition
from app.onestop.forms import cleaning
from app.onestop.statistics import service as statistics
from app.people.shapes import Actor
from app.refusals import Malformed
from app.trail.service import record
from infra.clock import now
from infra.ids import uuid7
from tenants import db

NOTE_LENGTH = 2000


async def leave_trace(
    actor: Actor,
    dossier: Dossier,
    act: Act,
    *,
    note: str | None = None,
    step: str | None = None,
    on_behalf_of: str | None = None,
) -> None:
    """The citizen's progress row, the figures and the trail's row; `step` is the id of the step it
    was done at, `on_behalf_of` whom the actor stood in for there."""
    await _add_progress(actor, dossier, act, note, step)
    await statistics.count(dossier, act.value)
    await trace_only(actor, dossier, act, on_behalf_of=on_behalf_of, step=step)


async def trace_only(
    actor: Actor, dossier: Dossier, act: Act, *, on_behalf_of: str | None = None, **detail: object
) -> None:
    """The trail's row alone, for an act the citizen's progress does not tell."""
    said = {name: value for name, value in detail.items() if value is not None}
    await record(
        actor,
        f"dossier.{act}",
        ("dossier", dossier.id),
        detail={"code": dossier.code, "status": dossier.status, **said},
        basis=transition(act).basis,
        on_behalf_of=on_behalf_of,
    )


async def _add_progress(
    actor: Actor, dossier: Dossier, act: Act, note: str | None, step: str | None
) -> None:
    at = dossier.desk_agency_id if _at_the_other_desk(actor, dossier, act) else dossier.agency_id
    agency = await db.tenant.fetch_value("select name from agency where id = $1", at)
    await Progress(
        id=uuid7(),
        dossier_id=dossier.id,
        status=dossier.status,
        act=act.value,
        step=step,
        title=transition(act).title,
        agency_name=agency,
        officer_id=actor.id if actor.kind == "officer" else None,
        note=note,
        at=now(),
    ).save()


def _at_the_other_desk(actor: Actor, dossier: Dossier, act: Act) -> bool:
    """Whether it is done where the dossier was taken in, and not at the competent agency."""
    if dossier.desk_agency_id is None or not transition(act).either_desk:
        return False
    here, there = (
        any(post.kind == "reception" and post.serves(agency_id) for post in actor.posts)
        for agency_id in (dossier.agency_id, dossier.desk_agency_id)
    )
    return there and not here


def cleaned_note(note: str | None) -> str | None:
    """The note as it is kept, None when it says nothing. Raises Malformed when it is too long."""
    text = cleaning.many_lines(note or "")
    if len(text) > NOTE_LENGTH:
        raise Malformed(fields={"note": f"Rút gọn ý kiến còn tối đa {NOTE_LENGTH} ký tự."})
    return text or None


def needed_note(note: str | None, sentence: str) -> str:
    """The note where the act is nothing without one. Raises Malformed with `sentence`."""
    clean = cleaned_note(note)
    if clean is None:
        raise Malformed(fields={"note": sentence})
    return clean
