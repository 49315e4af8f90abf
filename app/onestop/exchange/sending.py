"""Draining messages to other systems: claim in a short transaction, send outside of any, record.

The other side takes each message once by its id, so sending again is always safe. Messages of one
work go one after the other; those of other works never wait for them.
"""

import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import httpx
import msgspec
import structlog

from app.onestop.exchange import rules, wire
from app.onestop.exchange.refusals import WorkUnknown
from app.onestop.exchange.rules import Verdict
from app.onestop.exchange.shapes import File, Message, files_of
from infra import http
from infra.clock import now
from infra.outside import UNREADABLE
from storage.shapes import ObjectMissing, StoreUnavailable
from storage.store import store_of
from tenants import db
from tenants.current import current
from tenants.shapes import Signer
from tenants.work import work

log = structlog.get_logger()

BATCH = 5
PATH = "/api/v1/exchange"
# Longer than a batch with all its files usually takes; sending one twice does no harm.
LEASE = timedelta(minutes=5)
_TIMEOUT_SECONDS = 60.0
_LONGEST_ANSWER = 64 * 1024
_NO_ANSWER = "Hệ thống nhận chưa trả lời. Tin sẽ được gửi lại."
_NOT_KNOWN = "Hệ thống nhận chưa xác nhận được hệ thống này. Hãy kiểm tra khai báo ở hai bên."
_GONE = "Tệp của giấy tờ không còn trong kho nên không gửi được."

# Served by outgoing_due and outgoing_by_work.
_CLAIM = """
with due as (
    select o.id from outgoing o join partner p on p.id = o.partner_id and p.active
    where o.state = 'pending' and o.next_at <= $1
      and (o.claimed_until is null or o.claimed_until < $1)
      and not exists (select from outgoing b
            where b.work_id = o.work_id and b.partner_id = o.partner_id and b.seq < o.seq
              and b.state in ('pending', 'refused', 'stuck'))
    order by o.next_at limit $2 for update of o skip locked
)
update outgoing o set claimed_until = $3, attempts = o.attempts + 1
from due, partner p where o.id = due.id and p.id = o.partner_id
returning o.id, o.body::text as body, o.attempts, p.address
"""
_TAKEN = """
update outgoing set state = 'taken', taken_at = $2, claimed_until = null, error = null
where id = $1 and state = 'pending'
"""
_END = """
update outgoing set state = $2, error = $3, claimed_until = null
where id = $1 and state = 'pending'
"""
_PUT_OFF = """
update outgoing set next_at = $2, error = $3, claimed_until = null
where id = $1 and state = 'pending'
"""
# A file may be stored twice; either is the same bytes.
_KEY = """
select key from stored_object where sha256 = $1 and removed_at is null order by stored_at limit 1
"""


class Claimed(msgspec.Struct, frozen=True):
    """A message this worker holds for the length of the lease."""

    id: UUID
    body: str
    attempts: int
    address: str


class _NotSent(Exception):
    """The attempt ended without the message being taken; `reason` is for the worklist.

    `unknown`: the other side knows no such sender, or no such work of it.
    """

    def __init__(self, verdict: Verdict, reason: str, *, unknown: bool = False) -> None:
        self.verdict, self.reason, self.unknown = verdict, reason, unknown
        super().__init__(reason)


async def send_exchange() -> bool:
    """Send one batch of the current tenant's messages; whether more may be waiting."""
    claimed = await claim()
    if not claimed:
        return False
    async with http.client(timeout=_TIMEOUT_SECONDS) as line:
        for one in claimed:
            await _send(line, one)
    return True


async def any_due() -> bool:
    """Whether a message waits to be sent."""
    sql = "select exists (select from outgoing where state = 'pending' and next_at <= $1)"
    return bool(await db.tenant.fetch_value(sql, now()))


async def claim(limit: int = BATCH) -> list[Claimed]:
    """Take due messages for the length of the lease, in a transaction of their own."""
    moment = now()
    async with work():
        rows = await db.tenant.fetch(_CLAIM, moment, limit, moment + LEASE)
    return [Claimed(**dict(row)) for row in rows]


