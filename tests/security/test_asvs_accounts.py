"""How sure we are of people, accounts nobody uses, and sessions an administrator ends."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar.connection import ASGIConnection

from app.doors import session_life
from app.doors.session_life import LIMITS, Session
from app.doors.signin.strength import asked_for, lacking, shown
from app.lifecycle import trust
from app.people import refusals, service
from app.people.rules import is_long_away
from app.people.shapes import SYSTEM, Actor
from infra.clock import frozen, now
from infra.ids import uuid7
from tenants import db, issuers
from tenants.issuers import Demands
from tenants.provision import ProvisionError
from tenants.shapes import Tenant
from tenants.work import work
from tests import cast
from tests.doors.browsing import Browse, browse
from tests.security.deployed import deployed

__all__ = ["browse"]

AT = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
TWO = Demands(acr=("urn:loa:3",), amr=("mfa", "hwk"))
STAFF = "https://canbo.test"


@pytest.mark.asvs("6.8.4", "6.3.3", "6.3.4")
@pytest.mark.parametrize(
    ("claims", "strong"),
    [
        ({"acr": "urn:loa:3"}, True),
        ({"amr": ["pwd", "mfa"]}, True),
        ({"amr": ["hwk"]}, True),
        ({"acr": "urn:loa:1", "amr": ["pwd"]}, False),
        ({"acr": ["urn:loa:3"]}, False),
        ({"amr": "mfa"}, False),
        ({"amr": [], "acr": ""}, False),
        ({"amr": [None]}, False),
        ({}, False),  # What an issuer does not say counts as the weakest.
    ],
)
def test_a_second_factor_must_be_said_by_the_issuer(claims: dict[str, Any], strong: bool) -> None:
    assert (lacking(claims, TWO, AT) is None) is strong
    assert lacking(claims, Demands(), AT) is None


@pytest.mark.asvs("6.8.4", "7.6.1")
@pytest.mark.parametrize(
    ("said", "fresh"),
    [(0, True), (-899, True), (-961, False), (-86400, False), (None, False), ("x", False)],
)
def test_a_proof_of_long_ago_is_asked_for_again(said: int | str | None, fresh: bool) -> None:
    demands = Demands(max_age_seconds=900)
    at = AT.timestamp() + said if isinstance(said, int) else said
    assert (lacking({"auth_time": at}, demands, AT) is None) is fresh
    assert lacking({"auth_time": True}, demands, AT)


@pytest.mark.asvs("6.8.4", "16.3.1")
def test_the_issuer_is_asked_for_it_and_the_trail_says_how_it_was_proved() -> None:
    demands = Demands(acr=("a", "b"), max_age_seconds=900)
    assert asked_for(demands) == {"acr_values": "a b", "max_age": "900"}
    assert asked_for(Demands()) == {}
    claims = {"acr": "a", "amr": ["mfa"], "auth_time": 7, "name": "Trần Văn Kín"}
    assert shown(claims) == {"acr": "a", "amr": ["mfa"], "auth_time": 7}


@pytest.mark.asvs("6.3.3", "6.1.3")
async def test_in_production_nobody_trusts_a_staff_issuer_without_deciding_on_two_factors() -> None:
    with deployed():
        for audience in ("vendor", "staff"):
            with pytest.raises(ProvisionError, match="second factor"):
                await trust(None, audience, STAFF, "x", "c", "s", demands=Demands())  # type: ignore[arg-type]


async def _entered(tenant: Tenant, who: Actor, *, weak: bool = False, **issuer: Any) -> str:
    kept = Session(
        kind="staff", account_id=who.id, name=who.name, issuer=STAFF, subject="s-1", id_token="",
        created_at=now(), seen_at=now(), weak=weak, **{"issuer_id": uuid7(), **issuer},
    )  # fmt: skip
    nobody: Any = ASGIConnection({"type": "http", "headers": []})
    return str((await session_life.begin(nobody, kept)).value)


async def _status(browser: httpx.AsyncClient, token: str, path: str) -> int:
    browser.cookies.set("motcua", token)
    return (await browser.get(path)).status_code


@pytest.mark.asvs("6.3.3", "6.3.4", "8.3.1")
async def test_an_administrator_of_one_factor_may_nothing_and_an_officer_may_go_on(
    province: Tenant, browse: Browse
) -> None:
    browser = await browse(province)
    thu, lan = await cast.officer(cast.THU), await cast.officer(cast.LAN)
    assert await _status(browser, await _entered(province, thu, weak=True), "/quan-tri") == 403
    assert "hai yếu tố" in (await browser.get("/can-bo")).text
    assert (await browser.post("/dang-xuat")).status_code == 303
    assert await _status(browser, await _entered(province, thu), "/quan-tri") == 200
    assert await _status(browser, await _entered(province, lan, weak=True), "/can-bo") == 200


@pytest.mark.asvs("7.4.5", "7.4.1", "7.4.3")
async def test_an_administrator_ends_the_sessions_of_an_officer_and_of_nobody_else(
    province: Tenant, browse: Browse
) -> None:
    known = await issuers.trust(
        province.id, "staff", STAFF, label="x", client_id="c", client_secret="s"
    )
    thu, lan = await cast.officer(cast.THU), await cast.officer(cast.LAN)
    await db.tenant.execute(
        "update officer set issuer = $2, subject = 's-1' where id = $1", lan.id, STAFF
    )
    browser, administrator = await browse(province), await browse(province, thu)
    first = await _entered(province, lan, issuer_id=known)
    second = await _entered(province, lan, issuer_id=known)
    assert await _status(browser, first, "/can-bo") == 200
    done = await administrator.post(f"/quan-tri/can-bo/{lan.id}/ket-thuc-phien")
    assert done.headers["location"].endswith("?xong=ket-thuc-phien")
    assert [await _status(browser, each, "/can-bo") for each in (first, second)] == [303, 303]
    assert (await administrator.get("/quan-tri")).status_code == 200
    acts = await db.tenant.fetch("select act from trail where act = 'officer.end_sessions'")
    assert len(acts) == 1


@pytest.mark.asvs("7.3.1", "7.3.2")
def test_officers_are_locked_out_after_a_quarter_of_an_hour() -> None:
    assert LIMITS["staff"].idle <= timedelta(minutes=15) >= LIMITS["vendor"].idle
    assert LIMITS["citizen"].idle <= timedelta(minutes=30)
    assert max(limits.absolute for limits in LIMITS.values()) <= timedelta(hours=12)


async def _signs_in(subject: str = "s-1") -> UUID | None:
    async with work():
        return (await service.officer_by_subject(STAFF, subject, "lan.nguyen")).id


async def test_an_account_nobody_used_for_45_days_is_shut_until_somebody_answers_for_it(
    tenant: Tenant, browse: Browse
) -> None:
    assert not is_long_away(AT, AT + timedelta(days=45), 45)
    assert is_long_away(AT, AT + timedelta(days=45, seconds=1), 45)
    async with work():
        lan = await service.admit(SYSTEM, "lan.nguyen", "Nguyễn Thị Lan")
    later = now() + timedelta(days=44)
    with frozen(later):
        assert await _signs_in() == lan
    with frozen(later + timedelta(days=46)):
        with pytest.raises(refusals.LongAway):
            await _signs_in()
        async with work():
            await service.reopen(SYSTEM, lan)
        assert await _signs_in() == lan


@pytest.mark.asvs("6.8.1")
async def test_where_several_issuers_could_vouch_an_admission_names_one(
    province: Tenant, browse: Browse
) -> None:
    for name in (STAFF, "https://khac.test"):
        await issuers.trust(
            province.id, "staff", name, label=name, client_id="c", client_secret="s"
        )
    thu = await browse(province, await cast.officer(cast.THU))
    post_id = await db.tenant.fetch_value("select id from post where kind = 'reception' limit 1")
    sent = {"username": "an.le", "full_name": "Lê An", "post_id": str(post_id)}
    for issuer in ("", "https://la.test"):
        answer = await thu.post("/quan-tri/cap-quyen", data=sent | {"issuer": issuer})
        assert answer.status_code == 422 and "Chọn hệ thống đăng nhập" in answer.text
    assert (await thu.post("/quan-tri/cap-quyen", data=sent | {"issuer": STAFF})).status_code == 303
    row = await db.tenant.fetch_row("select id, issuer from officer where username = 'an.le'")
    assert row is not None and row["issuer"] == STAFF
    # Who was admitted before there was a choice waits until somebody makes it.
    lan = await cast.officer(cast.LAN)
    with pytest.raises(refusals.IssuerUnclear):
        async with work():
            await service.officer_by_subject(STAFF, "s-7", cast.LAN, sole=False)
    page = f"/quan-tri/can-bo/{lan.id}"
    assert "Cán bộ đăng nhập bằng" in (await thu.get(page)).text
    done = await thu.post(f"{page}/he-thong-dang-nhap", data={"issuer": STAFF})
    assert done.status_code == 303
    async with work():
        assert (await service.officer_by_subject(STAFF, "s-7", cast.LAN, sole=False)).id == lan.id
