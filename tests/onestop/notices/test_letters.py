"""Letters over a real mail server, with its refusals."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from email import message_from_bytes
from email.policy import default
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller

from app.onestop.notices import jobs, letters, service, templates
from infra.settings import settings
from tenants import db, work
from tenants.current import current
from tests.onestop.notices.conftest import Told
from tests.ports import free_port

MAIL = "hung@example.vn"


class _Server:
    """Takes letters; `says` answers instead where it is set."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.rcpt = self.data = ""

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:
        if self.data == "cut":
            self.taken.append(message_from_bytes(envelope.content, policy=default))
            server.transport.abort()
            return "250 OK"
        if self.data:
            return self.data
        self.taken.append(message_from_bytes(envelope.content, policy=default))
        return "250 queued"


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Server]:
    handler = _Server()
    running = Controller(handler, hostname="127.0.0.1", port=free_port())
    running.start()
    mail = {"name": "thu", "driver": "smtp", "url": f"smtp://127.0.0.1:{running.port}"}
    monkeypatch.setenv("MOTCUA_SMS_PROVIDERS", json.dumps([mail]))
    settings.cache_clear()
    yield handler
    running.stop()
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
async def written(dossier: Told, post: _Server) -> AsyncIterator[UUID]:
    """A letter to somebody who has no phone."""
    applicant = f'{{"email": "{MAIL}"}}'
    await db.tenant.execute("update dossier set phone = null, applicant = $1", applicant)
    async with work.work():
        notice = await service.notify(dossier, "CO_KQ")
    assert notice is not None
    yield notice


async def _sent(notice: UUID) -> dict[str, Any]:
    await jobs.send_notices()
    row = await db.tenant.fetch_row("select * from notice where id = $1", notice)
    assert row is not None
    return dict(row)


async def test_who_has_no_phone_is_written_to_in_plain_vietnamese(
    written: UUID, post: _Server
) -> None:
    row = await _sent(written)
    (letter,) = post.taken
    assert (row["state"], row["provider_ref"]) == ("sent", f"<{written}@{current().host}>")
    assert (letter["To"], letter["Message-ID"]) == (MAIL, row["provider_ref"])
    assert letter["Subject"] == "Hồ sơ H08.21583-261120-0007 đã có kết quả"
    text = letter.get_content()
    assert "Mời ông/bà đến Ủy ban nhân dân phường Quy Nhơn để nhận" in text
    assert await db.tenant.fetch_value("select count(*) from usage_record") == 0


@pytest.mark.parametrize(
    ("fault", "said", "state"),
    [
        ("rcpt", "550 no such user", "failed"),
        ("rcpt", "451 later", "pending"),
        ("data", "554 refused", "failed"),
        ("data", "452 full", "pending"),
        ("data", "cut", "in_doubt"),
    ],
)
async def test_what_the_mail_server_answers_is_what_becomes_of_the_letter(
    written: UUID, post: _Server, fault: str, said: str, state: str
) -> None:
    setattr(post, fault, said)
    row = await _sent(written)
    assert row["state"] == state
    code = await db.tenant.fetch_value("select code from notice_attempt")
    assert code.startswith(said[:3]) or said == "cut"


def test_every_letter_uses_only_the_places_of_its_text_message() -> None:
    for letter in letters.every().values():
        known = set(re.findall(r"\{([A-Z]+)\}", templates.named(letter.key).text))
        used = set(re.findall(r"\{([A-Z]+)\}", letter.subject + letter.text))
        assert used <= known, letter.key
        rest = re.sub(r"\{[A-Z]+\}", "", letter.subject + letter.text)
        assert "{" not in rest
        assert "}" not in rest
