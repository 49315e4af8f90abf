"""Asking for a notice: the row is written with the act that causes it."""

from functools import partial
from typing import Protocol
from uuid import UUID

from app.onestop.notices import letters, phones, preferences, rules, templates
from app.onestop.notices.allowing import allowed
from app.onestop.notices.gateways import askable
from app.onestop.notices.refusals import CannotResend
from app.people.shapes import Actor
from app.refusals import NotFound
from app.trail.service import record
from infra import bell
from infra.clock import now
from infra.ids import uuid7
from infra.settings import settings
from tenants import db
from tenants.current import current
from tenants.work import after_commit

JOB = "send_notices"
TRACKING_PATH = "/tra-cuu"

_ABOUT = """
select d.code, d.phone, d.due_at, a.sms_name as agency, coalesce(b.sms_name, a.sms_name) as desk,
       coalesce(p.document->>'sms_name', p.name) as procedure,
       d.applicant->>'email' as own_email, w.ways as wish,
       w.email as wish_email, s.phone is not null as stopped
from dossier d join agency a on a.id = d.agency_id left join agency b on b.id = d.desk_agency_id
join procedure p on p.id = d.procedure_id
left join notice_wish w on w.citizen_id = d.citizen_id
left join notice_stop s on s.phone = d.phone and s.resumed_at is null
where d.id = $1
"""
_INSERT = """
insert into notice (id, dossier_id, event, template_version, fact, phone, text, encoding, parts,
                    next_at, created_at, state, error)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
on conflict (fact) do nothing returning id
"""
# What the operator never took goes out as itself; an attempt nobody knows the end of is asked for
# first where the gateway can be asked, else the officer has decided to risk a second one.
_RESEND = """
update notice set state = 'pending', attempts = 0, next_at = $2, error = null,
                  claimed_until = case when provider = any($3) then claimed_until end,
                  doubled = case when state = 'in_doubt'
                    and (claimed_until is null or provider <> all($3)) then 'perhaps'
                    else doubled end
where id = $1 and state in ('failed', 'in_doubt') and sent_at is null returning id
"""
# What the operator took and could not deliver is told anew, as a message of its own.
_TELL_ANEW = """
insert into notice (id, dossier_id, event, template_version, fact, phone, text, encoding, parts,
                    channel, email, subject, state, next_at, created_at)
select $2, dossier_id, event, template_version, fact || ':after:' || id, phone, text, encoding,
       parts, channel, email, subject, 'pending', $3, $4
from notice where id = $1 and state = 'failed' and sent_at is not null
on conflict (fact) do nothing returning id
"""


class HasId(Protocol):
    """Anything that knows the id of its dossier's row."""

    @property
    def id(self) -> UUID:
        """The dossier's id."""


async def notify(
    dossier: HasId, event: str, *, occasion: str = "1", **values: object
) -> UUID | None:
    """Tell the dossier's people of an event; the id of the new notice (tin báo), or None.

    `event` is a template's key; `values` fill its places and win over what the dossier itself
    gives: CQ (agency), NOI (the one at whose desk it was handed in), MA, TT, HEN (its due date),
    TRACUU. None when there is no address or the same was told before; an event that may come
    again carries its own `occasion`. Who wishes no messages has a row that says so: it is dropped,
    unless the law demands that they be told.
    """
    about = await db.tenant.fetch_row(_ABOUT, dossier.id)
    phone = phones.mobile(about["phone"] or "") if about else None
    if about is None or not (phone or about["own_email"]):
        return None
    known = {
        "CQ": about["agency"],
        "NOI": about["desk"],
        "MA": about["code"],
        "TT": about["procedure"],
        "HEN": about["due_at"],
        "TRACUU": tracking_address(),
    }
    fact, filled = f"{dossier.id}:{event}:{occasion}", {**known, **values}
    ways = preferences.ways_of(dict(about), demanded=bool(templates.named(event).demanded_by))
    email = ways.email or (None if phone or not ways.sms else about["own_email"])
    letter = await _write_letter(dossier.id, event, fact, email, filled) if email else None
    if phone is None:
        return letter
    # Without a mail server who chose letters alone still gets the message.
    unwritten = ways.email is not None and letter is None and not await letters.possible(event)
    why_not = "" if ways.sms or unwritten else ways.why_not
    told = await tell(
        phone, event, f"{fact}:{phone}", dossier_id=dossier.id, why_not=why_not, **filled
    )
    return letter if why_not and letter else told


async def _write_letter(
    dossier_id: UUID, event: str, fact: str, email: str, values: dict[str, object]
) -> UUID | None:
    if not await letters.possible(event):
        return None
    at = allowed(now())
    written = await letters.write(dossier_id, event, f"{fact}:{email}", email, values, at)
    if written is not None:
        await after_commit(partial(bell.ring, JOB, current().slug))
    return written


async def tell(
    phone: str,
    event: str,
    fact: str,
    *,
    dossier_id: UUID | None = None,
    why_not: str = "",
    **values: object,
) -> UUID | None:
    """Write a notice to `phone` (E.164) unless `fact` was told before; its id or None.

    With a `why_not`, a Vietnamese sentence, it is written as dropped. Raises BadTemplate when a
    place has no value, KeyError for an unknown event.
    """
    wording = (await templates.current(event)).wording
    composed = rules.compose(wording.text, values, marked=wording.marked)
    moment = now()
    at = allowed(moment, urgent=wording.urgent)
    state = rules.State.DROPPED if why_not else rules.State.PENDING
    written: UUID | None = await db.tenant.fetch_value(
        _INSERT,
        *(uuid7(), dossier_id, event, wording.version, fact, phone),
        *(composed.text, composed.encoding, composed.parts, at, moment, state, why_not or None),
    )
    if written is not None and not why_not:
        await after_commit(partial(bell.ring, JOB, current().slug))
    return written


async def resend(officer: Actor, notice_id: UUID) -> None:
    """Send a notice once more that failed or of which nothing is known.

    Raises NotFound, CannotResend.
    """
    moment = now()
    at = allowed(moment)
    again = await db.tenant.fetch_value(_RESEND, notice_id, at, await askable())
    again = again or await db.tenant.fetch_value(_TELL_ANEW, notice_id, uuid7(), at, moment)
    if again is None:
        known = await db.tenant.fetch_value("select 1 from notice where id = $1", notice_id)
        raise CannotResend if known else NotFound
    await record(officer, "notice.resend", ("notice", notice_id))
    await after_commit(partial(bell.ring, JOB, current().slug))


def tracking_address() -> str:
    """Where messages send people to follow a dossier; without the scheme, for it must be short."""
    origin = settings().origin(current().host)
    return origin.partition("://")[2] + TRACKING_PATH
