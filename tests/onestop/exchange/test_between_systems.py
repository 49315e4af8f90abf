"""A dossier goes from one system to another and its answer comes back, by messages alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import msgspec

from app.onestop.dossiers import service
from app.onestop.dossiers.rules import Status
from app.onestop.exchange import service as exchange
from app.onestop.papers.service import attach_to_dossier
from app.onestop.slips.shapes import SupplementItem
from infra.clock import now
from infra.sealed import seal
from infra.settings import settings
from storage import service as storage
from tenants import db, registry
from tenants.addresses import take_over
from tenants.shapes import Tenant
from tenants.work import work
from tests import cast
from tests.conftest import MakeTenant
from tests.onestop.dossiers.linked import holder, opened, sound, walk_out
from tests.onestop.exchange.systems import (
    exchanged,
    here,
    messages,
    sent,
    their_people,
    visit,
)
from tests.storage.samples import pdf


async def received() -> None:
    people, dossier = await their_people(), await here()
    async with work():
        await service.receive(people, dossier.code, None, working_days=3)


async def finished() -> None:
    people, dossier = await their_people(), await here()
    result = await storage.keep(pdf(), "xac-nhan.pdf", f"officer:{people.id}")
    async with work():
        await service.hand_over(people, dossier.code, None)
    async with work():
        await service.process(people, dossier.code, None, "Đồng ý")
    async with work():
        await service.approve(people, dossier.code, None, None)
    async with work():
        await service.attach_result(people, dossier.code, result)
    async with work():
        await service.finish(people, dossier.code, None)


async def test_the_other_system_does_its_part_and_the_workflow_goes_on(
    province: Tenant, theirs: Tenant
) -> None:
    dossier = await sent()
    assert await messages() == [("request", "pending")]
    await exchanged()
    assert await messages() == [("request", "taken")]
    await cast.at(theirs, received())
    await cast.at(theirs, exchanged())
    assert (await visit(dossier))["outcome"] == "accepted"
    await cast.at(theirs, finished())
    await cast.at(theirs, exchanged())
    work_ = await visit(dossier)
    assert (work_["outcome"], work_["left_at"] is None) == ("finished", False)
    assert [task["node"] for task in await opened(dossier.id)] == ["phe-duyet"]
    got = await db.tenant.fetch(
        "select kind, file_name from paper where dossier_id = $1 and kind = 'answer'", dossier.id
    )
    assert [row["file_name"] for row in got] == ["xac-nhan.pdf"]
    assert (await walk_out(dossier.id))[-1].startswith("finish")


async def refused() -> None:
    people, dossier = await their_people(), await here("status = 1")
    async with work():
        await service.refuse(people, dossier.code, None, reason_code="not_competent", reason="")


async def asked_for_more() -> None:
    people, dossier = await their_people(), await here()
    item = SupplementItem(name="Bản đồ vị trí", reason_code="missing")
    async with work():
        await service.ask_supplement(
            people, dossier.code, None, items=[item], reply_by=now() + timedelta(days=5)
        )


async def their_status(theirs: Tenant) -> list[Status]:
    rows = db.tenant.fetch("select status from dossier where channel = 'linked' order by filed_at")
    return [Status(row["status"]) for row in await cast.at(theirs, rows)]


async def test_papers_asked_for_there_are_sent_from_here(province: Tenant, theirs: Tenant) -> None:
    dossier = await sent()
    await exchanged()
    await cast.at(theirs, received())
    await cast.at(theirs, asked_for_more())
    await cast.at(theirs, exchanged())
    work_ = await visit(dossier)
    assert (work_["outcome"], "Bản đồ vị trí" in work_["outcome_note"]) == ("asked", True)
    officer = await holder(agency_id=dossier.agency_id)
    stored = await storage.keep(pdf(), "ban-do.pdf", f"officer:{officer.id}")
    async with work():
        await attach_to_dossier(officer, dossier.id, "giay-chung-sinh", stored)
        assert await exchange.send_what_came(officer, dossier.code) == 1
    await exchanged()
    assert await their_status(theirs) == [Status.RECEIVED]
    assert (await visit(dossier))["outcome"] == "accepted"
    names = db.tenant.fetch("select file_name from paper where file_name is not null")
    assert [row["file_name"] for row in await cast.at(theirs, names)] == ["ban-do.pdf"]


async def test_work_refused_there_is_asked_again_or_gone_on_without(
    province: Tenant, theirs: Tenant
) -> None:
    dossier = await sent()
    await exchanged()
    await cast.at(theirs, refused())
    await cast.at(theirs, exchanged())
    work_ = await visit(dossier)
    assert (work_["outcome"], work_["left_at"], bool(work_["outcome_note"])) == (
        "ended", None, True,
    )  # fmt: skip
    officer = await holder(agency_id=dossier.agency_id)
    async with work():
        await service.ask_again(officer, dossier.code, None, node="tinh-ban")
    assert (await visit(dossier))["id"] != work_["id"]
    await exchanged()
    assert await their_status(theirs) == [Status.NOT_RECEIVED, Status.REGISTERED]
    async with work():
        await service.go_on_without(
            officer, dossier.code, None, node="tinh-ban", note="Đã đủ căn cứ"
        )
    await exchanged()
    assert await their_status(theirs) == [Status.NOT_RECEIVED, Status.WITHDRAWN]
    await cast.at(theirs, exchanged())
    assert [task["node"] for task in await opened(dossier.id)] == ["phe-duyet"]
    await sound(dossier.id)


async def test_what_the_citizen_withdraws_is_taken_back_there(
    province: Tenant, theirs: Tenant
) -> None:
    dossier = await sent()
    await exchanged()
    await cast.at(theirs, received())
    officer = await holder(agency_id=dossier.agency_id)
    async with work():
        await service.withdraw(officer, dossier.code, None, reason="Người nộp xin rút")
    await exchanged()
    assert await their_status(theirs) == [Status.WITHDRAWN]
    await cast.at(theirs, exchanged())
    assert [kind for kind, _ in await cast.at(theirs, messages())] == ["acceptance"]


async def test_a_request_that_never_went_out_is_only_dropped(
    province: Tenant, theirs: Tenant
) -> None:
    dossier = await sent()
    officer = await holder(agency_id=dossier.agency_id)
    async with work():
        await service.withdraw(officer, dossier.code, None, reason="Người nộp xin rút")
    assert await messages() == [("request", "dropped")]
    await exchanged()
    assert await their_status(theirs) == []


async def test_a_dossier_is_counted_once_where_its_citizen_brought_it(
    province: Tenant, theirs: Tenant
) -> None:
    await sent()
    await exchanged()
    await cast.at(theirs, received())
    used = "select count(*) from usage_record where meter = 'dossier.received'"
    assert await db.tenant.fetch_value(used) == 1
    assert await cast.at(theirs, db.tenant.fetch_value(used)) == 0
    assert await cast.at(theirs, db.tenant.fetch_value("select count(*) from notice")) == 0


async def test_work_begun_before_a_merger_goes_on_after_it_in_the_name_it_was_begun_in(
    province: Tenant, theirs: Tenant, make_tenant: MakeTenant
) -> None:
    dossier = await sent()
    await exchanged()
    into = await make_tenant()
    await take_over(joined=province.id, into=into.id, at=now())
    async with instead_of(province, into) as after:
        # The other side answers the address it knows, and knows nobody else.
        await cast.at(theirs, received())
        await cast.at(theirs, exchanged())
        assert (await visit(dossier))["outcome"] == "accepted"
        officer = await holder(agency_id=dossier.agency_id)
        async with work():
            await service.withdraw(officer, dossier.code, None, reason="Người nộp xin rút")
        await cast.at(after, exchanged())
        assert await messages() == [("request", "taken"), ("withdrawal", "taken")]
        assert await their_status(theirs) == [Status.WITHDRAWN]


@asynccontextmanager
async def instead_of(joined: Tenant, into: Tenant) -> AsyncIterator[Tenant]:
    """As if every row had been moved: who took over works on the other's own database."""
    await _settle(joined, "nowhere", "nobody", joined.secrets.password)
    await _settle(into, joined.database, joined.role, joined.secrets.password)
    after = await registry.by_slug(into.slug)
    assert after is not None
    try:
        yield after
    finally:
        for tenant in (into, joined):
            await _settle(tenant, tenant.database, tenant.role, tenant.secrets.password)


async def _settle(tenant: Tenant, database: str, role: str, password: str) -> None:
    secrets = msgspec.structs.replace(tenant.secrets, password=password)
    sealed = seal(settings().key, msgspec.json.encode(secrets), f"tenant:{tenant.slug}")
    await db.control.execute(
        "update tenant set database = $2, role = $3, sealed = $4 where id = $1",
        *(tenant.id, database, role, sealed),
    )
    await registry.reload()
