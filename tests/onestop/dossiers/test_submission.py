"""Drafts and submitting: once, whole, and only when everything is there."""

import asyncio
import unicodedata

import msgspec
import pytest

from app.onestop.catalog import service as catalog
from app.onestop.catalog.refusals import FilingClosed, NotCompetent
from app.onestop.dossiers import queries, service
from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.refusals import AlreadySubmitted, CaseNeeded, PapersMissing
from app.people.shapes import Actor
from app.refusals import Malformed, NotFound
from storage import uploads
from tenants import db
from tenants.shapes import Tenant
from tenants.work import work
from tests import cast
from tests.onestop.dossiers.story import BIRTH, BUILDING, agency, begun, submitted, with_paper


async def in_work(citizen: Actor, draft_id: object) -> Dossier:
    async with work():
        return await service.submit(citizen, draft_id)  # type: ignore[arg-type]


async def count(table: str) -> int:
    return int(await db.tenant.fetch_value(f"select count(*) from {table}"))


async def test_a_double_click_gives_one_dossier(province: Tenant) -> None:
    hung = await cast.citizen()
    draft = await with_paper(hung, await begun(hung))
    clicks = await asyncio.gather(*(in_work(hung, draft.id) for _ in range(5)))
    assert len({dossier.code for dossier in clicks}) == 1
    assert [await count(t) for t in ("dossier", "notice", "progress")] == [1, 1, 1]


async def test_submitting_again_next_day_still_gives_the_same_dossier(province: Tenant) -> None:
    hung = await cast.citizen()
    draft = await with_paper(hung, await begun(hung))
    first = await in_work(hung, draft.id)
    assert (await in_work(hung, draft.id)).id == first.id


async def test_fifty_citizens_at_once_get_fifty_codes(province: Tenant) -> None:
    people = [await cast.citizen(f"Trần Văn Thử {n}", f"thu.{n}") for n in range(50)]
    drafts = [await with_paper(person, await begun(person)) for person in people]
    filed = await asyncio.gather(
        *(in_work(person, draft.id) for person, draft in zip(people, drafts, strict=True))
    )
    numbers = sorted(int(dossier.code.rpartition("-")[2]) for dossier in filed)
    assert numbers == list(range(1, 51))


async def test_a_missing_paper_is_named_and_nothing_is_filed(province: Tenant) -> None:
    hung = await cast.citizen()
    draft = await begun(hung)
    with pytest.raises(PapersMissing) as refused:
        await in_work(hung, draft.id)
    assert list(refused.value.fields) == ["paper.giay-chung-sinh"]
    assert [await count(t) for t in ("dossier", "notice", "progress", "code_counter")] == [0] * 4


async def test_wrong_answers_are_marked_field_by_field_and_kept(province: Tenant) -> None:
    hung = await cast.citizen()
    draft = await begun(hung, nyc_dien_thoai="12345", ks_ten="")
    with pytest.raises(Malformed) as refused:
        await in_work(hung, draft.id)
    assert set(refused.value.fields) == {"nyc_dien_thoai", "ks_ten"}
    view = await queries.draft(hung, draft.id)
    assert view.answers["nyc_dien_thoai"] == "12345"


async def test_an_impossible_name_is_refused_in_a_sentence_and_kept(province: Tenant) -> None:
    hung = await cast.citizen()
    for name in ("A" * 400, "Trần 😀 Hùng"):
        draft = await begun(hung, nyc_ten=name)
        with pytest.raises(Malformed) as refused:
            await in_work(hung, draft.id)
        assert list(refused.value.fields) == ["nyc_ten"]
        assert (await queries.draft(hung, draft.id)).answers["nyc_ten"] == name


async def test_a_decomposed_name_is_kept_composed(province: Tenant) -> None:
    decomposed = unicodedata.normalize("NFD", "Nguyễn Thị Hường")
    dossier = await submitted(await cast.citizen(), nyc_ten=decomposed)
    kept = await db.tenant.fetch_value(
        "select applicant_name from dossier where id = $1", dossier.id
    )
    assert kept == "NGUYỄN THỊ HƯỜNG"
    assert msgspec.json.decode(dossier.applicant)["phone"] == "+84905000301"


async def test_control_characters_do_not_break_the_draft(province: Tenant) -> None:
    hung = await cast.citizen()
    draft = await begun(hung, nyc_noi_cap="Cục\x00 \u202eCảnh sát")
    assert (await queries.draft(hung, draft.id)).answers["nyc_noi_cap"] == "Cục Cảnh sát"


