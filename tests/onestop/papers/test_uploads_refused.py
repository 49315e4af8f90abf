"""What is no upload, and files that are not taken, each said in a sentence."""

import unicodedata
from uuid import UUID

import pytest

from app.onestop.papers import queries
from app.people.shapes import Actor
from tests.onestop.papers.conftest import Browse
from tests.onestop.papers.tus import PATCH, PDF, announce, uploaded
from tests.storage import samples


@pytest.mark.parametrize(
    ("content", "name", "status", "words"),
    [
        (b"", "anh.jpg", 422, "Tệp trống, vui lòng chụp lại"),
        (b"x" * 100, "cai-dat.exe", 422, "Loại tệp này không được nhận"),
    ],
)
async def test_what_is_wrong_beforehand_is_said_beforehand(
    hung: Actor, draft: UUID, slot: str, browse: Browse,
    content: bytes, name: str, status: int, words: str,
) -> None:  # fmt: skip
    answer = await announce(await browse(hung), draft, slot, len(content), name)
    assert answer.status_code == status
    assert words in answer.text
    assert answer.headers["content-type"].startswith("text/plain")


async def test_25_megabytes_where_20_are_allowed_is_said_before_the_first_byte(
    hung: Actor, draft: UUID, slot: str, browse: Browse
) -> None:
    answer = await announce(await browse(hung), draft, slot, 25 * 1024 * 1024)
    assert answer.status_code == 413
    assert "Tệp vượt quá 20 MB" in answer.text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (samples.EXE, "Nội dung tệp không đúng với tên tệp"),
        (samples.pdf(password="x"), "đặt mật khẩu"),
        (b"%PDF-1.7 broken".ljust(900), "Không mở được tệp PDF"),
    ],
)
async def test_a_bad_file_is_refused_with_a_sentence_that_stays_on_the_page(
    hung: Actor, draft: UUID, slot: str, browse: Browse, content: bytes, words: str
) -> None:
    browser = await browse(hung)
    answer = await uploaded(browser, draft, slot, content, "đơn.pdf")
    assert answer.status_code == 422
    assert words in answer.text
    [pending] = await queries.pending_of(f"draft:{draft}")
    assert words in pending.verdict
    assert await queries.papers_of_draft(draft) == []
    # Trying again begins anew.
    place = f"/tep/{pending.id}"
    assert (await browser.head(place)).status_code == 404
    assert (await uploaded(browser, draft, slot)).status_code == 204


async def test_odd_names_arrive_tidied(hung: Actor, draft: UUID, slot: str, browse: Browse) -> None:
    browser = await browse(hung)
    odd = (
        unicodedata.normalize("NFD", "Tờ khai.pdf"),
        "../../etc/" + "ữ" * 400 + ".pdf",
        "ảnh 😀\u202e.pdf",
    )
    for pages, name in enumerate(odd, 1):
        answer = await uploaded(browser, draft, slot, samples.pdf(pages), name)
        assert answer.status_code == 204
    names = [paper.name or "" for paper in await queries.papers_of_draft(draft)]
    assert names[0] == "Tờ khai.pdf"
    assert names[1].startswith("ữữ")
    assert len(names[1].encode()) <= 200
    assert names[2] == "ảnh 😀.pdf"


async def test_bad_protocol_is_refused(hung: Actor, draft: UUID, slot: str, browse: Browse) -> None:
    browser = await browse(hung)
    place = (await announce(browser, draft, slot)).headers["location"]
    untyped = {"Upload-Offset": "0"}
    assert (await browser.patch(place, headers=untyped, content=PDF)).status_code == 415
    assert (await browser.patch(place, headers=PATCH, content=PDF)).status_code == 422
    assert (await browser.post("/tep", headers={"Upload-Length": "-1"})).status_code == 422
    broken = {"Upload-Length": "5", "Upload-Metadata": "filename ***"}
    assert (await browser.post("/tep", headers=broken)).status_code == 422
    assert (await browser.post("/tep", headers={"Upload-Length": "5"})).status_code == 404
    assert (await browser.head("/tep/khong-phai-ma")).status_code == 404
    options = await browser.options("/tep")
    assert (options.status_code, options.headers["tus-version"]) == (204, "1.0.0")
    assert options.headers["tus-max-size"] == str(20 * 1024 * 1024)
