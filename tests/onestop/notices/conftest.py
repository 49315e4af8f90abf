"""A gateway of the tests' own, and a dossier to tell about."""

import socket
from collections.abc import AsyncIterator, Iterator
from typing import NamedTuple
from uuid import UUID

import httpx
import pytest

from infra.clock import now
from infra.embedded.smsc import Smsc
from infra.ids import uuid7
from infra.settings import settings
from tenants import db
from tenants.shapes import Tenant

PHONE = "+84905000301"


class Told(NamedTuple):
    """A dossier as the services name it."""

    id: UUID
    code: str


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@pytest.fixture(scope="package")
def smsc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Smsc]:
    with Smsc(tmp_path_factory.mktemp("sms"), free_port()) as server:
        yield server


@pytest.fixture
async def phone(smsc: Smsc, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator["Phone"]:
    """The stand-in as this test's gateway."""
    monkeypatch.setenv("MOTCUA_SMS_URL", smsc.url)
    settings.cache_clear()
    async with httpx.AsyncClient(base_url=smsc.url) as client:
        yield Phone(client)
        await client.post("/faults", json={"next": 0, "kind": "error"})
    monkeypatch.undo()
    settings.cache_clear()


class Phone:
    """What the people's phones show, and how the next sends go wrong."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def messages(self, notice_id: object) -> list[dict]:
        answer = await self._client.get("/messages", params={"reference": str(notice_id)})
        return answer.json()["messages"]

    async def fail(self, kind: str, times: int = 1) -> None:
        await self._client.post("/faults", json={"next": times, "kind": kind})


@pytest.fixture
async def dossier(tenant: Tenant) -> Told:
    """A received dossier of a citizen with a mobile phone."""
    agency, procedure, told = uuid7(), uuid7(), Told(uuid7(), "H08.21583-261120-0007")
    await db.tenant.execute(
        "insert into agency (id, key, name, sms_name, kind, code_prefix, valid_from)"
        " values ($1, 'quy-nhon', 'Ủy ban nhân dân phường Quy Nhơn', 'UBND P Quy Nhon',"
        " 'commune', 'H08.21583', '2025-07-01')",
        agency,
    )
    await db.tenant.execute(
        "insert into procedure (id, code, version, name, normal, field, filing, document,"
        " valid_from) values ($1, '1.001193', 1, 'Đăng ký khai sinh', 'dang ky khai sinh',"
        " 'Hộ tịch', 'local', '{\"sms_name\": \"Dang ky khai sinh\"}', '2025-07-01')",
        procedure,
    )
    await db.tenant.execute(
        "insert into dossier (id, code, procedure_id, agency_id, channel, status,"
        " applicant_name, applicant, phone, summary, wanted_way, filed_at, received_at, due_at)"
        " values ($1, $2, $3, $4, 'counter', 2, 'Trần Văn Hùng', '{}', $5, 'x', 'counter', $6, $6,"
        " '2026-11-27 10:00+00')",
        *(told.id, told.code, procedure, agency, PHONE, now()),
    )
    return told
