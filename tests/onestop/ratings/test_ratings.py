"""One citizen, one dossier, one word."""

import asyncio
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.onestop.dossiers import service
from app.onestop.ratings import service as ratings
from app.onestop.ratings.queries import rating_page
from app.onestop.ratings.refusals import AlreadyRated
from app.onestop.ratings.rules import Score, dossier_of, token_for
from app.refusals import Malformed, NotFound
from tenants import db
from tenants.shapes import Tenant
from tenants.work import work
from tests import cast
from tests.onestop.dossiers.story import on_paper, walked

KEY, OTHER = b"k" * 32, b"o" * 32


async def delivered() -> UUID:
    lan, hoa, minh = [await cast.officer(name) for name in (cast.LAN, cast.HOA, cast.MINH)]
    async with work():
        dossier = await service.intake(lan, on_paper())
    await walked(lan, hoa, minh, dossier.code)
    async with work():
        return UUID(str((await service.deliver(lan, dossier.code, None, "counter")).id))


async def rated(token: str, score: int, comment: str | None = None) -> None:
    async with work():
        await ratings.rate(token, score, comment)


@given(st.uuids())
def test_a_token_leads_back_to_its_dossier_and_to_no_other_tenants(identity: UUID) -> None:
    token = token_for(KEY, identity)
    assert len(token) == 38
    assert dossier_of((KEY,), token) == identity
    assert dossier_of((OTHER,), token) is None


@given(st.uuids(), st.integers(0, 37), st.sampled_from("abcXYZ019-_"))
def test_a_changed_letter_breaks_the_token(identity: UUID, place: int, letter: str) -> None:
    token = token_for(KEY, identity)
    forged = token[:place] + letter + token[place + 1 :]
    assert forged == token or dossier_of((KEY,), forged) is None


@given(st.text(max_size=60))
def test_any_other_text_is_no_token(text: str) -> None:
    assert dossier_of((KEY,), text) is None


def test_the_three_scores_have_their_words() -> None:
    assert [score.title for score in Score] == ["Chưa hài lòng", "Hài lòng", "Rất hài lòng"]


async def test_the_message_carries_the_link_that_works(province: Tenant) -> None:
    dossier_id = await delivered()
    text = await db.tenant.fetch_value("select text from notice where event = 'DANH_GIA'")
    token = text.rpartition("/danh-gia/")[2]
    page = await rating_page(token)
    assert page is not None and page.score is None
    await rated(token, 3)
    page = await rating_page(token)
    assert page is not None and page.score == 3
    assert await db.tenant.fetch_value("select dossier_id from rating") == dossier_id


async def test_a_dossier_is_rated_once_even_by_two_clicks_at_once(province: Tenant) -> None:
    token = token_for(province.secrets.key, await delivered())
    results = await asyncio.gather(*(rated(token, 2) for _ in range(4)), return_exceptions=True)
    assert [type(result) for result in results].count(AlreadyRated) == 3
    with pytest.raises(AlreadyRated):
        await rated(token, 1)
    assert await db.tenant.fetch_value("select score from rating") == 2


async def test_what_is_not_delivered_is_not_rated(province: Tenant) -> None:
    async with work():
        dossier = await service.intake(await cast.officer(cast.LAN), on_paper())
    token = token_for(province.secrets.key, dossier.id)
    with pytest.raises(NotFound):
        await rated(token, 3)
    assert await rating_page(token) is None


async def test_only_three_scores_are_taken(province: Tenant) -> None:
    token = token_for(province.secrets.key, await delivered())
    for score in (0, 4, -1, 100):
        with pytest.raises(Malformed):
            await rated(token, score)


async def test_a_comment_is_kept_composed_and_bounded(province: Tenant) -> None:
    token = token_for(province.secrets.key, await delivered())
    with pytest.raises(Malformed) as refused:
        await rated(token, 1, "x" * 1001)
    assert list(refused.value.fields) == ["comment"]
    await rated(token, 1, "  Cho\u031b\u0300 la\u0302u 😞 ")
    assert await db.tenant.fetch_value("select comment from rating") == "Chờ lâu 😞"


async def test_a_forged_token_says_nothing(province: Tenant) -> None:
    for token in ("", "x" * 38, token_for(OTHER, uuid4())):
        with pytest.raises(NotFound):
            await rated(token, 3)
        assert await rating_page(token) is None
