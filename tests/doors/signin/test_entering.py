"""Signing in through a real provider, over real HTTP."""

import re

import pytest

from app.people import service
from app.people.shapes import SYSTEM
from tenants import db, issuers
from tenants.current import acting_for
from tenants.shapes import Tenant
from tenants.work import work
from tests.doors.signin.conftest import (
    EAST,
    HUNG,
    LAN,
    OPS,
    STRANGER,
    VAN,
    WEST,
    MakeBrowser,
    Town,
    admit_lan,
    trust,
)

INCIDENT = re.compile(r'<b class="code">[A-Z2-7]{6}</b>')


async def test_a_citizen_signs_in_and_is_known(east: Tenant, browser: MakeBrowser) -> None:
    hung = browser()
    entered = await hung.sign_in(HUNG)
    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    assert (await hung.get("/")).json() == {"kind": "citizen", "name": "Trần Văn Hùng"}
    assert (await hung.get("/cua-toi")).status_code == 200


@pytest.mark.asvs("3.3.4", "3.3.2", "7.2.3", "10.1.1")
async def test_the_session_cookie_is_for_this_host_and_not_for_scripts(
    east: Tenant, browser: MakeBrowser
) -> None:
    entered = await browser().sign_in(HUNG)
    cookie = next(c for c in entered.headers.get_list("set-cookie") if c.startswith("motcua="))
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/" in cookie
    assert "domain" not in cookie.lower() and "max-age" not in cookie.lower()
    assert len(cookie.partition("=")[2].partition(";")[0]) == 43


async def test_an_admitted_officer_signs_in_with_the_posts_of_today(
    east: Tenant, browser: MakeBrowser
) -> None:
    await admit_lan(east)
    lan = browser()
    entered = await lan.sign_in(LAN, "/can-bo/dang-nhap")
    assert entered.headers["location"] == "/can-bo"
    desk = (await lan.get("/can-bo")).json()
    assert desk == {"kind": "officer", "name": "Nguyễn Thị Lan", "posts": ["reception"]}
    assert (await lan.post("/can-bo/viec")).status_code == 201


async def test_one_comes_back_to_the_page_one_wanted(east: Tenant, browser: MakeBrowser) -> None:
    hung = browser()
    asked = await hung.get("/cua-toi?tim=%C4%91%E1%BA%A5t&trang=2")
    assert asked.status_code == 303
    entered = await hung.sign_in(HUNG, asked.headers["location"])
    assert entered.headers["location"] == "/cua-toi?tim=%C4%91%E1%BA%A5t&trang=2"


@pytest.mark.asvs("16.3.1")
async def test_the_sign_in_leaves_a_trail_row(east: Tenant, browser: MakeBrowser) -> None:
    hung = browser()
    await hung.sign_in(HUNG)
    await hung.post("/dang-xuat")
    with acting_for(east):
        rows = await db.tenant.fetch("select * from trail order by at")
    assert [row["act"] for row in rows] == ["citizen.sign_in", "citizen.sign_out"]
    assert rows[0]["actor_name"] == "Trần Văn Hùng"
    assert rows[0]["address"] == "127.0.0.1" and rows[0]["request_id"]


async def test_the_operator_signs_in_at_the_vendors_host(
    vendor: None, browser: MakeBrowser
) -> None:
    van = browser(OPS)
    assert (await van.sign_in(VAN)).headers["location"] == "/"
    assert (await van.get("/")).json() == {"kind": "vendor", "name": "Nguyễn Hải Vân"}
    row = await db.control.fetch_row(
        "select actor, act from operation where act = 'operator.sign_in' order by at desc limit 1"
    )
    assert row is not None and tuple(row) == (VAN.username, "operator.sign_in")


