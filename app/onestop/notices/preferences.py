"""How a citizen wants to be told (lựa chọn nhận tin): by message, by e-mail, both or neither.

What the law demands is told in any case: by e-mail to who chose e-mail alone, else by message.
"""

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

import msgspec

from app.onestop.notices.refusals import NoEmail
from app.people.rules import read_email
from app.people.shapes import SYSTEM, Actor
from app.refusals import Malformed
from app.trail.service import record
from infra.clock import now
from tenants import db


class Wish(StrEnum):
    """What a citizen chose."""

    SMS = "sms"
    EMAIL = "email"
    BOTH = "both"
    NONE = "none"


WISH_NAMES = {
    Wish.SMS: "Tin nhắn đến điện thoại",
    Wish.EMAIL: "Thư điện tử",
    Wish.BOTH: "Cả tin nhắn và thư điện tử",
    Wish.NONE: "Chỉ nhận những tin pháp luật yêu cầu",
}


class Ways(msgspec.Struct, frozen=True, kw_only=True):
    """Over which ways a message goes; `why_not` tells the officer why no text message does."""

    sms: bool = True
    email: str | None = None
    why_not: str = ""


class Wished(msgspec.Struct, frozen=True, kw_only=True):
    """A citizen's choice as it stands."""

    ways: Wish = Wish.SMS
    email: str | None = None
    phone: str | None = None  # of the account
    stopped: bool = False  # the number asked by message to be left alone


_WISHED = """
select coalesce(w.ways, 'sms') as ways, coalesce(w.email, c.email) as email, c.phone,
       exists (select from notice_stop s where s.phone = c.phone and s.resumed_at is null)
           as stopped
from citizen c left join notice_wish w on w.citizen_id = c.id where c.id = $1
"""
_WISH = """
insert into notice_wish (citizen_id, ways, email, changed_at) values ($1, $2, $3, $4)
on conflict (citizen_id) do update
set ways = excluded.ways, email = excluded.email, changed_at = excluded.changed_at
"""
_STOP = """
insert into notice_stop (phone, stopped_at) values ($1, $2)
on conflict (phone) do update set stopped_at = excluded.stopped_at, resumed_at = null
where notice_stop.resumed_at is not null
"""
_RESUME = "update notice_stop set resumed_at = $2 where phone = $1 and resumed_at is null"


def ways(wish: Wish | None, email: str | None, *, stopped: bool, demanded: bool) -> Ways:
    """Over which ways a person is told; pure. None chose nothing: by message."""
    letter = email if wish in (Wish.EMAIL, Wish.BOTH) else None
    if demanded:
        return Ways(sms=wish is not Wish.EMAIL or letter is None, email=letter, why_not=_BY_LETTER)
    if stopped:
        return Ways(sms=False, email=letter, why_not=_STOPPED)
    if wish is Wish.NONE:
        return Ways(sms=False, why_not=_NOT_WANTED)
    return Ways(sms=wish is not Wish.EMAIL or letter is None, email=letter, why_not=_BY_LETTER)


_BY_LETTER = "Người nộp chọn nhận thư điện tử thay cho tin nhắn."
_STOPPED = "Số này đã nhắn tin đề nghị ngừng nhận tin."
_NOT_WANTED = "Người nộp chọn chỉ nhận những tin pháp luật yêu cầu."


def ways_of(about: Mapping[str, object], *, demanded: bool) -> Ways:
    """The ways for a dossier's people; `about` has wish, wish_email and stopped."""
    wish = Wish(str(about["wish"])) if about["wish"] else None
    email = str(about["wish_email"]) if about["wish_email"] else None
    return ways(wish, email, stopped=bool(about["stopped"]), demanded=demanded)


async def wished(citizen_id: UUID) -> Wished:
    """What a citizen chose, or would have without choosing."""
    row = await db.tenant.fetch_row(_WISHED, citizen_id)
    return msgspec.convert(dict(row), Wished) if row else Wished()


async def choose(citizen: Actor, chosen: str, email: str = "") -> None:
    """Keep how this citizen wants to be told; choosing messages ends an earlier STOP.

    Raises Malformed for an unknown choice, NoEmail when a letter has no address.
    """
    assert citizen.id is not None
    if chosen not in Wish.__members__.values():
        raise Malformed(fields={"ways": "Chọn một cách nhận tin."})
    wish, address = Wish(chosen), read_email(email)
    if wish in (Wish.EMAIL, Wish.BOTH) and address is None:
        raise NoEmail
    await db.tenant.execute(_WISH, citizen.id, wish.value, address, now())
    phone = (await wished(citizen.id)).phone
    if phone and wish in (Wish.SMS, Wish.BOTH):
        await db.tenant.execute(_RESUME, phone, now())
    await record(citizen, "notice.choose_ways", ("citizen", citizen.id), detail={"ways": wish})


async def stop(phone: str) -> None:
    """Send no more to this number than the law demands; asked by a message from it."""
    await db.tenant.execute(_STOP, phone, now())
    await record(SYSTEM, "notice.stop", ("phone", phone[-3:]))


async def resume(phone: str) -> None:
    """Send to this number again; asked by a message from it."""
    await db.tenant.execute(_RESUME, phone, now())
    await record(SYSTEM, "notice.resume", ("phone", phone[-3:]))
