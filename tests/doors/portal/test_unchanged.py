"""The tracking page asked for again: who has it is told so, and nobody is told too much."""

from datetime import date

import pytest

from tenants import provision
from tests import cast
from tests.onestop.dossiers import story


@pytest.fixture
async def dossier(province):
    return await story.submitted(await cast.citizen())


@pytest.fixture
async def reader(province, browse):
    """A reader who was here before."""
    browser = await browse(province)
    await browser.get("/")
    return browser


async def tag_for(browser, dossier):
    return (await browser.get(f"/tra-cuu/{dossier.code}")).headers["etag"]


async def test_who_has_the_page_gets_no_other_answer_than_unchanged(reader, dossier):
    tag = await tag_for(reader, dossier)
    answer = await reader.get(f"/tra-cuu/{dossier.code}", headers={"If-None-Match": tag})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == tag
    assert answer.headers["cache-control"] == "private, no-cache"
    assert "x-request-id" in answer.headers


async def test_who_signs_in_meanwhile_sees_the_page_with_the_own_name(
    reader, province, browse, dossier
):
    tag = await tag_for(reader, dossier)
    hung = await browse(province, await cast.citizen())
    await hung.get("/")
    answer = await hung.get(f"/tra-cuu/{dossier.code}", headers={"If-None-Match": tag})
    assert answer.status_code == 200 and "Trần Văn Hùng" in answer.text


@pytest.mark.parametrize("code", ["H08.21583-261123-9999", "%00", "😀", "a%2Fb", ""])
async def test_a_validator_does_not_make_a_wrong_code_right(reader, dossier, code):
    tag = await tag_for(reader, dossier)
    right = await reader.get(f"/tra-cuu/{code}")
    answer = await reader.get(f"/tra-cuu/{code}", headers={"If-None-Match": tag})
    assert answer.status_code == right.status_code != 304
    assert answer.status_code < 500


async def test_the_neighbour_says_nothing_of_the_dossier(reader, neighbour, browse, dossier):
    tag = await tag_for(reader, dossier)
    next_door = await browse(neighbour)
    await next_door.get("/")
    answer = await next_door.get(f"/tra-cuu/{dossier.code}", headers={"If-None-Match": tag})
    assert answer.status_code == 404


async def test_a_suspended_province_is_suspended_for_old_readers_too(reader, province, dossier):
    tag = await tag_for(reader, dossier)
    await provision.suspend(province.slug, "thử", date(2026, 12, 31))
    answer = await reader.get(f"/tra-cuu/{dossier.code}", headers={"If-None-Match": tag})
    assert answer.status_code == 503
