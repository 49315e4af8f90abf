"""Workflows drafted, published and retired in a real tenant, by administrators alone."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from msgspec.structs import replace

from app.onestop.catalog.shapes import PostKind
from app.onestop.workflows import service, shelf
from app.onestop.workflows.agencies import ByKey
from app.onestop.workflows.refusals import NoSuchWorkflow, NotADraft, NotInUse, WorkflowFaulty
from app.onestop.workflows.source import shipped
from app.onestop.workflows.tree import Nothing, Role, Sequence, Step, Sub, Workflow
from app.people.shapes import Actor
from app.refusals import NotAllowed, NotFound
from infra.clock import frozen
from tenants import db
from tenants.shapes import Tenant
from tenants.work import work
from tests import cast
from tests.onestop.dossiers.story import BIRTH, BUILDING

HOUSE = shipped()["gpxd-nha-o"]
MONDAY = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)


async def thu() -> Actor:
    return await cast.officer(cast.THU)


async def doing(verb: Any, *args: Any) -> Any:
    async with work():
        return await verb(*args)


async def drafted(workflow: Workflow = HOUSE, code: str = BUILDING) -> UUID:
    saved: UUID = await doing(service.save_draft, await thu(), code, msgspec.json.encode(workflow))
    return saved


async def trail(act: str) -> int:
    found: int = await db.tenant.fetch_value("select count(*) from trail where act = $1", act)
    return found


async def test_a_draft_is_in_force_only_once_it_is_published(province: Tenant) -> None:
    with frozen(MONDAY):
        workflow_id = await drafted()
        assert await shelf.in_force(BUILDING) is None
        published = await doing(service.publish, await thu(), workflow_id)
        assert (published.version, published.valid_from) == (1, date(2026, 11, 23))
        assert await shelf.in_force(BUILDING) == workflow_id
        assert await shelf.in_force(BUILDING, date(2026, 11, 22)) is None
        assert await shelf.in_force(BIRTH) is None
    assert (await shelf.workflow_of(workflow_id)).tree == HOUSE.tree
    assert await trail("workflow.save_draft") == await trail("workflow.publish") == 1


async def test_a_draft_is_written_anew_and_a_published_version_never(province: Tenant) -> None:
    first = await drafted()
    assert await drafted(replace(HOUSE, name="Tên khác")) == first
    await doing(service.publish, await thu(), first)
    with pytest.raises(NotADraft):
        await doing(service.publish, await thu(), first)
    second = await drafted(replace(HOUSE, name="Tên mới", version=77))
    kept = await shelf.versions_of(BUILDING)
    assert [(w.version, w.state, w.name) for w in kept] == [
        (2, "draft", "Tên mới"), (1, "published", "Tên khác"),
    ]  # fmt: skip
    assert second != first and kept[0].procedure_name


async def test_a_later_version_waits_for_its_day_and_retiring_brings_the_old_back(
    province: Tenant,
) -> None:
    with frozen(MONDAY):
        first, who = await drafted(), await thu()
        await doing(service.publish, who, first)
        second = await drafted(replace(HOUSE, valid_from=date(2026, 12, 1)))
        await doing(service.publish, who, second)
        assert await shelf.in_force(BUILDING) == first
        assert await shelf.in_force(BUILDING, date(2026, 12, 1)) == second
        await doing(service.retire, who, second)
        assert await shelf.in_force(BUILDING, date(2026, 12, 1)) == first
        with pytest.raises(NotInUse):
            await doing(service.retire, who, second)
    assert await trail("workflow.retire") == 1


@pytest.mark.parametrize(
    ("data", "place", "words"),
    [
        (b"{", "Quy trình", "không phải là JSON"),
        (b'{"la": 1}', "Quy trình", "Có mục lạ"),
        (msgspec.json.encode(HOUSE).replace(b'"specialist"', b'"thu-ky"'), "Bước 2", "thu-ky"),
    ],
)
async def test_unknown_words_are_not_even_kept(
    province: Tenant, data: bytes, place: str, words: str
) -> None:
    with pytest.raises(WorkflowFaulty) as refused:
        await doing(service.save_draft, await thu(), BUILDING, data)
    told = [f for f in refused.value.faults if place in f.place and words in f.reason]
    assert told, refused.value.faults
    assert await shelf.versions_of(BUILDING) == []


FAR = Sub("xa", "Tỉnh bạn", ByKey("so-y-te"), Role.SUPPORT, tenant="laocai")
MIDDLE = Step("giua", "Trả lại Bộ phận Một cửa", PostKind.RECEPTION)
NOWHERE = Sub("dau", "Đâu đó", ByKey("so-khong-co"), Role.SUPPORT, body=Nothing())


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (FAR, "Chưa khai báo hệ thống liên thông"),
        (MIDDLE, "chỉ đặt ở đầu"),
        (NOWHERE, "so-khong-co"),
    ],
)
async def test_a_faulty_workflow_is_not_published_at_all(
    province: Tenant, part: Any, words: str
) -> None:
    assert isinstance(HOUSE.tree, Sequence)
    parts = HOUSE.tree.parts
    tree = Sequence((*parts[:2], part, *parts[2:]))
    workflow_id = await drafted(replace(HOUSE, tree=tree))
    with pytest.raises(WorkflowFaulty) as refused:
        await doing(service.publish, await thu(), workflow_id)
    assert any(words in f.reason and f.place == "Quy trình › Bước 3" for f in refused.value.faults)
    assert await shelf.in_force(BUILDING) is None


async def test_only_administrators_touch_workflows(province: Tenant) -> None:
    workflow_id, lan = await drafted(), await cast.officer(cast.LAN)
    for verb, rest in (
        (service.save_draft, (BUILDING, msgspec.json.encode(HOUSE))),
        (service.publish, (workflow_id,)),
        (service.retire, (workflow_id,)),
    ):
        with pytest.raises(NotAllowed):
            await doing(verb, lan, *rest)


async def test_what_does_not_exist_is_not_found(province: Tenant) -> None:
    who = await thu()
    with pytest.raises(NotFound):
        await doing(service.save_draft, who, "0.000000", msgspec.json.encode(HOUSE))
    for verb in (service.publish, service.retire):
        with pytest.raises(NoSuchWorkflow):
            await doing(verb, who, uuid4())


async def test_a_neighbour_has_nothing_of_ours(province: Tenant, neighbour: Tenant) -> None:
    workflow_id = await drafted()
    await doing(service.publish, await thu(), workflow_id)
    assert await cast.at(neighbour, shelf.kept(workflow_id)) is None
    assert await cast.at(neighbour, shelf.everything()) == []
    with pytest.raises(LookupError):
        await cast.at(neighbour, shelf.workflow_of(workflow_id))
