"""The vendor's doors stay shut for everybody who is not its operator."""

import pytest

from infra.ids import uuid7
from tenants import db
from tests.doors.ops.conftest import OPERATOR, session

PAGES = [
    "/",
    "/hop-dong/{slug}",
    "/bang-ke/{slug}",
    "/bang-ke/{slug}/2026-11",
    "/bang-ke/{slug}/2026-11/in",
    "/kiem-soat/{slug}",
    "/kiem-soat/{slug}/dieu-chinh?ma=dossier:0:received",
    "/nguon-do/{slug}",
    "/sao-luu",
    "/nha-cung-cap/{slug}",
    "/bang-ke/{slug}/2026-11/tep/bang-ke.pdf",
    "/bang-ke/{slug}/2026-11/tep/tinh-lai.json",
    "/bang-ke/{slug}/2026-11/dossier-received",
    "/api/v1/tenants",
    "/api/v1/contracts/{slug}",
    "/api/v1/statements/{slug}/2026-11",
    "/api/v1/statements/{slug}/2026-11/dossier-received",
]


async def shut(browser, tenant, status=401):
    for page in PAGES:
        answer = await browser.get(page.format(slug=tenant.slug))
        assert answer.status_code == status, page
        for secret in (tenant.host, "H08.16-261122", "100.000.000", "100000000", "HD-1"):
            assert secret not in answer.text
    for act in ("chot", "buoc", "giam-tru"):
        answer = await browser.post(f"/bang-ke/{tenant.slug}/2026-10/{act}")
        assert answer.status_code == status
    for door in ("kiem-soat/{}/dieu-chinh", "nguon-do/{}", "nguon-do/{}/thu-hoi"):
        answer = await browser.post("/" + door.format(tenant.slug))
        assert answer.status_code == status, door
    assert (
        await db.control.fetch_value(
            "select count(*) from statement where tenant_id = $1", tenant.id
        )
        == 0
    )


async def test_a_stranger_sees_nothing(browse, renting):
    await shut(browse(""), renting)


async def test_a_made_up_cookie_opens_nothing(browse, renting):
    await shut(browse("x" * 43), renting)


@pytest.mark.asvs("8.4.1")
@pytest.mark.parametrize("kind", ["staff", "citizen"])
async def test_a_session_of_a_tenant_opens_nothing_here(browse, renting, kind):
    await shut(browse(await session(kind, uuid7(), renting)), renting)
    await shut(browse(await session(kind, uuid7())), renting)


async def test_an_operators_session_made_at_a_tenants_address_opens_nothing_here(
    browse, renting, operator_id
):
    await shut(browse(await session("vendor", operator_id, renting)), renting)


@pytest.mark.asvs("7.4.2")
async def test_an_operator_who_was_let_go_is_out_at_once(browse, renting, operator_id, vendor):
    assert (await vendor.get("/")).status_code == 200
    await db.control.execute("update operator set active = false where id = $1", operator_id)
    await shut(vendor, renting, 403)


async def test_somebody_who_is_no_operator_at_all_is_not_let_in(browse, renting):
    await shut(browse(await session("vendor", uuid7())), renting, 403)


async def test_the_page_names_the_operator_who_is_signed_in(vendor, renting):
    assert OPERATOR in (await vendor.get("/")).text
