"""People see where they are signed in, and end what they do not know."""

from datetime import timedelta

import httpx
import pytest

from app.doors.devices import device
from app.doors.entrance import Entrance
from app.doors.session_life import FRESH
from infra.clock import frozen, now
from tenants import db
from tenants.current import acting_for
from tenants.shapes import Tenant
from tests.doors.signin.conftest import (
    EAST,
    HUNG,
    LAN,
    OPS,
    VAN,
    Browser,
    MakeBrowser,
    Town,
    admit_lan,
)

_PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
)
_ACTS = "select actor_name, detail->>'by' as by from trail where act = 'session.end'"


@pytest.mark.asvs("7.5.2")
async def test_a_person_sees_every_session_and_ends_others_after_proving_who_it_is(
    east: Tenant, app: Entrance, town: Town, browser: MakeBrowser
) -> None:
    here, there, third = browser(), browser(), browser()
    there.http.headers["User-Agent"] = _PHONE
    for each in (there, third, here):
        await each.sign_in(HUNG)
    await admit_lan(east)
    lan = browser()
    await lan.sign_in(LAN, "/can-bo/dang-nhap")

    shown = await here.get("/phien-dang-nhap")
    assert shown.text.count("Phiên ông/bà đang dùng") == 1
    assert shown.text.count("<tr>") == 4 and "Safari trên iPhone" in shown.text
    assert "127.0.0.1" in shown.text
    for each in (here, there, third, lan):
        assert each.token not in shown.text
    # The name of a session is none to another person.
    phone = shown.text.partition("Safari trên iPhone")[2].partition('name="phien" value="')[2][:16]
    assert (await lan.post("/can-bo/phien-dang-nhap", phien=phone)).status_code == 404
    assert (await there.get("/cua-toi")).status_code == 200
    assert (await here.post("/phien-dang-nhap", phien=phone)).status_code == 303
    assert (await there.get("/cua-toi")).status_code == 303
    assert (await third.get("/cua-toi")).status_code == 200
    assert (await here.post("/phien-dang-nhap", phien=phone)).status_code == 404
    assert (await here.post("/phien-dang-nhap")).status_code == 404
    assert (await here.post("/phien-dang-nhap", phien="khac")).status_code == 303
    assert (await third.get("/cua-toi")).status_code == 303
    assert (await here.get("/cua-toi")).status_code == 200
    assert (await lan.get("/can-bo")).status_code == 200
    with acting_for(east):
        acts = [tuple(row) for row in await db.tenant.fetch(_ACTS)]
    assert acts == [("Trần Văn Hùng", "self")] * 2

    await there.sign_in(HUNG)
    await an_hour_later_it_ends_nothing(here, app, town)
    assert (await there.get("/cua-toi")).status_code == 200


async def an_hour_later_it_ends_nothing(here: Browser, app: Entrance, town: Town) -> None:
    """Whoever finds the computer open has to prove who it is."""
    with frozen(now() + FRESH + timedelta(minutes=1)):
        transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url=town.origin(EAST)) as http:
            http.cookies.set("motcua", here.token)
            page = (await http.get("/phien-dang-nhap")).text
            assert "Xác nhận lại danh tính" in page and 'name="phien"' not in page
            sent = {"phien": "khac"}
            answer = await http.post("/phien-dang-nhap", data=sent, headers={"Origin": here.home})
            assert answer.status_code == 403 and "Xác nhận lại danh tính" in answer.text
    # The issuer is told to ask even though it knows the browser.
    form = {"issuer": page.partition('name="issuer" value="')[2][:36], "lai": "1"}
    asked = (await here.post("/dang-nhap", **form)).headers["location"]
    assert "prompt=login" in asked and "max_age=0" in asked


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (_PHONE, "Safari trên iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
         "Edge trên Windows"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
         "Chrome trên Android"),
        ("curl/8", "Trình duyệt khác"),
        ("", "Trình duyệt khác"),
    ],
)  # fmt: skip
def test_a_device_is_told_as_far_as_the_browser_names_it(said: str, told: str) -> None:
    assert device(said) == told


async def test_an_operator_of_the_vendor_has_the_same_page(
    vendor: None, browser: MakeBrowser
) -> None:
    van, elsewhere = browser(OPS), browser(OPS)
    for each in (elsewhere, van):
        await each.sign_in(VAN)
    assert (await van.get("/phien-dang-nhap")).text.count("<tr>") == 3
    assert (await van.post("/phien-dang-nhap", phien="khac")).status_code == 303
    assert [(await each.get("/")).status_code for each in (van, elsewhere)] == [200, 303]
    acts = await db.control.fetch("select actor from operation where act = 'operator.end_sessions'")
    assert VAN.username in {row["actor"] for row in acts}