async def test_another_citizens_draft_does_not_exist(province: Tenant) -> None:
    hung, ngoc = await cast.citizen(), await cast.citizen("Bùi Thị Ngọc", "ngoc.bui")
    draft = await with_paper(hung, await begun(hung))
    with pytest.raises(NotFound):
        await in_work(ngoc, draft.id)
    async with work():
        with pytest.raises(NotFound):
            await service.save_draft(ngoc, draft.id, {"ks_ten": "Bình"})


async def test_an_officer_cannot_submit_for_a_citizen(province: Tenant) -> None:
    hung, lan = await cast.citizen(), await cast.officer(cast.LAN)
    draft = await begun(hung)
    with pytest.raises(NotFound):
        await in_work(lan, draft.id)


async def test_a_procedure_has_one_open_draft(province: Tenant) -> None:
    hung = await cast.citizen()
    first = await begun(hung)

    async def start() -> object:
        async with work():
            return (await service.start_draft(hung, BIRTH, await agency())).id

    ids = set(await asyncio.gather(*(start() for _ in range(4))))
    assert ids == {first.id}
    assert (await queries.draft(hung, first.id)).answers["ks_ten"] == "An"


async def test_after_submitting_a_new_draft_begins_prefilled(province: Tenant) -> None:
    hung = await cast.citizen()
    await submitted(hung)
    async with work():
        draft = await service.start_draft(hung, BIRTH, await agency())
    view = await queries.my_draft(hung, BIRTH)
    assert view is not None and view.id == draft.id
    assert view.answers == {"nyc_ten": "Trần Văn Hùng", "nyc_dien_thoai": "0905 000 301"}


async def test_a_discarded_draft_is_gone(province: Tenant) -> None:
    hung = await cast.citizen()
    draft = await with_paper(hung, await begun(hung))
    async with work():
        await service.discard_draft(hung, draft.id)
    assert await queries.my_draft(hung, BIRTH) is None
    assert [await count(t) for t in ("draft", "paper")] == [0, 0]


async def test_uploads_of_a_discarded_draft_keep_nobody_from_uploading(province: Tenant) -> None:
    hung = await cast.citizen()
    draft, owner = await begun(hung), f"citizen:{hung.id}"
    for _ in range(uploads.AT_ONCE):
        await uploads.begin(owner, target=f"draft:{draft.id}", slot="x", file_name="a.pdf", size=9)
    async with work():
        await service.discard_draft(hung, draft.id)
    assert await uploads.begin(owner, target="draft:x", slot="x", file_name="a.pdf", size=9)


async def test_a_submitted_draft_cannot_be_changed_or_discarded(province: Tenant) -> None:
    hung = await cast.citizen()
    draft = await with_paper(hung, await begun(hung))
    await in_work(hung, draft.id)
    for change in (
        service.save_draft(hung, draft.id, {"ks_ten": "Bình"}),
        service.discard_draft(hung, draft.id),
    ):
        async with work():
            with pytest.raises(AlreadySubmitted):
                await change


async def test_an_agency_that_does_not_settle_it_is_refused(province: Tenant) -> None:
    hung = await cast.citizen()
    async with work():
        with pytest.raises(NotCompetent):
            await service.start_draft(hung, BIRTH, await agency("so-xay-dung"))


async def test_a_case_must_be_chosen_where_there_are_several(province: Tenant) -> None:
    hung = await cast.citizen()
    for case_id in (None, "th-99"):
        async with work():
            with pytest.raises(CaseNeeded):
                await service.start_draft(hung, BUILDING, await agency(), case_id)
    async with work():
        assert (await service.start_draft(hung, BUILDING, await agency(), "th-1")).case_id == "th-1"


async def test_a_closed_procedure_takes_no_more_dossiers(province: Tenant) -> None:
    hung, thu = await cast.citizen(), await cast.officer(cast.THU)
    draft = await with_paper(hung, await begun(hung))
    async with work():
        await catalog.switch_filing(thu, BIRTH, "national_portal")
    with pytest.raises(FilingClosed):
        await in_work(hung, draft.id)


async def test_my_dossiers_are_mine_and_come_in_pages(province: Tenant) -> None:
    hung, ngoc = await cast.citizen(), await cast.citizen("Bùi Thị Ngọc", "ngoc.bui")
    codes = [(await submitted(hung)).code for _ in range(3)]
    first = await queries.my_dossiers(hung, limit=2)
    rest = await queries.my_dossiers(hung, after=first.next, limit=2)
    assert [line.code for line in (*first.lines, *rest.lines)] == codes[::-1]
    assert rest.next is None
    assert (await queries.my_dossiers(ngoc)).lines == []
