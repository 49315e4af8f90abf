"""Answering what people write: where a dossier stands, and who wants no messages any more.

The status and the day are what everybody may see who has the code; more is told only to the
number the dossier itself has.
"""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

from app.onestop.codes.aliases import present_code
from app.onestop.dossiers.rules import ENDED, STATUS_NAMES, Status
from app.onestop.notices import inbound, phones, preferences
from app.onestop.notices.inbound import Before, Kind, Outcome, Wanted
from app.onestop.notices.limits import day_of
from app.onestop.notices.service import tell, tracking_address
from infra import sealed
from infra.clock import now
from infra.ids import uuid7
from infra.settings import settings
from tenants import db
from tenants.current import current
from tenants.shapes import Signer, Tenant

PATH = "/tin-den"

_NOTE = """
insert into inbound_message (id, fact, phone, text, kind, outcome, came_at)
values ($1, $2, $3, $4, $5, $6, $7) on conflict (fact) do nothing returning id
"""
# Two messages of one number wait for each other: each counts the one before.
_LOCK = "select pg_advisory_xact_lock(hashtext('inbound:' || $1))"
# Served by inbound_by_number.
_BEFORE = """
select count(*) filter (where kind = 'lookup' and came_at > $2) as hour,
       count(*) filter (where kind = 'lookup') as day,
       count(*) filter (where kind = $4 and kind <> 'lookup') as directions
from inbound_message where phone = $1 and came_at > $3 and outcome = 'answered'
"""
_ANSWERED = "update inbound_message set answer_id = $2 where id = $1"
_DOSSIER = """
select d.id, d.code, d.status, d.due_at, d.phone, a.sms_name as agency,
       coalesce(p.document->>'sms_name', p.name) as procedure
from dossier d join agency a on a.id = d.agency_id join procedure p on p.id = d.procedure_id
where d.id = dossier_named($1)
"""
_ORDERS = {Kind.STOP: "NGUNG_TIN", Kind.START: "NHAN_LAI"}


async def take(provider: str, their_id: str, number: str, text: str) -> bool:
    """Note what came from a number and answer it; whether it was new. One unit of work.

    A number no message can go to is left alone; the same message again changes nothing.
    """
    phone, moment = phones.mobile(number), now()
    if phone is None:
        return False
    await db.tenant.execute(_LOCK, phone)
    wanted = inbound.understand(text)
    done = inbound.outcome(wanted.kind, await _before(phone, wanted.kind, moment))
    fact = _fact(provider, their_id, phone, text, moment)
    row = (uuid7(), fact, phone, inbound.kept(text), wanted.kind, done, moment)
    noted = await db.tenant.fetch_value(_NOTE, *row)
    if noted is None:
        return False
    await _obey(wanted.kind, phone)
    if done is Outcome.ANSWERED:
        answer = await _answer(wanted, phone, f"inbound:{noted}")
        await db.tenant.execute(_ANSWERED, noted, answer)
    return True


def inbound_address(tenant: Tenant) -> str:
    """Where the provider brings what people wrote: unguessable, and bound to this tenant."""
    base = settings().sms_callback_base or settings().origin(tenant.host)
    token = sealed.sign(_key(tenant.signers[0]), str(tenant.id))
    return f"{base.rstrip('/')}{PATH}/{tenant.slug}/{token}"


def is_ours(token: str) -> bool:
    """Whether `token` is the one the provider was given, by the current tenant or by one that
    joined it since."""
    return any(sealed.signed(_key(each), str(each.id), token) for each in current().signers)


async def _before(phone: str, kind: Kind, moment: datetime) -> Before:
    hour = moment - timedelta(hours=1)
    since = min(hour, day_of(moment))
    row = await db.tenant.fetch_row(_BEFORE, phone, hour, since, kind.value)
    return Before(**dict(row)) if row else Before()


async def _obey(kind: Kind, phone: str) -> None:
    if kind is Kind.STOP:
        await preferences.stop(phone)
    elif kind is Kind.START:
        await preferences.resume(phone)


async def _answer(wanted: Wanted, phone: str, fact: str) -> UUID | None:
    if wanted.kind is Kind.LOOKUP:
        return await _whereabouts(wanted.codes, phone, fact)
    event = _ORDERS.get(wanted.kind, "HUONG_DAN")
    return await tell(phone, event, fact, TRACUU=tracking_address())


async def _whereabouts(codes: tuple[str, ...], phone: str, fact: str) -> UUID | None:
    for typed in codes:
        code = await present_code(typed)
        if code and (row := await db.tenant.fetch_row(_DOSSIER, code)):
            break
    else:
        return await tell(phone, "TRA_CUU_KHONG", fact, TRACUU=tracking_address())
    status, own = Status(row["status"]), row["phone"] == phone
    promised = status not in ENDED and status is not Status.FINISHED and row["due_at"]
    event = ("TRA_CUU_CUA_MINH" if own else "TRA_CUU_TT") if promised else "TRA_CUU_TT_KHONG_HEN"
    return await tell(
        phone,
        event,
        fact,
        dossier_id=row["id"] if own else None,
        MA=row["code"],
        TRANGTHAI=STATUS_NAMES[status],
        HEN=row["due_at"],
        TT=row["procedure"],
        CQ=row["agency"],
        TRACUU=tracking_address(),
    )


def _fact(provider: str, their_id: str, phone: str, text: str, moment: datetime) -> str:
    """The provider's own id; without one, the same words within a minute are one message."""
    if their_id:
        return f"{provider[:40]}:{their_id[:120]}"
    said = f"{phone}\n{text}\n{moment:%Y%m%d%H%M}"
    return f"{provider[:40]}:{hashlib.sha256(said.encode()).hexdigest()[:32]}"


def _key(signer: Signer) -> bytes:
    return sealed.derive(signer.key, "sms-inbound")
