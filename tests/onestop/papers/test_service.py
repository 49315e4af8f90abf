"""Attaching, listing, taking away and opening papers, on a province's real data."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from app.onestop.dossiers import service as dossiers
from app.onestop.papers import jobs, queries, refusals, service, uploading
from app.people.shapes import Actor
from app.refusals import NotFound
from infra import clock
from storage import queries as storage
from storage import staging
from storage.service import keep
from storage.shapes import ObjectMissing, StoredObject
from storage.store import store_of
from tenants import db
from tenants.current import current
from tenants.shapes import Tenant
from tenants.work import work
from tests import cast
from tests.storage import samples

PDF = samples.pdf()


async def stored(content: bytes = PDF, name: str = "Giấy chứng sinh.pdf") -> StoredObject:
    return await keep(content, name, "citizen:hung")


async def attached(citizen: Actor, draft: UUID, slot: str) -> tuple[UUID, StoredObject]:
    object_ = await stored()
    async with work():
        return await service.attach_to_draft(citizen, draft, slot, object_), object_


async def test_a_file_becomes_a_paper_of_the_draft(hung: Actor, draft: UUID, slot: str) -> None:
    paper_id, object_ = await attached(hung, draft, slot)
    [paper] = await queries.papers_of_draft(draft)
    assert (paper.id, paper.slot, paper.name) == (paper_id, slot, "Giấy chứng sinh.pdf")
    assert (paper.digest, paper.size, paper.scan) == (object_.digest, len(PDF), "unscanned")
    assert paper.url == f"/giay-to/{paper_id}"
    trail = await db.tenant.fetch_row("select * from trail where act = 'paper.attach'")
    assert trail is not None
    assert (trail["subject_kind"], trail["subject_id"]) == ("draft", str(draft))


async def test_attaching_the_same_file_twice_keeps_one_paper(
    hung: Actor, draft: UUID, slot: str
) -> None:
    first, object_ = await attached(hung, draft, slot)
    async with work():
        assert await service.attach_to_draft(hung, draft, slot, object_) == first
    assert len(await queries.papers_of_draft(draft)) == 1


async def test_a_form_sent_twice_brings_one_paper(hung: Actor, draft: UUID, slot: str) -> None:
    first, _ = await attached(hung, draft, slot)
    again, same = await attached(hung, draft, slot)
    assert again == first
    assert len(await queries.papers_of_draft(draft)) == 1
    other = await stored(samples.pdf(2))
    async with work():
        assert await service.attach_to_draft(hung, draft, slot, other) != first
        await service.remove(hung, first)
    # What was taken away may come again.
    assert (await attached(hung, draft, slot))[0] != first
    with clock.frozen(clock.now() + timedelta(days=2)):
        assert await jobs.discard_unattached() == 1
    assert await storage.found(same.id) is None


async def test_nobody_else_attaches_opens_or_removes(
    hung: Actor, draft: UUID, slot: str, province: Tenant
) -> None:
    paper_id, object_ = await attached(hung, draft, slot)
    stranger = await cast.citizen("Khách", "khach")
    for other in (stranger, await cast.officer(cast.LAN), await cast.officer(cast.THU)):
        async with work():
            for act in (
                service.attach_to_draft(other, draft, slot, object_),
                service.remove(other, paper_id),
                service.link_for(other, paper_id),
            ):
                with pytest.raises(NotFound):
                    await act
        with pytest.raises(NotFound):
            await uploading.begin(other, f"draft:{draft}", slot, "a.pdf", 10)
    assert len(await queries.papers_of_draft(draft)) == 1


async def test_a_paper_the_procedure_does_not_ask_for_is_not_taken(
    hung: Actor, draft: UUID
) -> None:
    with pytest.raises(NotFound):
        await attached(hung, draft, "khong-co")


async def test_one_paper_holds_only_so_many_files(hung: Actor, draft: UUID, slot: str) -> None:
    paper_id, _ = await attached(hung, draft, slot)
    await db.tenant.execute(
        "insert into paper (id, draft_id, kind, slot, name, form, object_id, added_at, added_by)"
        " select gen_random_uuid(), draft_id, kind, slot, name, form, null, added_at, added_by"
        " from paper, generate_series(2, 20) where id = $1",
        paper_id,
    )
    other = await stored(samples.pdf(2))
    with pytest.raises(refusals.SlotFull):
        async with work():
            await service.attach_to_draft(hung, draft, slot, other)


async def test_a_removed_paper_and_its_file_are_gone(hung: Actor, draft: UUID, slot: str) -> None:
    paper_id, object_ = await attached(hung, draft, slot)
    async with work():
        await service.remove(hung, paper_id)
    assert await queries.papers_of_draft(draft) == []
    assert await storage.found(object_.id) is None
    await jobs.sweep_papers()
    with pytest.raises(ObjectMissing):
        await store_of(current()).stat(object_.key)
    async with work():
        with pytest.raises(NotFound):
            await service.remove(hung, paper_id)


async def test_after_filing_nothing_is_added_or_removed(
    hung: Actor, draft: UUID, slot: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper_id, _ = await attached(hung, draft, slot)
    dossier_id = await filed(draft)
    with pytest.raises(refusals.AlreadyFiled):
        await attached(hung, draft, slot)
    async with work():
        with pytest.raises(refusals.AlreadyFiled):
            await service.remove(hung, paper_id)
    with pytest.raises(NotFound):
        await uploading.begin(hung, f"draft:{draft}", slot, "a.pdf", 10)
    [paper] = await queries.papers_of_dossier(dossier_id)
    assert paper.id == paper_id


async def filed(draft: UUID) -> UUID:
    """The draft made a dossier, with its papers, as filing does."""
    identity = uuid4()
    async with work():
        await db.tenant.execute(
            "insert into dossier (id, code, procedure_id, agency_id, channel, status, citizen_id,"
            " applicant_name, applicant, summary, wanted_way, filed_at)"
            " select $1, 'H08.28-261122-0001', procedure_id, agency_id, 'online', 1, citizen_id,"
            " 'Trần Văn Hùng', '{}', 'Khai sinh', wanted_way, $3 from draft where id = $2",
            *(identity, draft, clock.now()),
        )
        await db.tenant.execute(
            "update paper set dossier_id = $2 where draft_id = $1", draft, identity
        )
        await db.tenant.execute("update draft set dossier_id = $2 where id = $1", draft, identity)
    return identity


async def test_officers_of_the_agency_open_a_filed_paper_and_others_do_not(
    hung: Actor, draft: UUID, slot: str
) -> None:
    paper_id, _ = await attached(hung, draft, slot)
    await filed(draft)
    for reader in (hung, await cast.officer(cast.LAN), await cast.officer(cast.MINH)):
        assert (await service.link_for(reader, paper_id)).startswith("/kho/")
    stranger = await cast.citizen("Khách", "khach")
    for other in (stranger, await cast.officer(cast.THU)):
        with pytest.raises(NotFound):
            await service.link_for(other, paper_id)


async def test_an_officer_adds_a_scan_to_a_dossier(hung: Actor, draft: UUID, slot: str) -> None:
    dossier_id, object_ = await filed(draft), await stored()
    lan = await cast.officer(cast.LAN)
    async with work():
        await service.attach_to_dossier(lan, dossier_id, slot, object_)
    [paper] = await queries.papers_of_dossier(dossier_id, "submitted")
    assert paper.digest == object_.digest
    async with work():
        with pytest.raises(NotFound):
            await service.attach_to_dossier(hung, dossier_id, slot, object_)


async def test_another_province_finds_nothing(
    hung: Actor, draft: UUID, slot: str, neighbour: Tenant
) -> None:
    paper_id, _ = await attached(hung, draft, slot)
    await filed(draft)

    async def intrude() -> None:
        outsider = await cast.officer(cast.OUTSIDER)
        with pytest.raises(NotFound):
            await service.link_for(outsider, paper_id)
        with pytest.raises(NotFound):
            await uploading.begin(hung, f"draft:{draft}", slot, "a.pdf", 10)

    await cast.at(neighbour, intrude())


async def test_a_stored_object_nobody_attached_is_swept_after_a_day(
    hung: Actor, draft: UUID, slot: str
) -> None:
    _, kept = await attached(hung, draft, slot)
    left = await stored()
    assert await jobs.discard_unattached() == 0
    with clock.frozen(clock.now() + jobs.UNATTACHED + timedelta(minutes=1)):
        await jobs.sweep_papers()
    assert await storage.found(left.id) is None
    assert await storage.found(kept.id) == kept
    with pytest.raises(ObjectMissing):
        await store_of(current()).stat(left.key)


async def test_a_complete_upload_left_alone_becomes_a_paper(
    hung: Actor, draft: UUID, slot: str
) -> None:
    upload = await uploading.begin(hung, f"draft:{draft}", slot, "a.pdf", len(PDF))
    await staging.fill(upload.id, PDF)
    [pending] = await queries.pending_of(f"draft:{draft}")
    assert (pending.slot, pending.verdict) == (slot, "Đang tải lên")
    assert await jobs.settle_uploads() == 1
    [paper] = await queries.papers_of_draft(draft)
    assert paper.name == "a.pdf"
    assert await queries.pending_of(f"draft:{draft}") == []


async def test_an_upload_for_a_draft_thrown_away_ends(hung: Actor, draft: UUID, slot: str) -> None:
    upload = await uploading.begin(hung, f"draft:{draft}", slot, "a.pdf", len(PDF))
    await staging.fill(upload.id, PDF)
    async with work():
        await dossiers.discard_draft(hung, draft)
    # Nothing is checked any more, and what it left is for the sweep.
    assert await jobs.settle_uploads() == 0
    assert await storage.found(upload.id) is None
    assert await jobs.sweep_papers() == 1


async def test_the_remove_button_serves_papers_and_files_that_never_became_one(
    hung: Actor, draft: UUID, slot: str
) -> None:
    paper_id, _ = await attached(hung, draft, slot)
    about = (hung, f"draft:{draft}", slot, "a.pdf", len(samples.EXE))
    open_, refused = await uploading.begin(*about), await uploading.begin(*about)
    await staging.fill(refused.id, samples.EXE)
    await jobs.settle_uploads()
    assert [file.state for file in await queries.pending_of(f"draft:{draft}")] == [
        "open",
        "refused",
    ]
    stranger = await cast.citizen("Khách", "khach")
    for identity in (paper_id, open_.id, refused.id):
        with pytest.raises((NotFound, refusals.UploadGone)):
            await uploading.take_away(stranger, str(identity))
        await uploading.take_away(hung, str(identity))
    assert await queries.papers_of_draft(draft) == []
    assert await queries.pending_of(f"draft:{draft}") == []
    with pytest.raises(NotFound):
        await uploading.take_away(hung, "khong-phai-ma")


async def test_a_refusal_is_shown_for_an_hour(hung: Actor, draft: UUID, slot: str) -> None:
    upload = await uploading.begin(hung, f"draft:{draft}", slot, "a.pdf", len(samples.EXE))
    await staging.fill(upload.id, samples.EXE)
    await jobs.settle_uploads()
    assert len(await queries.pending_of(f"draft:{draft}")) == 1
    with clock.frozen(clock.now() + timedelta(minutes=61)):
        assert await queries.pending_of(f"draft:{draft}") == []


def test_every_reason_has_a_sentence() -> None:
    codes = ("empty too_large unknown_type wrong_extension encrypted broken no_pages infected "
             "unwanted too_many too_many_dots")  # fmt: skip
    sentences = {refusals.sentence(code) for code in codes.split()}
    assert len(sentences) == len(codes.split())
    assert "Tệp vượt quá 20 MB" in refusals.sentence("too_large")
    assert not any("!" in sentence for sentence in sentences)
