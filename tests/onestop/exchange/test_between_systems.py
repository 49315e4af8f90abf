"""A dossier goes from one system to another and its answer comes back, by messages alone."""

from app.onestop.dossiers import service
from storage import service as storage
from tenants import db
from tenants.shapes import Tenant
from tenants.work import work
from tests import cast
from tests.onestop.dossiers.linked import opened, walk_out
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
