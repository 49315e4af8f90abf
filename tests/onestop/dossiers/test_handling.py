"""Officers at work: whose turn, two at once, whose dossier, nothing half done."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from app.onestop.dossiers import queries, service
from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.refusals import NotYourTurn, PapersMissing, ResultMissing
from app.onestop.dossiers.rules import Act
from app.people.shapes import Actor
from app.refusals import Malformed, NotAllowed, NotFound, Overtaken
from storage import service as storage
from tenants import db
from tenants.clusters import owner
from tenants.shapes import Tenant
from tenants.work import work
from tests import cast
from tests.onestop.dossiers.story import (
    begun,
    on_paper,
    result_file,
    submitted,
    turn,
    walked,
    with_paper,
)
from tests.storage.samples import office

LEADER = "phe-duyet"
Verb = Callable[..., Awaitable[Any]]


async def doing(verb: Verb, *args: Any, **options: Any) -> Any:
    async with work():
        return await verb(*args, **options)


async def test_a_second_click_of_ones_own_is_told_as_such(province: Tenant) -> None:
    lan, dossier = await cast.officer(cast.LAN), await submitted(await cast.citizen())
    results = await asyncio.gather(
        *(doing(service.receive, lan, dossier.code, dossier.version) for _ in range(2)),
        return_exceptions=True,
    )
    late = [result for result in results if isinstance(result, Overtaken)]
    assert len(late) == 1
    assert "chính ông/bà đã thực hiện “Tiếp nhận hồ sơ”" in late[0].message
    assert await db.tenant.fetch_value("select count(*) from usage_record") == 1


@pytest.mark.asvs("2.3.4")
async def test_an_old_page_does_not_overwrite_a_colleague(province: Tenant) -> None:
    lan, hoa, minh = [await cast.officer(name) for name in (cast.LAN, cast.HOA, cast.MINH)]
    code = (await doing(service.intake, lan, on_paper())).code
    await doing(service.hand_over, lan, code, None)
    seen = (await doing(service.process, hoa, code, None, None)).version
    await doing(service.send_back, minh, code, seen, "Thiếu nơi sinh")
    await doing(service.process, hoa, code, None, None)
    with pytest.raises(Overtaken) as refused:
        await doing(service.approve, minh, code, seen, None)
    assert "Phạm Thị Hoa" in refused.value.message


async def test_a_missing_version_skips_the_comparison(province: Tenant) -> None:
    lan, dossier = await cast.officer(cast.LAN), await submitted(await cast.citizen())
    assert (await doing(service.receive, lan, dossier.code, None)).version == 2


async def test_each_kind_of_post_does_its_own_work(province: Tenant) -> None:
    lan, hoa, minh = [await cast.officer(name) for name in (cast.LAN, cast.HOA, cast.MINH)]
    thu = await cast.officer(cast.THU)
    code = (await submitted(await cast.citizen())).code
    for actor, refusal in ((hoa, NotAllowed), (minh, NotAllowed), (thu, NotFound)):
        with pytest.raises(refusal):
            await doing(service.receive, actor, code, None)
    await doing(service.receive, lan, code, None)
    await doing(service.hand_over, lan, code, None)
    with pytest.raises(NotAllowed):
        await doing(service.process, lan, code, None, None)
    with pytest.raises(NotYourTurn):
        await doing(service.process, await cast.officer(cast.THANH), code, None, None)
    with pytest.raises(NotAllowed):
        await doing(service.approve, hoa, code, None, None)
    await doing(service.process, hoa, code, None, None)


async def test_the_desk_may_choose_which_specialist_gets_it(province: Tenant) -> None:
    lan, thanh = await cast.officer(cast.LAN), await cast.officer(cast.THANH)
    code = (await doing(service.intake, lan, on_paper())).code
    page = await queries.dossier_page(code, lan)
    assert page is not None
    land = next(post for post in page.receivers if post.key == "dia-chinh-xay-dung")
    await doing(service.hand_over, lan, code, page.version, post_id=land.id)
    assert (await turn(await doing(service.process, thanh, code, None, None)))["node"] == LEADER


async def test_a_post_of_another_kind_cannot_be_chosen(province: Tenant) -> None:
    lan, minh = await cast.officer(cast.LAN), await cast.officer(cast.MINH)
    code = (await doing(service.intake, lan, on_paper())).code
    with pytest.raises(Malformed):
        await doing(service.hand_over, lan, code, None, post_id=minh.posts[0].id)


async def test_people_come_and_go_and_the_dossier_stays_with_the_post(province: Tenant) -> None:
    lan, hoa, minh = [await cast.officer(name) for name in (cast.LAN, cast.HOA, cast.MINH)]
    code = (await doing(service.intake, lan, on_paper())).code
    handed = await doing(service.hand_over, lan, code, None)
    successor = Actor(kind="officer", name="Người mới", id=minh.id, posts=hoa.posts)
    leaver = Actor(kind="officer", name=hoa.name, id=hoa.id, posts=())
    with pytest.raises(NotFound):
        await doing(service.process, leaver, code, handed.version, None)
    done = await doing(service.process, successor, code, handed.version, None)
    assert (await turn(done))["node"] == LEADER


@pytest.mark.asvs("8.2.2")
async def test_officers_of_other_agencies_find_nothing(province: Tenant) -> None:
    lan = await cast.officer(cast.LAN)
    code = (await submitted(await cast.citizen())).code
    elsewhere = await db.tenant.fetch_row(
        "select p.id, p.agency_id from post p join agency a on a.id = p.agency_id"
        " where p.kind = 'reception' and a.key <> 'ubnd-phuong-quy-nhon' limit 1"
    )
    assert elsewhere is not None
    held = type(lan.posts[0])(
        elsewhere["id"], "reception", "Cán bộ", elsewhere["agency_id"], "Nơi khác"
    )
    stranger = Actor(kind="officer", name="Người Ngoài", id=lan.id, posts=(held,))
    assert await queries.dossier_page(code, stranger) is None
    for verb in (service.receive, service.hand_over, service.finish):
        with pytest.raises(NotFound):
            await doing(verb, stranger, code, None)
    with pytest.raises(NotFound):
        await doing(service.deliver, stranger, code, None, "counter")


async def test_an_officer_of_another_tenant_finds_nothing(
    province: Tenant, neighbour: Tenant
) -> None:
    code = (await submitted(await cast.citizen())).code
    outsider = await cast.at(neighbour, cast.officer(cast.OUTSIDER))
    for verb in (service.receive, service.hand_over, service.finish):
        with pytest.raises(NotFound):
            await doing(verb, outsider, code, None)
        with pytest.raises(NotFound):
            await cast.at(neighbour, doing(verb, outsider, code, None))
    assert await queries.dossier_page(code, outsider) is None
    assert await cast.at(neighbour, queries.dossier_page(code, outsider)) is None
    assert await cast.at(neighbour, queries.tracking(code, "0301")) is None


@pytest.mark.asvs("8.2.1", "8.3.1")
async def test_citizens_and_visitors_do_no_officers_work(province: Tenant) -> None:
    hung = await cast.citizen()
    code = (await submitted(hung)).code
    for actor in (hung, Actor(kind="visitor", name="Khách")):
        with pytest.raises(NotFound):
            await doing(service.receive, actor, code, None)


async def test_a_paper_taken_away_meanwhile_stops_the_reception(province: Tenant) -> None:
    lan, dossier = await cast.officer(cast.LAN), await submitted(await cast.citizen())
    await db.tenant.execute("update paper set object_id = null where dossier_id = $1", dossier.id)
    with pytest.raises(PapersMissing):
        await doing(service.receive, lan, dossier.code, None)


async def test_without_a_result_nothing_is_finished(province: Tenant) -> None:
    lan, hoa, minh = [await cast.officer(name) for name in (cast.LAN, cast.HOA, cast.MINH)]
    code = (await doing(service.intake, lan, on_paper())).code
    await doing(service.hand_over, lan, code, None)
    await doing(service.process, hoa, code, None, None)
    await doing(service.approve, minh, code, None, None)
    with pytest.raises(ResultMissing):
        await doing(service.finish, lan, code, None)
    finished = await doing(service.finish, lan, code, None, on_paper=True)
    assert finished.result_on_paper
    with pytest.raises(Malformed):
        await doing(service.deliver, lan, code, None, "electronic")
    await doing(service.deliver, lan, code, None, "counter")


async def test_a_result_is_a_pdf(province: Tenant) -> None:
    lan, hoa, minh = [await cast.officer(name) for name in (cast.LAN, cast.HOA, cast.MINH)]
    code = (await doing(service.intake, lan, on_paper())).code
    await doing(service.hand_over, lan, code, None)
    await doing(service.process, hoa, code, None, None)
    letter = await storage.keep(office("word/document.xml"), "ket-qua.docx", f"officer:{hoa.id}")
    with pytest.raises(Overtaken):
        await doing(service.attach_result, hoa, code, await result_file(hoa))
    await doing(service.approve, minh, code, None, None)
    with pytest.raises(Malformed):
        await doing(service.attach_result, hoa, code, letter)


async def test_a_result_sent_twice_is_attached_once(province: Tenant) -> None:
    lan, hoa, minh = [await cast.officer(name) for name in (cast.LAN, cast.HOA, cast.MINH)]
    code = (await doing(service.intake, lan, on_paper())).code
    await doing(service.hand_over, lan, code, None)
    await doing(service.process, hoa, code, None, None)
    await doing(service.approve, minh, code, None, None)
    sheets = [await result_file(hoa), await result_file(hoa)]
    first, second = [await doing(service.attach_result, hoa, code, sheet) for sheet in sheets]
    assert first == second and sheets[0].id != sheets[1].id
    acts = "select count(*) from trail where act = 'dossier.attach_result'"
    assert await db.tenant.fetch_value(acts) == 1


async def test_sending_back_says_why(province: Tenant) -> None:
    lan, hoa, minh = [await cast.officer(name) for name in (cast.LAN, cast.HOA, cast.MINH)]
    code = (await doing(service.intake, lan, on_paper())).code
    await doing(service.hand_over, lan, code, None)
    await doing(service.process, hoa, code, None, None)
    for note in (None, "", " \n ", "x" * 2001):
        with pytest.raises(Malformed) as refused:
            await doing(service.send_back, minh, code, None, note)
        assert list(refused.value.fields) == ["note"]


async def test_an_unknown_way_of_giving_out_is_refused(province: Tenant) -> None:
    lan, hoa, minh = [await cast.officer(name) for name in (cast.LAN, cast.HOA, cast.MINH)]
    code = (await doing(service.intake, lan, on_paper())).code
    await walked(lan, hoa, minh, code)
    for way in ("pigeon", "", "counter "):
        with pytest.raises(Malformed):
            await doing(service.deliver, lan, code, None, way)


async def test_nothing_follows_the_delivery(province: Tenant) -> None:
    lan, hoa, minh = [await cast.officer(name) for name in (cast.LAN, cast.HOA, cast.MINH)]
    code = (await doing(service.intake, lan, on_paper())).code
    await walked(lan, hoa, minh, code)
    await doing(service.deliver, lan, code, None, "postal")
    for verb in (service.receive, service.hand_over, service.finish):
        with pytest.raises(Overtaken):
            await doing(verb, lan, code, None)
    page = await queries.dossier_page(code, lan)
    assert page is not None and page.acts == []


WRITTEN_AT_SUBMISSION = ["dossier", "progress", "trail", "notice"]
WRITTEN_AT_RECEPTION = [
    *("progress", "trail", "deadline_entry", "slip", "notice", "usage_record", "usage_pending"),
]
_EVERYTHING = ["dossier", *WRITTEN_AT_RECEPTION, "code_counter"]


async def snapshot() -> dict[str, object]:
    """Every row of every table an act may touch."""
    return {
        table: await db.tenant.fetch_value(
            f"select coalesce(json_agg(t order by t::text), '[]')::text from {table} t"
        )
        for table in _EVERYTHING
    }


async def broken(tenant: Tenant, table: str, act: Callable[[], Awaitable[Any]]) -> None:
    """While it lasts, a row written to the table fails the statement, as a full disk would."""
    async with owner("main", tenant.database) as connection:
        await connection.execute(
            "create or replace function fail() returns trigger language plpgsql as"
            " $$ begin raise exception 'no space left on device'; end $$"
        )
        await connection.execute(
            f"create trigger fail after insert or update on {table} for each row"
            " execute function fail()"
        )
        with pytest.raises(asyncpg.PostgresError, match="no space left"):
            await act()
        await connection.execute(f"drop trigger fail on {table}")


@pytest.mark.asvs("2.3.3")
async def test_a_submission_that_fails_at_any_write_leaves_nothing(province: Tenant) -> None:
    hung = await cast.citizen()
    draft = await with_paper(hung, await begun(hung))
    before = await snapshot()
    for table in WRITTEN_AT_SUBMISSION:
        await broken(province, table, lambda: doing(service.submit, hung, draft.id))
        assert await snapshot() == before, table
    assert (await queries.draft(hung, draft.id)).dossier_code is None
    assert (await doing(service.submit, hung, draft.id)).code.endswith("-0001")


async def test_a_reception_that_fails_at_any_write_leaves_nothing(province: Tenant) -> None:
    lan, dossier = await cast.officer(cast.LAN), await submitted(await cast.citizen())
    before = await snapshot()
    for table in ("dossier", *WRITTEN_AT_RECEPTION):
        await broken(province, table, lambda: doing(service.receive, lan, dossier.code, 1))
        assert await snapshot() == before, table
    assert (await doing(service.receive, lan, dossier.code, 1)).version == 2


async def test_an_intake_that_fails_at_any_write_leaves_nothing(province: Tenant) -> None:
    lan, form, before = await cast.officer(cast.LAN), on_paper(), await snapshot()
    for table in ("dossier", "paper", *WRITTEN_AT_RECEPTION):
        await broken(province, table, lambda: doing(service.intake, lan, form))
        assert await snapshot() == before, table
        assert await db.tenant.fetch_value("select count(*) from paper") == 0
    assert (await doing(service.intake, lan, form)).code.endswith("-0001")


@pytest.mark.asvs("2.3.3")
async def test_a_refused_act_leaves_no_trace(province: Tenant) -> None:
    hoa, dossier = await cast.officer(cast.HOA), await submitted(await cast.citizen())
    before = await snapshot()
    with pytest.raises(NotAllowed):
        await doing(service.receive, hoa, dossier.code, None)
    assert await snapshot() == before


async def test_every_act_raises_the_version_and_leaves_one_trail_row(province: Tenant) -> None:
    lan, hoa, minh = [await cast.officer(name) for name in (cast.LAN, cast.HOA, cast.MINH)]
    dossier: Dossier = await doing(service.intake, lan, on_paper())
    assert (await walked(lan, hoa, minh, dossier.code)).version == 5
    rows = await db.tenant.fetch(
        "select act, actor_name, basis from trail where subject_id = $1 and act like 'dossier.%'"
        " order by at, id",
        str(dossier.id),
    )
    assert [row["act"].removeprefix("dossier.") for row in rows] == [
        Act.INTAKE, Act.HAND_OVER, Act.PROCESS, Act.APPROVE, Act.ATTACH_RESULT, Act.FINISH,
    ]  # fmt: skip
    assert [row["actor_name"].split()[-1] for row in rows] == [
        "Lan", "Lan", "Hoa", "Minh", "Hoa", "Lan",
    ]  # fmt: skip
    assert all("118/2025/NĐ-CP" in row["basis"] for row in rows)
