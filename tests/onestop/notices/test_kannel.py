"""The Kannel driver against Kannel itself, with reports coming back over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
import uvicorn
from litestar import Litestar

from app.doors.gateway import gateway_routes
from app.onestop.notices import jobs, service
from infra.settings import settings
from tenants import db, work
from tests.onestop.notices import kannel as programs
from tests.onestop.notices.conftest import PHONE, Told
from tests.onestop.notices.kannel import Kannel
from tests.ports import free_port

pytestmark = pytest.mark.skipif(programs.absent() is not None, reason=str(programs.absent()))


@pytest.fixture
async def kannel(
    dossier: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Kannel]:
    port = free_port()
    with Kannel(tmp_path / "kannel") as running:
        for name, value in {
            "DRIVER": "kannel", "URL": running.url, "USERNAME": "app", "PASSWORD": "app-pass",
            "CALLBACK_BASE": f"http://127.0.0.1:{port}",
        }.items():  # fmt: skip
            monkeypatch.setenv(f"MOTCUA_SMS_{name}", value)
        settings.cache_clear()
        async with _reports_taken_at(port):
            yield running
    monkeypatch.undo()
    settings.cache_clear()


class _reports_taken_at:
    def __init__(self, port: int) -> None:
        chosen = uvicorn.Config(
            Litestar([gateway_routes]), host="127.0.0.1", port=port, log_config=None, lifespan="off"
        )
        self._server = uvicorn.Server(chosen)

    async def __aenter__(self) -> None:
        self._task = asyncio.create_task(self._server.serve())
        while not self._server.started:  # noqa: ASYNC110
            await asyncio.sleep(0.02)

    async def __aexit__(self, *_: object) -> None:
        self._server.should_exit = True
        await self._task


async def _tell(dossier: Told, **values: object) -> UUID:
    async with work.work():
        told = await service.notify(dossier, "BO_SUNG", HAN="27/11/2026", **values)
    assert told is not None
    return told


async def _until(notice: UUID, *states: str) -> None:
    question = "select state from notice where id = $1"
    while await db.tenant.fetch_value(question, notice) not in states:  # noqa: ASYNC110
        await asyncio.sleep(0.05)


async def _until_received(kannel: Kannel, text: str) -> None:
    while text not in kannel.received:  # noqa: ASYNC110
        await asyncio.sleep(0.05)


async def test_kannel_takes_a_message_and_reports_it(dossier: Told, kannel: Kannel) -> None:
    notice = await _tell(dossier, LYDO="thiếu giấy chứng sinh")
    await jobs.send_notices()
    await _until_received(kannel, "thieu giay chung sinh")
    assert PHONE.lstrip("+") in kannel.received
    await _until(notice, "delivered")
    row = await db.tenant.fetch_row("select * from notice where id = $1", notice)
    assert row is not None
    assert (row["provider"], row["provider_ref"]) == ("kannel", None)
    assert await db.tenant.fetch_value("select count(*) from usage_record") == row["parts"]


async def test_vietnamese_letters_survive_kannel(dossier: Told, kannel: Kannel) -> None:
    notice = await _tell(dossier, LYDO="x")
    await db.tenant.execute("update notice set text = 'Hồ sơ đã có', encoding = 'UCS2'")
    await jobs.send_notices()
    await _until(notice, "delivered")
    # The fake centre prints the octets of UTF-16: "Hồ" is 00 48 1E D3.
    assert "%1E%D3" in kannel.received or "ồ" in kannel.received


async def test_a_wrong_password_is_our_trouble_and_not_the_messages(
    dossier: Told, kannel: Kannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTCUA_SMS_PASSWORD", "wrong")
    settings.cache_clear()
    notice = await _tell(dossier, LYDO="x")
    await jobs.send_notices()
    row = await db.tenant.fetch_row("select * from notice where id = $1", notice)
    assert row is not None
    assert (row["state"], row["claimed_until"]) == ("pending", None)


async def test_a_worker_that_died_while_sending_leaves_the_doubt_to_the_officer(
    dossier: Told, kannel: Kannel
) -> None:
    notice = await _tell(dossier, LYDO="x")
    await jobs.claim()
    await db.tenant.execute("update notice set claimed_until = now() - interval '1 second'")
    await jobs.send_notices()
    await _until(notice, "in_doubt")
    assert "text" not in kannel.received
