"""Delivery reports of the gateway: they come late, twice and in any order."""

from uuid import UUID

from app.onestop.notices import rules
from app.onestop.notices.sending import count_parts
from infra import sealed
from infra.clock import now
from infra.settings import settings
from tenants import db
from tenants.current import current
from tenants.shapes import Tenant

PATH = "/tin-nhan"

# Kannel's delivery report types; 4 (buffered at the operator) tells nothing new.
KANNEL = {
    1: rules.Report.DELIVERED,
    2: rules.Report.FAILED,
    8: rules.Report.ACCEPTED,
    16: rules.Report.REJECTED,
}

_UNDELIVERED = "Nhà mạng báo tin không đến được máy người nhận."
_LOCK = "select state, parts, sent_at from notice where id = $1 for update"
_WRITE = """
update notice set state = $2, sent_at = coalesce(sent_at, $3), error = $4, claimed_until = null
where id = $1
"""


async def take_report(notice_id: UUID, report: rules.Report) -> None:
    """Note what the gateway says of a notice; runs in the caller's unit of work.

    Any report but a rejection proves that the operator took the message: its parts are counted if
    they were not.
    """
    row = await db.tenant.fetch_row(_LOCK, notice_id)
    if row is None:
        return
    before = rules.State(row["state"])
    after = rules.after_report(before, report)
    moment = now()
    taken = moment if report is not rules.Report.REJECTED else None
    if row["sent_at"] is None and taken:
        await count_parts(notice_id, row["parts"], moment)
    error = (
        "Nhà mạng báo tin không đến được máy người nhận." if after is rules.State.FAILED else None
    )
    await db.tenant.execute(_WRITE, notice_id, after.value, taken, error)


def report_address(tenant: Tenant, notice_id: UUID) -> str:
    """Where the gateway reports on a notice: unguessable, and bound to this tenant and notice."""
    base = settings().sms_callback_base or settings().origin(tenant.host)
    return f"{base.rstrip('/')}{PATH}/{tenant.slug}/{notice_id}/{_token(tenant, notice_id)}"


def is_ours(notice_id: UUID, token: str) -> bool:
    """Whether `token` is the one the current tenant gave the gateway for this notice."""
    tenant = current()
    return sealed.signed(_key(tenant), _message(tenant, notice_id), token)


def _token(tenant: Tenant, notice_id: UUID) -> str:
    return sealed.sign(_key(tenant), _message(tenant, notice_id))


def _key(tenant: Tenant) -> bytes:
    return sealed.derive(tenant.secrets.key, "sms-reports")


def _message(tenant: Tenant, notice_id: UUID) -> str:
    return f"{tenant.id}:{notice_id}"
