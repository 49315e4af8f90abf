"""An issuer that knows the old address of a tenant that joined another: nobody registers anew."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from app.people import service
from app.people.shapes import SYSTEM
from infra.settings import settings
from tenants import issuers
from tenants.addresses import give_back, take_over
from tenants.current import acting_for
from tenants.shapes import Tenant
from tenants.work import work
from tests.doors.signin.conftest import (
    EAST,
    LAN,
    WEST,
    MakeBrowser,
    Town,
    admit_lan,
    trust,
)


@pytest.fixture
def port(town: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """The deployment knows the port it is reached by."""
    monkeypatch.setenv("MOTCUA_PUBLIC_PORT", str(town.port))
    settings.cache_clear()
    yield town
    monkeypatch.undo()
    settings.cache_clear()


async def test_who_signed_in_at_the_old_address_signs_in_at_the_new_one_by_the_same_issuer(
    east: Tenant,
    west: Tenant,
    browser: MakeBrowser,
    port: Town,
) -> None:
    await trust(west.id, WEST, "staff", port.more_staff)
    # As if the account had been moved: it is bound to the issuer of before.
    officer = await admit_lan(east)
    with acting_for(east):
        async with work():
            await service.name_issuer(SYSTEM, officer, port.more_staff.url)
    await take_over(joined=west.id, into=east.id, at=datetime(2025, 6, 30, 17, tzinfo=UTC))

    stale = browser(WEST)
    shown = await stale.get("/can-bo/dang-nhap?ve=/can-bo")
    assert shown.headers["location"] == port.origin(EAST) + "/can-bo/dang-nhap?ve=/can-bo"

    lan = browser(EAST)
    address = await lan.begin("/can-bo/dang-nhap", 1)
    assert f"client_id=client-{WEST}" in address
    back = await lan.at_issuer(address, LAN)
    assert back.startswith(port.origin(WEST) + "/dang-nhap/xac-nhan?")
    on = await lan.get(back)
    assert on.headers["location"] == back.replace(port.origin(WEST), port.origin(EAST))
    entered = await lan.get(on.headers["location"])
    assert (entered.status_code, entered.headers["location"]) == (303, "/can-bo")
    assert (await lan.get("/can-bo")).json()["name"] == "Nguyễn Thị Lan"
    # Whoever catches the address on its way has not the browser that began.
    assert (await stale.get(on.headers["location"])).status_code == 400
    out = await lan.post("/dang-xuat")
    assert f"client_id=client-{WEST}" in out.headers["location"]
    assert "post_logout_redirect_uri=http%3A%2F%2Ftay.localhost" in out.headers["location"]

    await give_back(joined=west.id, into=east.id, at=datetime(2025, 7, 31, 17, tzinfo=UTC))
    assert [each.issuer for each in await issuers.trusted(east.id, "staff")] == [port.staff.url]
    assert (await browser(WEST).get("/can-bo/dang-nhap")).status_code == 200
