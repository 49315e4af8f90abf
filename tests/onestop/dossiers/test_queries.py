"""What each screen is told, and what it is not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.onestop.dossiers import queries, service
from app.onestop.dossiers.applicants import masked_name
from app.onestop.dossiers.queries import paging
from app.onestop.dossiers.queries.desk import Group, group_of
from app.onestop.dossiers.rules import Act, Status
from app.people.shapes import Actor
from infra.clock import frozen
from infra.ids import uuid7
from tenants import db
from tenants.shapes import Tenant
from tenants.work import reading, work
from tests import cast
from tests.onestop.dossiers.story import BIRTH, on_paper, submitted, walked

NOBODY = Actor(kind="citizen", name="Trần Văn Không", id=uuid7())
MONDAY = datetime(2026, 11, 16, 2, 30, tzinfo=UTC)  # 09:30 in Vietnam


async def taken(**choices: Any) -> str:
    async with work():
        return (await service.intake(await cast.officer(cast.LAN), on_paper(**choices))).code


async def finished(code: str) -> None:
    people = [await cast.officer(name) for name in (cast.LAN, cast.HOA, cast.MINH)]
    await walked(people[0], people[1], people[2], code)


async def test_without_the_second_factor_only_status_and_dates_are_told(province: Tenant) -> None:
    code = await taken()
    for digits in (None, "", "0000", "302", "0905000302", "%"):
        found = await queries.tracking(code, digits)
        assert found is not None
        assert found.status is Status.RECEIVED
        assert found.details is None


async def test_with_the_last_digits_of_the_phone_the_dossier_is_told(province: Tenant) -> None:
    code = await taken()
    found = await queries.tracking(code, "0302")
    assert found is not None and found.details is not None
    assert found.details.applicant_name == "Bùi T*** N***"
    assert found.details.procedure_name == "Đăng ký khai sinh"
    assert [step.title for step in found.details.steps] == ["Tiếp nhận hồ sơ"]
    assert found.details.results == []


async def test_without_a_telephone_the_personal_number_serves(province: Tenant) -> None:
    code = await taken(phone="", id_number="052190000017")
    found = await queries.tracking(code, "0017")
    assert found is not None and found.details is not None


async def test_with_neither_nothing_opens_the_details(province: Tenant) -> None:
    code = await taken(phone="")
    for digits in (None, "", "null", "None"):
        found = await queries.tracking(code, digits)
        assert found is not None and found.details is None


async def test_officers_opinions_are_not_told_to_whoever_follows(province: Tenant) -> None:
    code = await taken()
    await finished(code)
    found = await queries.tracking(code, "0302")
    assert found is not None and found.details is not None
    assert len(found.details.steps) == 5
    assert "Đủ điều kiện" not in str(found)
    assert [result.file_name for result in found.details.results] == ["ket-qua.pdf"]


async def test_an_unknown_code_is_followed_to_nothing(province: Tenant) -> None:
    assert await queries.tracking("H08.99-261116-0001", "0302") is None


async def test_following_is_one_statement_and_writes_nothing(province: Tenant) -> None:
    code = await taken()
    with reading():
        assert await queries.tracking(code, "0302") is not None


async def test_the_queue_shows_the_oldest_first_with_eight_hours_to_answer(
    province: Tenant,
) -> None:
    codes = []
    for hours in range(3):
        with frozen(MONDAY + timedelta(hours=hours)):
            person = await cast.citizen(f"Trần Thử {hours}", f"thu.{hours}")
            codes.append((await submitted(person)).code)
    lan = await cast.officer(cast.LAN)
    agencies = [post.agency_id for post in lan.posts]
    with frozen(MONDAY + timedelta(days=1, hours=1)):
        first = await queries.reception_queue(agencies, limit=2)
        rest = await queries.reception_queue(agencies, limit=2, after=first.next)
    assert [line.code for line in (*first.lines, *rest.lines)] == codes
    assert first.lines[0].answer_by.astimezone(UTC) == MONDAY + timedelta(days=1)
    assert [line.remaining.overdue for line in (*first.lines, *rest.lines)] == [True, False, False]


async def test_the_inbox_groups_by_urgency_and_counts_everything(province: Tenant) -> None:
    hoa, lan = await cast.officer(cast.HOA), await cast.officer(cast.LAN)
    codes = [await taken() for _ in range(4)]
    for code in codes:
        async with work():
            await service.hand_over(lan, code, None)
    dues = [MONDAY - timedelta(hours=1), MONDAY + timedelta(hours=2), MONDAY + timedelta(days=2)]
    dues.append(MONDAY + timedelta(days=9))
    for code, due in zip(codes, dues, strict=True):
        await db.tenant.execute(
            "update task set due_at = $2 from dossier d where d.id = dossier_id and d.code = $1"
            " and state = 'open'",
            *(code, due),
        )
    with frozen(MONDAY):
        posts = [post.id for post in hoa.posts]
        found = await queries.inbox(posts)
        small = await queries.inbox(posts, limit=3)
        counts = await queries.desk_counts([post.agency_id for post in hoa.posts], posts)
    assert [group.name for group in found.groups] == ["Quá hạn", "Hôm nay", "2 ngày tới", "Còn lại"]
    assert [[line.code for line in group.lines] for group in found.groups] == [[c] for c in codes]
    assert [group.total for group in small.groups] == [1, 1, 1, 1]
    assert small.groups[3].lines == []
    with frozen(MONDAY):
        last = await queries.inbox(posts, after=small.next)
    assert [line.code for line in last.groups[3].lines] == codes[3:]
    assert (counts.turn, counts.overdue, counts.waiting, counts.to_deliver) == (4, 1, 0, 0)


async def test_an_inbox_without_posts_is_empty(province: Tenant) -> None:
    await taken()
    found = await queries.inbox([])
    assert found.total == 0
    assert (await queries.reception_queue([])).lines == []
    assert (await queries.to_deliver([])).lines == []


async def test_the_dossiers_page_shows_each_what_is_theirs(province: Tenant) -> None:
    hung, lan = await cast.citizen(), await cast.officer(cast.LAN)
    code = (await submitted(hung)).code
    for_lan = await queries.dossier_page(code, lan)
    assert for_lan is not None
    assert for_lan.acts == [Act.RECEIVE, Act.REFUSE, Act.ASK_SUPPLEMENT, Act.WITHDRAW]
    assert for_lan.applicant.id_number == "052085000023"
    assert [paper.slot for paper in for_lan.papers] == ["giay-chung-sinh"]
    assert [sheet.title for sheet in for_lan.sheets if not sheet.lines] == []
    assert len(for_lan.sheets) > 2
    assert len(for_lan.notices) == 1
    for_hung = await queries.dossier_page(code, hung)
    assert for_hung is not None
    assert (for_hung.acts, for_hung.notices, for_hung.ledger) == ([Act.WITHDRAW], [], [])
    ngoc = await cast.citizen("Bùi Thị Ngọc", "ngoc.bui")
    assert await queries.dossier_page(code, ngoc) is None
    assert await queries.dossier_page(code, await cast.officer(cast.THU)) is None


async def test_a_citizen_sees_the_result_only_when_it_is_finished(province: Tenant) -> None:
    hung, lan = await cast.citizen(), await cast.officer(cast.LAN)
    code = (await submitted(hung)).code
    async with work():
        await service.receive(lan, code, None)
    await finished(code)
    page = await queries.dossier_page(code, hung)
    assert page is not None
    assert len(page.results) == 1
    assert [each.note for each in page.passed] == [None] * 6
    await db.tenant.execute("update dossier set status = 4 where code = $1", code)
    page = await queries.dossier_page(code, hung)
    assert page is not None and page.results == []


async def test_the_page_explains_the_deadline(province: Tenant) -> None:
    with frozen(MONDAY):
        code = await taken()
        page = await queries.dossier_page(code, await cast.officer(cast.LAN))
    assert page is not None and page.remaining is not None
    assert not page.remaining.overdue
    assert page.ledger[0].explanation[0].startswith("Tiếp nhận lúc")
    assert [step.state for step in page.steps] == ["current", "ahead", "ahead", "ahead"]


async def test_the_page_is_read_without_writing(province: Tenant) -> None:
    code = await taken()
    lan = await cast.officer(cast.LAN)
    with reading():
        assert await queries.dossier_page(code, lan) is not None
        assert await queries.my_draft(NOBODY, BIRTH) is None


@pytest.mark.parametrize(
    ("hours", "group"),
    [
        (-0.1, Group.OVERDUE), (0, Group.TODAY), (14.4, Group.TODAY), (14.6, Group.SOON),
        (62.4, Group.SOON), (62.6, Group.LATER), (999, Group.LATER),
    ],
)  # fmt: skip
def test_days_end_at_midnight_in_vietnam(hours: float, group: Group) -> None:
    assert group_of(MONDAY + timedelta(hours=hours), MONDAY) is group


@given(st.integers(0, 4_000_000_000_000_000), st.uuids())
def test_a_page_begins_where_the_last_one_ended(micros: int, identity: Any) -> None:
    key = (datetime(2000, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros), identity)
    assert paging.read(paging.written(key)) == key


@given(st.text())
def test_a_made_up_page_is_the_first_page(text: str) -> None:
    at, identity = paging.read(text)
    assert (at is None) == (identity is None)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Trần Văn Hùng", "Trần V*** H***"),
        ("Lan", "Lan"),
        ("", ""),
        ("Ksor H'Hen", "Ksor H***"),
    ],
)
def test_a_strangers_view_of_a_name(name: str, shown: str) -> None:
    assert masked_name(name) == shown
