"""A form on its way: nothing waits for it but its sender."""

import asyncio

import pytest

from app.doors import entrance
from tenants.db import place_of
from tests import cast
from tests.doors.browsing import lan

__all__ = ["lan"]

PLAIN = {"Content-Type": "application/x-www-form-urlencoded"}
FORMS = ("/can-bo/tiep-nhan", "/quan-tri/thu-tuc/1.001193", "/tra-cuu/X", "/nop-ho-so/1.001193")


class Slow:
    """A body whose first half is here, and whose second half comes when told."""

    def __init__(self) -> None:
        self.waiting, self.told = asyncio.Event(), asyncio.Event()

    async def __aiter__(self):
        yield b"a="
        self.waiting.set()
        await self.told.wait()
        yield b"1"


@pytest.mark.parametrize("path", FORMS)
async def test_a_form_half_sent_keeps_no_connection(lan, province, browse, path):
    bodies = [Slow() for _ in range(8)]
    sending = [asyncio.create_task(lan.post(path, content=b, headers=PLAIN)) for b in bodies]
    for body in bodies:
        await body.waiting.wait()
    # More forms than the tenant has connections are half here, and everybody else is served.
    assert (await lan.get("/can-bo")).status_code == 200
    assert (await (await browse(province)).get("/tra-cuu/X")).status_code == 404
    pools, key = place_of(province)
    assert pools.busy(key) == 0
    for body in bodies:
        body.told.set()
    assert {(await each).status_code for each in sending} <= {401, 403, 404, 422, 429}


async def test_a_sender_who_falls_silent_is_answered_and_forgotten(lan, province, monkeypatch):
    monkeypatch.setattr(entrance, "_SILENCE_SECONDS", 0.01)
    for path in (*FORMS, "/can-bo/ho-so/X/chuyen"):
        answer = await lan.post(path, content=Slow(), headers=PLAIN)
        assert answer.status_code in {401, 408}, path
        assert "gửi lại" in answer.text or answer.status_code == 401


async def test_a_silent_upload_gives_up_its_place(province, browse, monkeypatch):
    citizen = await browse(province, await cast.citizen())
    monkeypatch.setattr(entrance, "_SILENCE_SECONDS", 0.01)
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await citizen.post(
        "/ban-nhap/01a20495-9ea7-748b-a10a-c6b454d9e257/giay-to", content=Slow(), headers=kind
    )
    assert answer.status_code in {404, 422}
