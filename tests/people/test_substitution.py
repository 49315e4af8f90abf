"""X stands in for Y by a decision, for a time, at one post."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.people import queries, refusals, service
from app.people.shapes import SYSTEM
from app.people.substitution import stand_in
from app.refusals import Malformed
from infra import clock
from tenants import db
from tenants.work import work

AT = clock.now()
with clock.frozen(AT):
    TODAY = clock.today()
WEEK = TODAY + timedelta(days=7)
DECISION = "Quyết định số 12/QĐ-UBND"


@pytest.fixture(autouse=True)
def one_day():
    """Midnight does not come while these are run."""
    with clock.frozen(AT):
        yield


@pytest.fixture
async def minh(posts: dict[str, UUID]) -> UUID:
    """The holding of Minh, who leads the office."""
    async with work():
        officer = await service.admit(SYSTEM, "minh.le", "Lê Quang Minh")
        await service.admit(SYSTEM, "binh.tran", "Trần Thị Bình")
        return await service.hold_post(SYSTEM, officer, posts["leader"], from_on=TODAY)


async def sent(holding: UUID, username: str = "Binh.Tran ", **changes: Any) -> UUID:
    given = {"from_on": TODAY, "to_on": WEEK, "decision": DECISION, **changes}
    async with work():
        return await stand_in(SYSTEM, holding, username, **given)


async def actor_on(username: str, day: date) -> Any:
    identity = await db.tenant.fetch_value("select id from officer where username = $1", username)
    return await queries.actor_for_officer(identity, day)


async def test_the_substitute_holds_the_post_for_the_time_of_the_decision(minh: UUID) -> None:
    await sent(minh)
    during, after = (
        await actor_on("binh.tran", WEEK),
        await actor_on("binh.tran", WEEK + timedelta(1)),
    )
    assert [post.kind for post in during.posts] == ["leader"] and after.posts == ()
    assert during.stands_in_at(during.posts[0].id) == "Lê Quang Minh"
    own = await actor_on("minh.le", TODAY)
    assert own.stands_in_at(own.posts[0].id) is None


async def test_the_trail_says_who_stands_in_for_whom_and_why(minh: UUID) -> None:
    await sent(minh)
    row = await db.tenant.fetch_row("select * from trail where act = 'officer.stand_in'")
    assert row is not None
    assert (row["on_behalf_of"], row["basis"]) == ("Lê Quang Minh", DECISION)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("username", {"username": "khong.co"}),
        ("username", {"username": "minh.le"}),
        ("to_on", {"to_on": None}),
        ("to_on", {"to_on": TODAY - timedelta(days=1)}),
        ("decision", {"decision": "  "}),
        ("decision", {"decision": "Q" * 201}),
    ],
)
async def test_what_is_missing_is_said_beside_its_field(
    minh: UUID, field: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(Malformed) as refused:
        await sent(minh, **changes)
    assert list(refused.value.fields) == [field]


async def test_nobody_stands_in_longer_than_the_post_is_held(minh: UUID) -> None:
    async with work():
        await service.release_post(SYSTEM, minh, to_on=TODAY + timedelta(days=2))
    with pytest.raises(Malformed):
        await sent(minh)


async def test_a_substitute_sends_no_substitute(minh: UUID) -> None:
    async with work():
        await service.admit(SYSTEM, "chi.vo", "Võ Thị Chi")
    second = await sent(minh)
    with pytest.raises(refusals.NoSuchPost):
        await sent(second, "chi.vo")