@pytest.mark.asvs("6.8.1")
async def test_several_issuers_are_offered_and_each_knows_its_own_people(
    east: Tenant, town: Town, browser: MakeBrowser
) -> None:
    lan_id = await admit_lan(east)
    await trust(east.id, EAST, "staff", town.more_staff)
    early, lan, other = browser(), browser(), browser()
    # Either could mean somebody by that username; the admission must say which one does.
    unclear = await early.sign_in(LAN, "/can-bo/dang-nhap", button=0)
    assert unclear.status_code == 403 and "chưa ghi hệ thống đăng nhập" in unclear.text
    with acting_for(east):
        async with work():
            await service.name_issuer(SYSTEM, lan_id, town.staff.url)
    shown = await lan.get("/can-bo/dang-nhap")
    assert shown.text.count(">Đăng nhập bằng tài khoản canbo") == 2
    assert "Chọn cách đăng nhập" in shown.text
    assert (await lan.sign_in(LAN, "/can-bo/dang-nhap", button=0)).status_code == 303
    # The same username at the other issuer is somebody else.
    refused = await other.sign_in(LAN, "/can-bo/dang-nhap", button=1)
    assert refused.status_code == 403
    assert (await other.get("/can-bo")).status_code == 303


async def test_two_tabs_can_sign_in_side_by_side(east: Tenant, browser: MakeBrowser) -> None:
    hung = browser()
    first, second = await hung.begin("/dang-nhap?ve=/cua-toi"), await hung.begin()
    back = await hung.get(await hung.at_issuer(second, HUNG))
    assert back.headers["location"] == "/"
    again = await hung.get(await hung.at_issuer(first, HUNG))
    assert again.headers["location"] == "/cua-toi"
    assert (await hung.get("/cua-toi")).status_code == 200


async def test_who_is_signed_in_is_not_asked_again(east: Tenant, browser: MakeBrowser) -> None:
    hung = browser()
    await hung.sign_in(HUNG)
    straight = await hung.get("/dang-nhap?ve=/cua-toi")
    assert (straight.status_code, straight.headers["location"]) == (303, "/cua-toi")


async def test_a_staff_identity_nobody_admitted_is_told_whom_to_turn_to(
    east: Tenant, town: Town, browser: MakeBrowser
) -> None:
    await admit_lan(east)
    stranger = browser()
    refused = await stranger.sign_in(STRANGER, "/can-bo/dang-nhap")
    assert refused.status_code == 403
    assert "Tài khoản chưa được cấp quyền" in refused.text
    assert "khach.ngo" in refused.text
    assert "Đặng Thị Thu, Ủy ban nhân dân phường Thử" in refused.text
    assert stranger.token is None
    # The way out leads to the issuer, or the next attempt would bring the same person back.
    left = await stranger.post("/dang-xuat")
    assert left.headers["location"].startswith(f"{town.staff.url}/")
    await stranger.get(left.headers["location"])
    assert (
        "/login"
        in (await stranger.get(await stranger.begin("/can-bo/dang-nhap"))).headers["location"]
    )


async def test_an_operator_nobody_admitted_stays_out(vendor: None, browser: MakeBrowser) -> None:
    stranger = browser(OPS)
    refused = await stranger.sign_in(STRANGER)
    assert refused.status_code == 403 and "chưa được cấp quyền" in refused.text
    assert (await stranger.get("/")).status_code == 303


async def test_a_tenant_without_an_issuer_says_so(
    make_tenant: object, browser: MakeBrowser
) -> None:
    await make_tenant("tay")  # type: ignore[operator]
    shown = await browser(WEST).get("/dang-nhap")
    assert shown.status_code == 200
    assert "Chưa có cách đăng nhập nào được thiết lập" in shown.text


@pytest.mark.asvs("8.4.1")
async def test_an_issuer_of_the_neighbour_cannot_be_chosen(
    east: Tenant, west: Tenant, browser: MakeBrowser
) -> None:
    theirs = (await issuers.trusted(west.id, "citizen"))[0]
    sent = await browser().post("/dang-nhap", issuer=str(theirs.id), ve="/")
    assert sent.status_code == 404
    assert "Chưa có cách đăng nhập này" in sent.text and INCIDENT.search(sent.text)


async def test_a_staff_issuer_cannot_be_chosen_as_a_citizens(
    east: Tenant, browser: MakeBrowser
) -> None:
    staff = (await issuers.trusted(east.id, "staff"))[0]
    assert (await browser().post("/dang-nhap", issuer=str(staff.id))).status_code == 404
    assert (await browser().post("/dang-nhap", issuer="khong-phai-ma")).status_code == 404
