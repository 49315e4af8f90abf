"""Delivery reports of the providers: they come late, twice and in any order."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from app.onestop.notices import providers, rules
from app.onestop.notices.allowing import parts_of
from app.onestop.notices.gateways import driver
from app.onestop.notices.rules import Report
from billing import meter
from infra import sealed
from infra.clock import VIETNAM, now
from infra.lines import Lines
from infra.settings import settings
from tenants import db
from tenants.current import current
from tenants.shapes import Signer, Tenant

PATH = "/tin-nhan"

_UNDELIVERED = "Nhà mạng báo tin không đến được máy người nhận."
_PROOF = (Report.ACCEPTED, Report.DELIVERED, Report.FAILED)

_ATTEMPT = "select provider, at, parts from notice_attempt where notice_id = $1 and number = $2"
_LOCK = """
select id, state, channel, parts, phone, sent_at, tried from notice where id = $1 for update
"""
# What the report is worth for the attempt itself: nothing moves back there either.
_NOTE = """
update notice_attempt set reported_at = $5, report_code = $4, cost = coalesce(cost, $6),
  report = case when report = 'delivered' then report
                when report in ('failed', 'rejected') and $3 = 'accepted' then report else $3 end
where notice_id = $1 and number = $2
"""
_WRITE = """
update notice set state = $2, sent_at = coalesce(sent_at, $3), error = $4, claimed_until = null
where id = $1
"""
_DOUBLED = """
update notice set doubled = 'surely' where id = $1 and exists (
  select from notice_attempt where notice_id = $1 and number <> $2
    and (result = 'taken' or report in ('accepted', 'delivered', 'failed')))
"""


class Attempt(msgspec.Struct, frozen=True):
    """One attempt to send a notice: by which provider, when, and its parts as that one counts."""

    provider: str
    at: datetime
    parts: int | None


async def take(notice_id: UUID, number: int, fields: Mapping[str, str]) -> bool:
    """Note what a provider says in its own words; False when there was no such attempt.

    Runs in the caller's unit of work.
    """
    known = await attempt(notice_id, number)
    told = await read(known.provider, fields) if known else None
    if told is None:
        return False
    report, said = told
    if report is not None:
        await take_report(notice_id, report, number, said)
    return True


async def attempt(notice_id: UUID, number: int) -> Attempt | None:
    """One attempt of a notice; None when there is none here."""
    row = await db.tenant.fetch_row(_ATTEMPT, notice_id, number)
    return Attempt(**dict(row)) if row else None


async def read(provider: str, fields: Mapping[str, str]) -> tuple[Report | None, str] | None:
    """What a provider of ours says, if it is a report, and in which words; None when no such
    provider carries our text messages."""
    known = (await providers.of_tenant()).get(provider)
    if known is None or known.channel != "sms":
        return None
    said = "&".join(f"{name}={value}" for name, value in fields.items())
    return driver(known, Lines(known.url)).report(fields), said[:200]


async def take_report(notice_id: UUID, report: Report, number: int, said: str = "") -> None:
    """Note a report on one attempt of a notice; runs in the caller's unit of work.

    Any report but a rejection proves that the operator took the message: its parts are counted if
    they were not. A failure of an earlier attempt says nothing about the later one.
    """
    row = await db.tenant.fetch_row(_LOCK, notice_id)
    if row is None:
        return
    moment = now()
    # An end that was noted has its cost; a report may be the first to tell of one that was not.
    news = report in _PROOF and (row["sent_at"] is None or number < row["tried"])
    cost = await _cost(notice_id, number, row["parts"]) if news else None
    await db.tenant.execute(_NOTE, notice_id, number, report.value, said, moment, cost)
    if report in _PROOF and row["tried"] > 1:
        await db.tenant.execute(_DOUBLED, notice_id, number)
    if number < row["tried"] and report in (Report.FAILED, Report.REJECTED):
        return
    if row["sent_at"] is None and report in _PROOF and row["channel"] == "sms":
        await meter.count_many(parts_of(dict(row), moment))
    after = rules.after_report(rules.State(row["state"]), report)
    taken = moment if report in _PROOF else None
    error = _UNDELIVERED if after is rules.State.FAILED else None
    await db.tenant.execute(_WRITE, notice_id, after.value, taken, error)


async def _cost(notice_id: UUID, number: int, parts: int) -> int | None:
    """What an attempt that reached the operator cost, in đồng of its day; None: nobody knows."""
    known = await attempt(notice_id, number)
    if known is None:
        return None
    provider = (await providers.of_tenant()).get(known.provider)
    price = provider.price_on(known.at.astimezone(VIETNAM).date()) if provider else None
    return None if price is None else price * (known.parts or parts)


def report_address(tenant: Tenant, notice_id: UUID, number: int) -> str:
    """Where a provider reports on an attempt: unguessable, bound to tenant, notice and attempt."""
    base = settings().sms_callback_base or settings().origin(tenant.host)
    own = tenant.signers[0]
    token = sealed.sign(_key(own), _message(own, notice_id, number))
    return f"{base.rstrip('/')}{PATH}/{tenant.slug}/{notice_id}/{number}/{token}"


def is_ours(notice_id: UUID, number: int, token: str) -> bool:
    """Whether `token` is the one the provider was given for this attempt, by the current tenant or
    by one that joined it since."""
    return any(
        sealed.signed(_key(each), _message(each, notice_id, number), token)
        for each in current().signers
    )


def _key(signer: Signer) -> bytes:
    return sealed.derive(signer.key, "sms-reports")


def _message(signer: Signer, notice_id: UUID, number: int) -> str:
    return f"{signer.id}:{notice_id}:{number}"
