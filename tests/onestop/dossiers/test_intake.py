"""Paper dossiers at the counter: the officer's form, its mistakes, its one-time key."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from app.onestop.catalog.refusals import NotCompetent
from app.onestop.dossiers import service
from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.refusals import CaseNeeded, LimitNeeded, PapersMissing
from app.onestop.dossiers.shapes import Intake, IntakePaper
from app.people.shapes import Actor
from app.refusals import Malformed, NotAllowed, NotFound
from infra.clock import frozen
from tenants import db
from tenants.shapes import Tenant
from tenants.work import work
from tests import cast
from tests.onestop.dossiers.story import BUILDING, agency, on_paper

UNLIMITED = "1.001653"  # no time limit is published for it


async def taken(officer: Actor, form: Intake) -> Dossier:
    async with work():
        return await service.intake(officer, form)


@pytest.mark.asvs("2.3.4")
async def test_the_same_form_sent_five_times_at_once_is_one_dossier(province: Tenant) -> None:
    lan, form = await cast.officer(cast.LAN), on_paper()
    codes = {d.code for d in await asyncio.gather(*(taken(lan, form) for _ in range(5)))}
    assert len(codes) == 1
    for table in ("dossier", "slip", "usage_record", "notice", "deadline_entry"):
        assert await db.tenant.fetch_value(f"select count(*) from {table}") == 1, table


async def test_who_holds_no_reception_post_receives_nothing(province: Tenant) -> None:
    for username in (cast.HOA, cast.MINH, cast.THU):
        with pytest.raises(NotAllowed):
            await taken(await cast.officer(username), on_paper())
    with pytest.raises(NotAllowed):
        await taken(await cast.citizen(), on_paper())


async def test_lan_cannot_receive_for_an_agency_that_is_not_hers(province: Tenant) -> None:
    with pytest.raises(NotAllowed):
        lan = await cast.officer(cast.LAN)
        await taken(lan, on_paper(agency_id=await agency("so-tu-phap")))


MISTAKES: list[tuple[str, dict[str, object]]] = [
    ("full_name", {"full_name": "  "}),
    ("full_name", {"full_name": "A" * 400}),
    ("full_name", {"full_name": "Bùi 🌸 Ngọc"}),
    ("full_name", {"full_name": "12345"}),
    ("phone", {"phone": "12 34"}),
    ("id_number", {"id_number": "052"}),
    ("email", {"email": "khong-phai-thu"}),
    ("address", {"address": "x" * 301}),
    ("summary", {"summary": "x" * 1001}),
    ("channel", {"channel": "online"}),
    ("wanted_way", {"wanted_way": "pigeon"}),
    ("paper.to-khai", {"papers": [IntakePaper(slot="to-khai", quantity=0)]}),
    ("paper.to-khai", {"papers": [IntakePaper(slot="to-khai", form="scan")]}),  # type: ignore[arg-type]
    ("paper.la", {"papers": [IntakePaper(slot="la")]}),
]


@pytest.mark.asvs("2.2.1", "2.2.2")
async def test_each_mistake_gets_a_sentence_beside_its_field(province: Tenant) -> None:
    lan = await cast.officer(cast.LAN)
    for field, choices in MISTAKES:
        with pytest.raises(Malformed) as refused:
            await taken(lan, on_paper(**choices))
        assert refused.value.fields.get(field), (field, choices)
    assert await db.tenant.fetch_value("select count(*) from dossier") == 0


async def test_missing_papers_are_all_named_at_once(province: Tenant) -> None:
    with pytest.raises(PapersMissing) as refused:
        await taken(await cast.officer(cast.LAN), on_paper(papers=[]))
    assert [paper.id for paper in refused.value.papers] == ["to-khai", "giay-chung-sinh"]


async def test_a_person_without_telephone_is_received_and_not_texted(province: Tenant) -> None:
    dossier = await taken(await cast.officer(cast.LAN), on_paper(phone=""))
    assert dossier.phone is None
    assert await db.tenant.fetch_value("select count(*) from notice") == 0


async def test_an_organisation_may_have_figures_in_its_name(province: Tenant) -> None:
    dossier = await taken(await cast.officer(cast.LAN), on_paper(full_name="Công ty TNHH Thử 79"))
    assert dossier.applicant_name == "Công ty TNHH Thử 79"


async def test_unknown_procedures_and_cases_are_refused(province: Tenant) -> None:
    lan = await cast.officer(cast.LAN)
    with pytest.raises(NotFound):
        await taken(lan, on_paper(procedure_code="9.999999"))
    with pytest.raises(CaseNeeded):
        await taken(lan, on_paper(procedure_code=BUILDING))


async def test_a_provincial_procedure_is_not_received_at_the_ward(province: Tenant) -> None:
    provincial = await db.tenant.fetch_value(
        "select code from procedure where document->'levels' = '[\"province\"]' limit 1"
    )
    with pytest.raises(NotCompetent):
        await taken(await cast.officer(cast.LAN), on_paper(procedure_code=provincial))


async def test_without_a_published_limit_the_officer_sets_the_days(province: Tenant) -> None:
    lan = await cast.officer(cast.LAN)
    slot = await db.tenant.fetch_value(
        "select document->'cases'->0->'papers'->0->>'id' from procedure where code = $1", UNLIMITED
    )
    form = {"procedure_code": UNLIMITED, "papers": [IntakePaper(slot=slot)]}
    for days in (None, 0, 366):
        with pytest.raises(LimitNeeded):
            await taken(lan, on_paper(**form, working_days=days))
    with frozen(datetime(2026, 11, 16, 2, 0, tzinfo=UTC)):
        dossier = await taken(lan, on_paper(**form, working_days=3))
    assert dossier.due_at == datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
    lines = await db.tenant.fetch_value("select explanation->>0 from deadline_entry")
    assert "ấn định" in lines


async def test_after_three_in_the_afternoon_a_birth_is_due_next_day(province: Tenant) -> None:
    with frozen(datetime(2026, 11, 16, 8, 30, tzinfo=UTC)):  # 15:30 in Vietnam
        dossier = await taken(await cast.officer(cast.LAN), on_paper())
    assert dossier.due_at == datetime(2026, 11, 17, 10, 0, tzinfo=UTC)


async def test_a_key_used_elsewhere_tells_nothing(province: Tenant) -> None:
    key, lan = uuid4(), await cast.officer(cast.LAN)
    await taken(lan, on_paper(key=key))
    other = await db.tenant.fetch_row(
        "select p.id, p.agency_id from post p join agency a on a.id = p.agency_id"
        " where p.kind = 'reception' and a.key <> 'ubnd-phuong-quy-nhon' limit 1"
    )
    assert other is not None
    held = lan.posts[0]
    stranger = Actor(
        kind="officer", name="Người Ngoài", id=uuid4(),
        posts=(type(held)(other["id"], "reception", "Cán bộ", other["agency_id"], "Nơi khác"),),
    )  # fmt: skip
    with pytest.raises(NotFound):
        await taken(stranger, on_paper(key=key))
