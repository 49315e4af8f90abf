"""Tracking and rating."""

import re
from html import escape

import pytest

from app.onestop.ratings.rules import token_for
from tenants import db
from tests import cast
from tests.onestop.dossiers import story


@pytest.fixture
async def dossier(province):
    return await story.submitted(await cast.citizen())


async def test_with_the_code_alone_only_status_and_dates_are_told(province, browse, dossier):
    text = (await (await browse(province)).get(f"/tra-cuu/{dossier.code}")).text
    assert "Mới đăng ký" in text
    for secret in ("Trần", "TRẦN", "khai sinh:", "0905", "phường Quy Nhơn</dd>"):
        assert secret not in text


@pytest.mark.asvs("8.2.3", "14.2.4")
async def test_with_the_last_digits_the_whole_way_is_shown_with_the_name_masked(
    province, browse, dossier
):
    browser = await browse(province)
    answer = await browser.post(f"/tra-cuu/{dossier.code}", data={"so_cuoi": "0301"})
    assert answer.status_code == 200
    assert "Nộp hồ sơ trực tuyến" in answer.text and "phường Quy Nhơn" in answer.text
    assert "TRẦN VĂN HÙNG" not in answer.text and "TRẦN V***" in answer.text


@pytest.mark.asvs("2.4.1", "6.3.1")
async def test_guessing_the_digits_is_stopped(province, browse, dossier):
    browser = await browse(province)
    answers = [
        await browser.post(f"/tra-cuu/{dossier.code}", data={"so_cuoi": f"{n:04}"})
        for n in range(9)
    ]
    assert [a.status_code for a in answers[:6]] == [422] * 6
    assert answers[-1].status_code == 429
    right = await browser.post(f"/tra-cuu/{dossier.code}", data={"so_cuoi": "0301"})
    assert right.status_code == 429
    # Six in a quarter of an hour: the next one is worth waiting for, and no guess lengthens that.
    assert 0 < int(right.headers["retry-after"]) <= 15 * 60 / 6


async def test_a_page_the_reader_has_is_answered_304_until_something_changes(
    province, browse, dossier
):
    browser = await browse(province)
    path = f"/tra-cuu/{dossier.code}"
    await browser.get("/")
    tag = (await browser.get(path)).headers["etag"]
    again = await browser.get(path, headers={"If-None-Match": tag})
    assert again.status_code == 304 and again.content == b""
    await db.tenant.execute("update dossier set version = version + 1")
    assert (await browser.get(path, headers={"If-None-Match": tag})).status_code == 200


@pytest.mark.parametrize("typed", ["{}", " {} ", "{lower}", "{spaced}"])
async def test_a_code_is_found_however_it_is_typed(province, browse, dossier, typed):
    code = dossier.code
    text = typed.format(code, lower=code.lower(), spaced=code.replace("-", " - "))
    answer = await (await browse(province)).get("/tra-cuu", params={"ma": text})
    assert answer.headers.get("location") == f"/tra-cuu/{code}"


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ("X", 422, "chưa phải là mã hồ sơ"),
        ("'; drop table dossier; --", 422, "chưa phải là mã hồ sơ"),
        ("😀 \x00", 422, "chưa phải là mã hồ sơ"),
        ("H08.21583-261123-9999", 404, "Không có hồ sơ mang mã này"),
    ],
)
async def test_a_wrong_code_gets_a_sentence_and_is_kept(province, browse, typed, status, words):
    answer = await (await browse(province)).get("/tra-cuu", params={"ma": typed})
    assert answer.status_code == status and words in answer.text
    assert f'value="{escape(typed)}"' in answer.text


async def test_an_empty_box_and_an_address_with_a_wrong_code(province, browse):
    browser = await browse(province)
    for nothing in ("", "   "):
        assert (await browser.get("/tra-cuu", params={"ma": nothing})).status_code == 200
    direct = await browser.get("/tra-cuu/H08-260101-0001")
    assert direct.status_code == 404 and "Không có hồ sơ mang mã này" in direct.text


async def test_a_delivered_dossier_is_rated_once_by_its_link(province, browse, dossier):
    browser = await browse(province)
    path = f"/danh-gia/{token_for(province.secrets.key, dossier.id)}"
    assert (await browser.get(path)).status_code == 404
    await db.tenant.execute(
        "update dossier set status = 10, received_at = filed_at, delivered_at = filed_at,"
        " delivered_way = 'counter'"
    )
    assert "Rất hài lòng" in (await browser.get(path)).text
    assert (await browser.post(path, data={})).status_code == 422
    for kept in ({"comment": "Nhanh <b>"}, {"score": "2", "comment": "Dài " * 251}):
        unfinished = await browser.post(path, data=kept)
        assert unfinished.status_code == 422
        assert escape(kept["comment"]) in unfinished.text
    assert re.search(r'value="2"[^>]* checked', unfinished.text)
    assert "Cảm ơn" in (await browser.post(path, data={"score": "3", "comment": "Tốt"})).text
    again = await browser.post(path, data={"score": "1"})
    assert "Rất hài lòng" in again.text
    assert await db.tenant.fetch_value("select score from rating") == 3


@pytest.mark.parametrize("token", ["x", "A" * 38, "../../etc", "😀"])
async def test_a_forged_rating_link_is_not_ours(province, browse, token):
    assert (await (await browse(province)).get(f"/danh-gia/{token}")).status_code == 404
