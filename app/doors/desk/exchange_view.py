"""The page of the exchange (liên thông), decided here so that the template only draws."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from app.doors.desk.exchange_words import (
    FOLLOWS,
    KINDS,
    Tag,
    deadline_tag,
    sync_tag,
    work_tag,
)
from app.doors.desk.lists_view import deadline_kind, short_moment
from app.onestop.deadlines.calendar import Calendar
from app.onestop.deadlines.rules import remaining
from app.onestop.dossiers.rules import Status
from app.onestop.exchange.queries import ErrandView, FarWork, Sent
from infra.clock import now

# Work in these states goes on only when an officer acts.
_TROUBLED = ("asked", "ended")


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """What waits for a person: a message that is stuck (`message_id`, and what `follows` from
    giving it up), or work that goes on only from the dossier's page."""

    what: str
    code: str
    applicant: str
    partner: str
    reason: str
    since: str
    message_id: UUID | None = None
    follows: str = ""


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A part another system is busy with. `due`: its time here; `promised`: its own word."""

    code: str
    applicant: str
    title: str
    partner: str
    their_code: str
    due: Tag
    wanted: str
    promised: str
    state: Tag
    sync: Tag | None


class Doing(msgspec.Struct, frozen=True, kw_only=True):
    """Work another system waits for from us; `due`: how much is left of the time it gave."""

    code: str
    applicant: str
    title: str
    partner: str
    their_code: str
    status: str
    due: Tag | None
    wanted: str
    withdrawn: bool
    sync: Tag | None


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """The whole page."""

    troubles: list[Trouble]
    waiting: list[Waiting]
    doing: list[Doing]


def exchange_view(
    stuck: Sequence[Sent],
    works: Sequence[FarWork],
    errands: Sequence[ErrandView],
    calendar: Calendar,
) -> Exchange:
    """The three lists."""
    return Exchange(
        troubles=[
            *(_message(sent) for sent in stuck),
            *(_work(work) for work in works if work.outcome in _TROUBLED),
        ],
        waiting=[_waiting(work, calendar) for work in works if work.outcome not in _TROUBLED],
        doing=[_doing(errand, calendar) for errand in errands],
    )


def _message(sent: Sent) -> Trouble:
    return Trouble(
        what=f"Tin chưa gửi được: {KINDS[sent.kind].lower()}",
        code=sent.code,
        applicant=sent.applicant_name,
        partner=sent.partner,
        reason=sent.error or "",
        since=short_moment(sent.created_at),
        message_id=sent.id,
        follows=FOLLOWS[sent.kind],
    )


def _work(work: FarWork) -> Trouble:
    return Trouble(
        what=f"{work_tag(work)[1]}: {work.title or work.partner}",
        code=work.code,
        applicant=work.applicant_name,
        partner=work.partner,
        reason=work.outcome_note or "",
        since=short_moment(work.asked_at or work.entered_at),
    )


def _waiting(work: FarWork, calendar: Calendar) -> Waiting:
    return Waiting(
        code=work.code,
        applicant=work.applicant_name,
        title=work.title or "",
        partner=work.partner,
        their_code=work.their_code or "",
        due=deadline_tag(work, calendar),
        wanted=short_moment(work.wanted_by) if work.wanted_by else "",
        promised=short_moment(work.promised_at) if work.promised_at else "",
        state=work_tag(work),
        sync=sync_tag(work.sync),
    )


def _doing(errand: ErrandView, calendar: Calendar) -> Doing:
    left = remaining(now(), errand.wanted_by, calendar) if errand.wanted_by else None
    return Doing(
        code=errand.code,
        applicant=errand.applicant_name,
        title=errand.title,
        partner=errand.partner,
        their_code=errand.their_code,
        status=Status(errand.status).title,
        due=(deadline_kind(left), left.text) if left else None,
        wanted=short_moment(errand.wanted_by) if errand.wanted_by else "",
        withdrawn=errand.withdrawn_at is not None,
        sync=sync_tag(errand.sync),
    )
