"""Who may open, add and take away papers (giấy tờ). Pure: answers, never raises.

Access follows Decree 118/2025/NĐ-CP Articles 16 to 20: papers are for the person who handed them
in and for the agency that settles the dossier, and for nobody else.
"""

import re
from collections.abc import Collection
from uuid import UUID

from msgspec import Struct

from app.people.shapes import Actor

MOST_PER_SLOT = 20
# Statuses in which a dossier still takes papers: registered, received, processing, supplement.
_TAKING = {1, 2, 4, 5}
_PROCESSING = 4
_ASKED = 5
# A result is the citizen's once the agency has finished.
_FINISHED = {9, 10}
_HANDLING = {"reception", "specialist", "leader"}
_ASKED_SLOT = re.compile(r"bo-sung-([1-9]\d{0,3})-(\d{1,3})", re.ASCII)


class Holder(Struct, frozen=True, kw_only=True):
    """What a paper belongs to; `status` None: a draft, which only its citizen knows of."""

    citizen_id: UUID | None
    agency_id: UUID
    status: int | None = None
    helpers: Collection[UUID] = ()  # other agencies that took it in or have had work with it


def may_open(actor: Actor, holder: Holder, kind: str) -> bool:
    """Whether the actor may read a paper of that kind: `submitted`, `result`, or `answer`, which
    another system gave to the officers and which is no result of ours."""
    if _owns(actor, holder):
        return kind == "submitted" or (kind == "result" and holder.status in _FINISHED)
    return handles(actor, holder)


def may_add(actor: Actor, holder: Holder) -> bool:
    """Whether the actor may hand in one more paper: the citizen to a draft or when asked for
    more, officers while the dossier takes papers."""
    if holder.status is None or (holder.status == _ASKED and _owns(actor, holder)):
        return _owns(actor, holder)
    return handles(actor, holder) and holder.status in _TAKING


def may_remove(actor: Actor, holder: Holder, kind: str, *, unsent: bool = False) -> bool:
    """Whether a paper may be taken away: before filing, or a result not yet given out.

    `unsent`: the citizen added it since papers were asked for and has not sent the answer yet.
    """
    if holder.status is None:
        return _owns(actor, holder)
    if holder.status == _ASKED and kind == "submitted":
        return unsent and _owns(actor, holder)
    return kind == "result" and holder.status == _PROCESSING and handles(actor, holder)


def asked_slot(request: int, number: int) -> str:
    """The place of something asked for that is none of the procedure's papers: `number` counts
    from 0 among what the request of that round asks for."""
    return f"bo-sung-{request}-{number}"


def read_asked_slot(slot: str) -> tuple[int, int] | None:
    """Round and number out of such a place's name; None for any other."""
    found = _ASKED_SLOT.fullmatch(slot)
    return (int(found[1]), int(found[2])) if found else None


def handles(actor: Actor, holder: Holder) -> bool:
    """Whether the actor's work is this dossier: a post in its agency, or in one that helps.

    An administrator's post is no handling of dossiers.
    """
    if holder.status is None or actor.kind != "officer":
        return False
    return any(
        post.kind in _HANDLING
        and (post.serves(holder.agency_id) or post.agency_id in holder.helpers)
        for post in actor.posts
    )


def _owns(actor: Actor, holder: Holder) -> bool:
    return actor.kind == "citizen" and actor.id is not None and actor.id == holder.citizen_id