async def _send(line: httpx.AsyncClient, one: Claimed) -> None:
    failure = None
    for signer in current().signers:
        try:
            await _hand_over(line, one, signer)
        except _NotSent as ended:
            # Work that a tenant had begun before it joined us is known there as that one's.
            if failure is None or not ended.unknown:
                failure = ended
            if not ended.unknown:
                break
        else:
            async with work():
                await db.tenant.execute(_TAKEN, one.id, now())
            return
    assert failure is not None, "a tenant signs for itself at least"
    await _record_failure(one, failure)


async def _hand_over(line: httpx.AsyncClient, one: Claimed, signer: Signer) -> None:
    """The files, then the message, all by one sender."""
    message = msgspec.json.decode(one.body, type=Message)
    for file in files_of(message.content):
        await _push_file(line, one, signer, file)
    await _push(line, one, signer, f"{PATH}/{one.id}", msgspec.json.encode(message))


async def _push_file(line: httpx.AsyncClient, one: Claimed, signer: Signer, file: File) -> None:
    key = await db.tenant.fetch_value(_KEY, bytes.fromhex(file.sha256))
    if key is None:
        raise _NotSent(Verdict.REFUSED, _GONE)
    content = store_of(current()).read(str(key))
    path = f"{PATH}/{one.id}/files/{file.sha256}"
    await _push(line, one, signer, path, _whole(content), digest=file.sha256, name=file.name)


async def _whole(content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    try:
        async for chunk in content:
            yield chunk
    except ObjectMissing:
        raise _NotSent(Verdict.REFUSED, _GONE) from None
    except StoreUnavailable as error:
        raise _NotSent(Verdict.LATER, _NO_ANSWER) from error


async def _push(
    line: httpx.AsyncClient,
    one: Claimed,
    signer: Signer,
    path: str,
    body: bytes | AsyncIterator[bytes],
    *,
    digest: str = "",
    name: str = "",
) -> None:
    digest = digest or hashlib.sha256(body if isinstance(body, bytes) else b"").hexdigest()
    token = wire.signed(signer, one.address, digest, now())
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    try:
        async with line.stream(
            "PUT", one.address + path, content=body, headers=headers, params={"name": name}
        ) as answer:
            status, said = answer.status_code, await _said(answer)
    except (httpx.HTTPError, OSError) as error:
        log.warning("exchange_no_answer", message=str(one.id), why=type(error).__name__)
        raise _NotSent(Verdict.LATER, _NO_ANSWER) from None
    if (meant := rules.verdict(status)) is not Verdict.TAKEN:
        log.warning("exchange_not_taken", message=str(one.id), status=status)
        stranger = rules.is_stranger(status)
        unknown = stranger or said.get("code") == WorkUnknown.code
        reason = _NOT_KNOWN if stranger else str(said.get("detail", ""))[:500] or _NO_ANSWER
        raise _NotSent(meant, reason, unknown=unknown)


async def _said(answer: httpx.Response) -> dict[str, object]:
    """Code and sentence of a refusal, as far as they can be read."""
    raw = b""
    async for chunk in answer.aiter_bytes():
        raw += chunk
        if len(raw) > _LONGEST_ANSWER:
            return {}
    try:
        said = msgspec.json.decode(raw)
    except UNREADABLE:
        return {}
    return said if isinstance(said, dict) else {}


async def _record_failure(one: Claimed, ended: _NotSent) -> None:
    if ended.verdict is Verdict.REFUSED:
        await _end(one, "refused", ended.reason)
    elif (delay := rules.retry_after(one.attempts)) is None:
        await _end(one, "stuck", ended.reason)
    else:
        async with work():
            await db.tenant.execute(_PUT_OFF, one.id, now() + delay, ended.reason)


async def _end(one: Claimed, state: str, reason: str) -> None:
    async with work():
        await db.tenant.execute(_END, one.id, state, reason)
