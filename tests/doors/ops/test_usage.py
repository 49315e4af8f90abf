"""Outside meters at the door: each event once, and each refusal told."""

from datetime import date, timedelta

import httpx
import msgspec
import pytest
from litestar import Litestar

from app.doors import usage
from app.doors.entrance import Entrance
from app.main import create_site
from billing import queries, service, settling, sources
from billing.months import month_of
from infra import clock
from infra.settings import settings
from tenants import db
from tenants.addresses import take_over
from tenants.work import work
from tests.billing.contracts import contract
from tests.doors.ops.conftest import from_outside
from tests.doors.ops.test_usage_events import SOURCE, event

BATCH = {"content-type": "application/cloudevents-batch+json"}
SINGLE = {"content-type": "application/cloudevents+json; charset=utf-8"}


@pytest.fixture
async def meter(house, tenant):
    await service.load(contract(tenant_slug=tenant.slug))
    token = await sources.issue("Vận hành", tenant.id, SOURCE, ["api.call", "storage.byte_day"])
    site = from_outside(Entrance(Litestar([]), create_site([usage.take_usage]), Litestar([])))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(site),
        base_url=f"http://{settings().ops_host}",
        headers={"Authorization": f"Bearer {token}"},
    ) as client:
        yield client


async def send(client, *events, headers=BATCH, **changes):
    body = list(events) if headers is BATCH else events[0]
    return await client.post(
        "/api/v1/usage", content=msgspec.json.encode(body), headers={**headers, **changes}
    )


async def test_an_event_is_booked_once_and_the_same_id_with_another_content_is_a_conflict(
    meter, tenant
):
    first = await send(meter, event("a"), headers=SINGLE)
    again = await send(meter, event("a"), headers=SINGLE)
    other = await send(meter, event("a", quantity=9), headers=SINGLE)
    assert [answer.status_code for answer in (first, again, other)] == [201, 200, 409]
    assert other.json()["outcome"] == "conflict" and "neither is charged" in other.json()["reason"]
    used = await queries.used(tenant.id, month_of(clock.now()))
    assert used["api.call"].quantity == 0  # What is in doubt is not charged.
    aside = "select content from usage_conflict where tenant_id = $1 and source = $2"
    assert msgspec.json.decode(await db.control.fetch_value(aside, tenant.id, SOURCE))["quantity"]


async def test_every_refusal_of_a_batch_is_told_and_the_rest_is_taken(meter, tenant):
    bad = [event("b", type="vn.motcua.dossier.received"), event("c", source="//other"), 7, {}]
    answer = await send(meter, event("a"), *bad, event("a"), event("d", subject="0905123456"))
    assert answer.status_code == 207
    outcomes = [each["outcome"] for each in answer.json()]
    assert outcomes == ["booked", *["refused"] * 4, "known", "refused"]
    assert all(each["reason"] for each in answer.json() if each["outcome"] == "refused")
    assert (await send(meter, event("a"))).status_code == 200
    used = await queries.used(tenant.id, month_of(clock.now()))
    assert used["api.call"].quantity == 1


async def test_a_late_event_is_an_adjustment_of_its_own_month(meter, tenant):
    month = month_of(clock.now())
    async with work():
        last = (await queries.contracts(tenant.id))[0].term.start_on
        with clock.frozen(clock.now().replace(year=last.year + 5)):
            await service.close("Vận hành", tenant.id, month)
    first = await send(meter, event("a"), headers=SINGLE)
    answer = first.json()
    assert (first.status_code, answer["outcome"]) == (201, "adjustment")
    assert answer["month"] > answer["adjusts"] == f"{month:%Y-%m}"
    # Paid is no different from closed: nothing of it moves, and what comes late is still taken.
    for step in settling.STEPS:
        async with work():
            await settling.advance("Vận hành", "vendor", tenant.id, month, step, "Số 1")
    before = (await queries.statement(tenant.id, month)).statement
    late = await send(meter, event("b"), headers=SINGLE)
    assert (late.status_code, late.json()["adjusts"]) == (201, f"{month:%Y-%m}")
    assert (await queries.statement(tenant.id, month)).statement == before
    stated = await queries.used(tenant.id, date.fromisoformat(f"{late.json()['month']}-01"))
    assert (stated["api.call"].late_facts, stated["api.call"].late[0].month) == (2, month)


async def test_a_stranger_a_revoked_token_and_what_is_no_event_are_refused(meter, tenant):
    stranger = await send(meter, event("a"), Authorization="Bearer nothing")
    wrong_kind = await send(meter, event("a"), **{"content-type": "application/json"})
    broken = await meter.post("/api/v1/usage", content=b"[1,", headers=BATCH)
    assert [x.status_code for x in (stranger, wrong_kind, broken)] == [401, 415, 422]
    assert await sources.revoke("Vận hành", tenant.id, SOURCE) == 1
    assert (await send(meter, event("a"))).status_code == 401
    kept = await db.control.fetch("select * from usage_source where tenant_id = $1", tenant.id)
    token = meter.headers["Authorization"].removeprefix("Bearer ")
    assert token not in repr([dict(row) for row in kept])


async def test_what_happens_after_a_tenant_joined_another_is_booked_there(
    meter, tenant, make_tenant
):
    into, at = await make_tenant(), clock.now() - timedelta(hours=1)
    await take_over(joined=tenant.id, into=into.id, at=at)
    before = (at - timedelta(seconds=1)).isoformat()
    for _ in range(2):
        answer = await send(meter, event("a"), event("b", time=before), event("c", quantity=5))
        assert [each["id"] for each in answer.json()] == ["a", "b", "c"]
    counted = "select id from usage where tenant_id = $1 order by id"
    found = [await db.control.fetch(counted, each.id) for each in (tenant, into)]
    assert [[row["id"] for row in rows] for rows in found] == [["b"], ["a", "c"]]
