"""Nobody who has left keeps work, and work nobody can do is told of."""

from datetime import timedelta
from typing import Any

from app.onestop.dossiers import queries, service
from app.onestop.dossiers.freeing import any_to_free, free_tasks, unheld_posts
from app.people import service as people
from app.people.substitution import stand_in
from infra.clock import today
from tenants import db
from tenants.shapes import Tenant
from tenants.work import work
from tests import cast
from tests.onestop.dossiers.story import on_paper, turn


async def doing(verb: Any, *args: Any, **options: Any) -> Any:
    async with work():
        return await verb(*args, **options)


async def assigned() -> Any:
    """A dossier assigned to Hoa."""
    lan, hoa, minh = [await cast.officer(name) for name in (cast.LAN, cast.HOA, cast.MINH)]
    code = (await doing(service.intake, lan, on_paper())).code
    await doing(service.hand_over, lan, code, None)
    return await doing(service.assign, minh, code, None, to=hoa.id)


async def test_work_of_a_dismissed_officer_is_anybodys_again(province: Tenant) -> None:
    dossier, hoa = await assigned(), await cast.officer(cast.HOA)
    assert not await any_to_free()
    await doing(people.dismiss, await cast.officer(cast.THU), hoa.id)
    with_tomorrow = "update post_holding set to_on = $2 where officer_id = $1"
    await db.tenant.execute(with_tomorrow, hoa.id, today() - timedelta(days=1))
    assert await any_to_free()
    await free_tasks()
    assert (await turn(dossier))["officer_id"] is None
    assert not await any_to_free()
    trail = "select count(*) from trail where act = 'dossier.free_task'"
    assert await db.tenant.fetch_value(trail) == 1


async def test_a_post_nobody_holds_is_told_with_its_work(province: Tenant) -> None:
    await assigned()
    assert await unheld_posts() == []
    hoa = await cast.officer(cast.HOA)
    await doing(people.dismiss, await cast.officer(cast.THU), hoa.id)
    (post,) = await unheld_posts()
    assert post.tasks == 1 and "Quy Nhơn" in post.agency_name


async def test_who_still_holds_the_post_keeps_the_work(province: Tenant) -> None:
    dossier, hoa = await assigned(), await cast.officer(cast.HOA)
    await free_tasks()
    assert (await turn(dossier))["officer_id"] == hoa.id
    assert (await queries.inbox([post.id for post in hoa.posts], mine=hoa.id)).total == 1


async def test_the_trail_names_whom_a_substitute_stood_in_for(province: Tenant) -> None:
    lan, hoa, minh, thu = [
        await cast.officer(name) for name in (cast.LAN, cast.HOA, cast.MINH, cast.THU)
    ]
    holding = await db.tenant.fetch_value(
        "select id from post_holding where officer_id = $1", minh.id
    )
    given = {"from_on": None, "to_on": today(), "decision": "Quyết định số 12/QĐ-UBND"}
    await doing(stand_in, thu, holding, cast.HOA, **given)
    code = (await doing(service.intake, lan, on_paper())).code
    await doing(service.hand_over, lan, code, None)
    both = await cast.officer(cast.HOA)
    await doing(service.process, both, code, None, None)
    await doing(service.approve, both, code, None, None)
    rows = await db.tenant.fetch(
        "select act, on_behalf_of from trail where actor_id = $1 and act like 'dossier.%'",
        str(hoa.id),
    )
    assert {row["act"]: row["on_behalf_of"] for row in rows} == {
        "dossier.process": None,
        "dossier.approve": "Lê Quang Minh",
    }
