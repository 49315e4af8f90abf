from math import inf
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest
from prometheus_client import REGISTRY

from app.doors.probes import create_inner
from app.onestop.notices import jobs, queries, reports, service
from app.onestop.notices.gateways import opened
from app.onestop.notices.rules import Report, State
from app.onestop.notices.sending import Sending
from app.people.shapes import SYSTEM
from infra.ids import uuid7
from tenants import db, work
from tenants.current import current
from tenants.shapes import Tenant
from tests.onestop.notices.conftest import Phone, Told


@pytest.fixture
async def notice(dossier: Told, phone: Phone) -> UUID:
    async with work.work():
        told = await service.notify(dossier, "CO_KQ")
    assert told is not None
    await jobs.send_notices()
    return told


async def _state(notice: UUID) -> str:
    return await db.tenant.fetch_value("select state from notice where id = $1", notice)


async def _report(notice: UUID, report: Report) -> None:
    async with work.work():
        await reports.take_report(notice, report, 1)


async def test_a_delivery_report_is_final(notice: UUID) -> None:
    for report in (Report.DELIVERED, Report.ACCEPTED, Report.FAILED):
        await _report(notice, report)
        assert await _state(notice) == State.DELIVERED


async def test_a_failed_delivery_is_shown_and_told_anew_as_a_message_of_its_own(
    notice: UUID, dossier: Told, phone: Phone
) -> None:
    await _report(notice, Report.FAILED)
    (shown,) = await queries.notices_of(dossier.id)
    assert shown.error == "Nhà mạng báo tin không đến được máy người nhận."
    async with work.work():
        await service.resend(SYSTEM, notice)
    await jobs.send_notices()
    again = (await queries.notices_of(dossier.id))[1]
    assert again.state is State.SENT
    assert len(await phone.messages(again.id)) == 1


async def test_a_report_that_outruns_our_own_record_counts_the_parts_once(
    dossier: Told, phone: Phone
) -> None:
    async with work.work():
        told = await service.notify(dossier, "CO_KQ")
    assert told is not None
    batch = await jobs.claim()
    assert batch is not None
    await _report(told, Report.ACCEPTED)
    async with opened(batch.choosing.providers) as gateways:
        await Sending(batch.choosing, gateways, batch.lease, inf).run(batch.turns)
    assert await _state(told) == "sent"
    assert await db.tenant.fetch_value("select count(*) from usage_record") == 1


async def test_what_the_operator_rejected_is_not_counted(dossier: Told) -> None:
    async with work.work():
        told = await service.notify(dossier, "CO_KQ")
    assert told is not None
    await db.tenant.execute("update notice set state = 'in_doubt'")
    await _report(told, Report.REJECTED)
    assert await _state(told) == "failed"
    assert await db.tenant.fetch_value("select count(*) from usage_record") == 0


async def _call(address: str, **said: Any) -> int:
    """By GET, or as the provider posts it."""
    parts = urlsplit(address)
    through = httpx.ASGITransport(create_inner())
    async with httpx.AsyncClient(transport=through, base_url="http://inner") as client:
        method = "POST" if said else "GET"
        answer = await client.request(method, f"{parts.path}?{parts.query}", **said)
        return answer.status_code


def _unknown() -> float:
    return REGISTRY.get_sample_value("motcua_unknown_reports_total") or 0.0


async def test_reports_are_read_from_a_form_from_json_and_nothing_from_what_is_neither(
    notice: UUID,
) -> None:
    address, before = reports.report_address(current(), notice, 1), _unknown()
    for nothing in (b"{", b'["delivered"]', b"\xff=\xfe", b"state", b'{"state": ["delivered"]}'):
        assert await _call(address, content=nothing) == 204
    too_long = b"state=delivered&more=" + b"x" * 20_000
    assert await _call(address, content=too_long) == 204
    assert await _state(notice) == "sent"
    assert await _call(address, data={"state": "failed", "id": "7"}) == 204
    assert await _state(notice) == "failed"
    assert await _call(address, json={"state": "delivered", "id": 7, "more": None}) == 204
    assert await _state(notice) == "delivered"
    said = await db.tenant.fetch_value("select report_code from notice_attempt")
    assert "state=delivered" in said
    assert _unknown() == before


async def test_a_receipt_for_a_message_or_attempt_nobody_knows_is_counted_and_changes_nothing(
    notice: UUID, province: Tenant
) -> None:
    before = _unknown()
    # Signed by us as it should be, for what is not there.
    gone = reports.report_address(province, uuid7(), 1)
    never = reports.report_address(province, notice, 9)
    right = reports.report_address(province, notice, 1)
    forged = right[:-1] + ("A" if right[-1] != "A" else "B")
    for count, address in enumerate((gone, never, forged), 1):
        assert await _call(address, json={"state": "delivered"}) == 404
        assert _unknown() == before + count
    assert await _state(notice) == "sent"


async def test_the_gateways_callback_is_taken_at_its_unguessable_address(notice: UUID) -> None:
    address = reports.report_address(current(), notice, 1)
    assert await _call(f"{address}?state=nothing-new") == 204
    assert await _state(notice) == "sent"
    assert await _call(f"{address}?state=delivered") == 204
    assert await _state(notice) == "delivered"


@pytest.mark.asvs("13.2.1", "9.1.1")
async def test_a_forged_or_foreign_callback_is_a_wrong_address(
    notice: UUID, province: Tenant, neighbour: Tenant
) -> None:
    address = reports.report_address(province, notice, 1)
    token = address.rsplit("/", 1)[1]
    theirs = reports.report_address(neighbour, notice, 1)
    for wrong in (
        address[:-1] + ("A" if address[-1] != "A" else "B"),
        address.replace(str(notice), str(uuid7())),
        address.replace(province.slug, "khong-co"),
        theirs,
        theirs.replace(theirs.rsplit("/", 1)[1], token),
    ):
        assert await _call(f"{wrong}?state=failed") == 404
    assert await _state(notice) == "sent"
