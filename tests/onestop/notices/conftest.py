"""A gateway of the tests' own, and a dossier to tell about."""

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
from tests.ports import free_port

PHONE = "+84905000301"


class Told(NamedTuple):
    """A dossier as the services name it."""

    id: UUID
    code: str


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
async def dossier(province: Tenant) -> Told:
    """A received dossier of a citizen with a mobile phone, of which nothing has been told yet."""
    told = Told(uuid7(), "H08.21583-261120-0007")
    await db.tenant.execute(
        "insert into dossier (id, code, procedure_id, agency_id, channel, status,"
        " applicant_name, applicant, phone, summary, wanted_way, filed_at, received_at, due_at)"
        " select $1, $2, p.id, a.id, 'counter', 2, 'Trần Văn Hùng', '{}', $3, 'Khai sinh',"
        " 'counter', $4, $4, '2026-11-27 10:00+00' from procedure p, agency a"
        " where p.code = '1.001193' and p.valid_to is null and a.key = 'ubnd-phuong-quy-nhon'",
        *(told.id, told.code, PHONE, now()),
    )
    return told
