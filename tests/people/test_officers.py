"""Admitting, dismissing, giving and taking posts."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from app.people import queries, refusals, service
from app.people.shapes import SYSTEM, Actor
from app.refusals import Malformed, NotAllowed
from infra import clock
from infra.ids import uuid7
from tenants import db
from tenants.work import work

AT = clock.now()
with clock.frozen(AT):
    TODAY = clock.today()
LAN = "Nguyễn Thị Lan"


@pytest.fixture(autouse=True)
def one_day():
    """Midnight does not come while these are run."""
    with clock.frozen(AT):
        yield


async def admitted(username: str = "lan.nguyen", **choices: str) -> UUID:
    async with work():
        return await service.admit(SYSTEM, username, LAN, **choices)


async def test_an_admitted_officer_holds_the_posts_of_the_day(posts: dict[str, UUID]) -> None:
    lan = await admitted()
    async with work():
        await service.hold_post(SYSTEM, lan, posts["reception"])
        await service.hold_post(SYSTEM, lan, posts["leader"], from_on=TODAY + timedelta(days=10))
    actor = await queries.actor_for_officer(lan)
    later = await queries.actor_for_officer(lan, TODAY + timedelta(days=10))
    assert actor is not None and later is not None
    assert [post.kind for post in actor.posts] == ["reception"]
    assert actor.holds("reception") and not actor.holds("leader")
    assert {post.kind for post in later.posts} == {"reception", "leader"}


async def test_the_last_day_of_a_post_still_counts(posts: dict[str, UUID]) -> None:
    lan, first, last = await admitted(), date(2026, 3, 2), date(2026, 3, 6)
    async with work():
        await service.hold_post(SYSTEM, lan, posts["reception"], from_on=first, to_on=last)
    counted = [
        len(actor.posts)
        for day in (first - timedelta(1), first, last, last + timedelta(1))
        if (actor := await queries.actor_for_officer(lan, day))
    ]
    assert counted == [0, 1, 1, 0]


async def test_a_released_post_ends_with_its_last_day(posts: dict[str, UUID]) -> None:
    lan = await admitted()
    async with work():
        holding = await service.hold_post(
            SYSTEM, lan, posts["reception"], from_on=TODAY - timedelta(days=5)
        )
        await service.release_post(SYSTEM, holding, to_on=TODAY - timedelta(days=1))
    actor = await queries.actor_for_officer(lan)
    assert actor is not None and actor.posts == ()


async def test_dismissal_takes_the_officer_and_every_post_away(posts: dict[str, UUID]) -> None:
    lan = await admitted()
    async with work():
        await service.hold_post(SYSTEM, lan, posts["reception"])
        await service.hold_post(SYSTEM, lan, posts["leader"], from_on=TODAY + timedelta(days=9))
        await service.dismiss(SYSTEM, lan)
    assert await queries.actor_for_officer(lan) is None
    assert await db.tenant.fetch_value("select count(*) from post_holding where to_on is null") == 0
    with pytest.raises(refusals.NoSuchOfficer):
        async with work():
            await service.hold_post(SYSTEM, lan, posts["leader"])


async def test_every_verb_leaves_a_trail_row(posts: dict[str, UUID]) -> None:
    lan = await admitted()
    async with work():
        holding = await service.hold_post(SYSTEM, lan, posts["reception"])
        await service.release_post(SYSTEM, holding)
        await service.dismiss(SYSTEM, lan)
    acts = await db.tenant.fetch(
        "select act from trail where subject_kind = 'officer' and subject_id = $1 order by at",
        str(lan),
    )
    assert [row["act"] for row in acts] == [
        "officer.admit",
        "officer.hold_post",
        "officer.release_post",
        "officer.dismiss",
    ]


async def test_only_an_administrator_may_admit(posts: dict[str, UUID]) -> None:
    clerk = Actor(kind="officer", id=uuid7(), name="Trần Văn Bình")
    with pytest.raises(NotAllowed):
        await service.admit(clerk, "ban.be", "Bạn Bè")
    thu = await admitted("thu.dang")
    async with work():
        await service.hold_post(SYSTEM, thu, posts["administrator"])
        administrator = await queries.actor_for_officer(thu)
        assert administrator is not None
        await service.admit(administrator, "ban.be", "Bạn Bè")


async def test_a_username_is_admitted_once_whatever_its_case(posts: dict[str, UUID]) -> None:
    await admitted()
    with pytest.raises(refusals.UsernameTaken):
        await admitted(" Lan.Nguyen")


async def test_an_empty_username_is_sent_back_with_its_field(posts: dict[str, UUID]) -> None:
    with pytest.raises(Malformed) as caught:
        await admitted("  ")
    assert "username" in caught.value.fields


async def test_one_post_is_not_held_twice_at_once(posts: dict[str, UUID]) -> None:
    lan = await admitted()
    async with work():
        await service.hold_post(SYSTEM, lan, posts["reception"])
    with pytest.raises(refusals.PostHeldAlready):
        async with work():
            await service.hold_post(SYSTEM, lan, posts["reception"], to_on=TODAY)


async def test_a_period_that_ends_before_it_begins_is_refused(posts: dict[str, UUID]) -> None:
    lan = await admitted()
    with pytest.raises(refusals.WrongPeriod):
        async with work():
            await service.hold_post(
                SYSTEM, lan, posts["reception"], from_on=TODAY, to_on=TODAY - timedelta(days=1)
            )


async def test_a_post_that_does_not_exist_is_not_given(posts: dict[str, UUID]) -> None:
    lan = await admitted()
    with pytest.raises(refusals.NoSuchPost):
        async with work():
            await service.hold_post(SYSTEM, lan, uuid7())
    with pytest.raises(refusals.NoSuchPost):
        async with work():
            await service.release_post(SYSTEM, uuid7())


async def test_the_list_shows_who_signed_in_and_who_was_dismissed(posts: dict[str, UUID]) -> None:
    lan, binh = await admitted(), await admitted("binh")
    async with work():
        await service.officer_by_subject("http://idp", "s-lan", "lan.nguyen")
        await service.hold_post(SYSTEM, lan, posts["reception"])
        await service.dismiss(SYSTEM, binh)
    rows = await queries.officers()
    assert [(row.username, row.has_signed_in) for row in rows] == [
        ("lan.nguyen", True),
        ("binh", False),
    ]
    assert [post.title for post in rows[0].posts] == ["Chức danh reception"]
    assert rows[1].dismissed_at is not None
    assert len(await queries.posts()) == 4
