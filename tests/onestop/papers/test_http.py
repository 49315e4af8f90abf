"""Uploads and downloads as browsers do them, over a real socket."""

import asyncio
import base64
import hashlib
import os
import socket
import unicodedata
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx
import pytest

from app.onestop.papers import queries
from app.people.shapes import Actor
from infra import clock
from storage import staging
from tenants import db
from tenants.shapes import Tenant
from tests import cast
from tests.onestop.papers.conftest import Browse
from tests.storage import samples

PDF = samples.pdf(5, weight=300_000)
PATCH = {"Content-Type": "application/offset+octet-stream"}
NAME = "Giấy chứng sinh.pdf"


def metadata(**about: str) -> str:
    coded = {name: base64.b64encode(text.encode()).decode() for name, text in about.items()}
    return ",".join(f"{name} {text}" for name, text in coded.items())


async def announce(
    browser: httpx.AsyncClient, draft: UUID, slot: str, size: int = len(PDF), name: str = NAME
) -> httpx.Response:
    about = metadata(filename=name, filetype="application/pdf", slot=slot, draft=str(draft))
    return await browser.post(
        "/tep", headers={"Upload-Length": str(size), "Upload-Metadata": about}
    )


async def send(
    browser: httpx.AsyncClient, place: str, content: bytes, at: int = 0
) -> httpx.Response:
    return await browser.patch(place, headers={**PATCH, "Upload-Offset": str(at)}, content=content)


async def uploaded(
    browser: httpx.AsyncClient, draft: UUID, slot: str, content: bytes = PDF, name: str = NAME
) -> httpx.Response:
    place = (await announce(browser, draft, slot, len(content), name)).headers["location"]
    return await send(browser, place, content)


async def test_a_paper_goes_up_and_comes_down_the_same(
    hung: Actor, draft: UUID, slot: str, browse: Browse
) -> None:
    browser = await browse(hung)
    answer = await announce(browser, draft, slot)
    assert (answer.status_code, answer.headers["tus-resumable"]) == (201, "1.0.0")
    place = answer.headers["location"]
    half = len(PDF) // 2
    answer = await send(browser, place, PDF[:half])
    assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(half))
    answer = await browser.head(place)
    assert (answer.headers["upload-offset"], answer.headers["upload-length"]) == (
        str(half),
        str(len(PDF)),
    )
    assert answer.headers["cache-control"] == "no-store"
    assert (await send(browser, place, PDF[half:], half)).status_code == 204
    [paper] = await queries.papers_of_draft(draft)
    assert (paper.name, paper.digest) == (NAME, hashlib.sha256(PDF).hexdigest())
    link = await browser.get(paper.url or "")
    assert (link.status_code, link.headers["cache-control"]) == (303, "no-store")
    stranger = await browse()
    file = await stranger.get(link.headers["location"])
    assert hashlib.sha256(file.content).hexdigest() == paper.digest
    assert "attachment" in file.headers["content-disposition"]
    assert file.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in file.headers["content-security-policy"]
    assert "content-encoding" not in file.headers


async def test_a_session_that_ended_meanwhile_is_told_in_one_sentence(
    hung: Actor, draft: UUID, slot: str, browse: Browse
) -> None:
    place = (await announce(await browse(hung), draft, slot)).headers["location"]
    stranger = await browse()
    answers = [await announce(stranger, draft, slot), await send(stranger, place, PDF)]
    for answer in answers:
        assert answer.status_code == 401
        assert answer.headers["content-type"].startswith("text/plain")
        assert "đăng nhập lại" in answer.text and "<" not in answer.text
    assert (await stranger.head(place)).status_code == 401


async def test_a_line_cut_in_the_middle_loses_nothing(
    hung: Actor, draft: UUID, slot: str, browse: Browse
) -> None:
    browser = await browse(hung)
    place = (await announce(browser, draft, slot)).headers["location"]
    await cut_short(browser, place, PDF, 100_000)
    reached = await offset_when(browser, place, 100_000)
    assert reached == 100_000
    assert (await send(browser, place, PDF[reached:], reached)).status_code == 204
    [paper] = await queries.papers_of_draft(draft)
    assert paper.digest == hashlib.sha256(PDF).hexdigest()


async def cut_short(browser: httpx.AsyncClient, place: str, content: bytes, after: int) -> None:
    """Send the head of a PATCH and some of its body, then drop the line."""
    url = urlsplit(str(browser.base_url))
    head = [
        f"PATCH {place} HTTP/1.1",
        f"Host: {url.netloc}",
        f"Origin: {url.scheme}://{url.netloc}",
    ]
    head += [f"Cookie: motcua={browser.cookies['motcua']}", f"Content-Length: {len(content)}"]
    head += ["Content-Type: application/offset+octet-stream", "Upload-Offset: 0", "", ""]
    _, line = await asyncio.open_connection("127.0.0.1", url.port)
    line.write("\r\n".join(head).encode() + content[:after])
    await line.drain()
    await asyncio.sleep(0.3)
    line.transport.get_extra_info("socket").setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0"
    )
    line.close()


async def offset_when(browser: httpx.AsyncClient, place: str, wanted: int) -> int:
    """The offset, asked again while the server still notices that the line is gone."""
    for _ in range(100):
        answer = await browser.head(place)
        if int(answer.headers["upload-offset"]) >= wanted:
            break
        await asyncio.sleep(0.05)
    return int(answer.headers["upload-offset"])


async def test_a_wrong_offset_and_a_second_sender_are_told_so(
    hung: Actor, draft: UUID, slot: str, browse: Browse
) -> None:
    browser = await browse(hung)
    place = (await announce(browser, draft, slot)).headers["location"]
    answer = await send(browser, place, PDF, 5)
    assert (answer.status_code, answer.headers["upload-offset"]) == (409, "0")
    async with staging.hold(UUID(place.rpartition("/")[2])):
        answer = await send(browser, place, PDF)
    assert answer.status_code == 423
    assert "đang được tải lên" in answer.text


async def test_nobody_else_touches_an_upload_or_a_paper(
    hung: Actor, draft: UUID, slot: str, browse: Browse
) -> None:
    mine = await browse(hung)
    place = (await announce(mine, draft, slot)).headers["location"]
    await uploaded(mine, draft, slot)
    [paper] = await queries.papers_of_draft(draft)
    other = await browse(await cast.citizen("Khách", "khach"))
    officer = await browse(await cast.officer(cast.LAN))
    for browser in (other, officer):
        assert (await browser.head(place)).status_code == 404
        assert (await send(browser, place, PDF)).status_code == 404
        assert (await browser.delete(place)).status_code == 404
        assert (await announce(browser, draft, slot)).status_code == 404
        assert (await browser.get(paper.url or "")).status_code == 404
    stranger = await browse()
    assert (await announce(stranger, draft, slot)).status_code == 401
    assert (await send(stranger, place, PDF)).status_code == 401
    asked = await stranger.get(paper.url or "")
    assert (asked.status_code, asked.headers["location"].partition("?")[0]) == (303, "/dang-nhap")
    assert (await mine.head(place)).headers["upload-offset"] == "0"


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


async def test_an_abandoned_upload_is_gone(
    hung: Actor, draft: UUID, slot: str, browse: Browse
) -> None:
    browser = await browse(hung)
    place = (await announce(browser, draft, slot)).headers["location"]
    assert (await browser.delete(place)).status_code == 204
    assert (await browser.head(place)).status_code == 404
    assert (await send(browser, place, PDF)).status_code == 404


async def test_a_plain_form_brings_files_and_fields(
    hung: Actor, draft: UUID, slot: str, browse: Browse
) -> None:
    browser = await browse(hung)
    answer = await browser.post(
        f"/bieu-mau/{draft}",
        data={"ho_ten": "Nguyễn Thị Lan", "luu": "1"},
        files=[(f"tep_{slot}", (NAME, PDF)), (f"tep_{slot}", ("trang-2.pdf", samples.pdf()))],
    )
    assert answer.json() == {"fields": {"ho_ten": ["Nguyễn Thị Lan"], "luu": ["1"]}, "errors": {}}
    papers = await queries.papers_of_draft(draft)
    assert [paper.name for paper in papers] == [NAME, "trang-2.pdf"]
    assert papers[0].digest == hashlib.sha256(PDF).hexdigest()
    assert list(staging.folder().iterdir()) == []


async def test_a_plain_form_says_beside_the_field_what_is_wrong_and_keeps_the_rest(
    hung: Actor, draft: UUID, slot: str, browse: Browse
) -> None:
    browser = await browse(hung)
    field = f"tep_{slot}"
    answer = await browser.post(
        f"/bieu-mau/{draft}",
        data={"ho_ten": "Lan"},
        files=[(field, (NAME, PDF)), (field, ("to.pdf", b"%PDF-1.7" + bytes(25 * 1024 * 1024)))],
    )
    assert answer.status_code == 201
    assert answer.json()["fields"] == {"ho_ten": ["Lan"]}
    assert "Tệp vượt quá 20 MB" in answer.json()["errors"][field]
    assert [paper.name for paper in await queries.papers_of_draft(draft)] == [NAME]
    assert list(staging.folder().iterdir()) == []


async def test_a_form_cut_short_leaves_nothing(
    hung: Actor, draft: UUID, slot: str, browse: Browse
) -> None:
    async def cut() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="tep_a"; filename="a.pdf"\r\n\r\n%PDF'

    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    browser = await browse(hung)
    answer = await browser.post(f"/bieu-mau/{draft}", headers=kind, content=cut())
    assert answer.status_code == 422
    assert list(staging.folder().iterdir()) == []


async def test_a_form_of_endless_text_is_refused(hung: Actor, draft: UUID, browse: Browse) -> None:
    browser = await browse(hung)
    answer = await browser.post(f"/bieu-mau/{draft}", data={"a": "x" * 1_100_000}, files={"b": b""})
    assert answer.status_code == 413


async def link_to(browser: httpx.AsyncClient, draft: UUID, slot: str) -> str:
    await uploaded(browser, draft, slot)
    [paper] = await queries.papers_of_draft(draft)
    return str((await browser.get(paper.url or "")).headers["location"])


async def test_a_link_gives_ranges_and_heads(
    hung: Actor, draft: UUID, slot: str, browse: Browse
) -> None:
    browser = await browse(hung)
    link, size = await link_to(browser, draft, slot), len(PDF)
    spans: dict[str, tuple[int, Any]] = {
        "bytes=0-99": (206, PDF[:100]),
        "bytes=100-": (206, PDF[100:]),
        "bytes=-50": (206, PDF[-50:]),
        f"bytes=10-{size * 2}": (206, PDF[10:]),
        f"bytes=0-{size - 1}": (200, PDF),
        f"bytes={size}-": (416, b""),
        "bytes=9-3": (200, PDF),
        "bytes=0-1,5-6": (200, PDF),
        "pages=1-2": (200, PDF),
    }
    for asked, expected in spans.items():
        answer = await browser.get(link, headers={"Range": asked})
        assert (answer.status_code, answer.content) == expected, asked
    head = await browser.head(link)
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(size), b"")


async def test_an_expired_forged_or_foreign_link_is_a_sentence(
    hung: Actor, draft: UUID, slot: str, browse: Browse, neighbour: Tenant
) -> None:
    browser = await browse(hung)
    with clock.frozen(clock.now()):
        link = await link_to(browser, draft, slot)
    for forged in (link[:-1] + ("A" if link[-1] != "A" else "B"), "/kho/x", "/kho/x.y", "/kho/ữ.ữ"):
        answer = await browser.get(forged)
        assert answer.status_code == 404
        assert "Đường dẫn tải tệp đã hết hạn" in answer.text
    port = urlsplit(str(browser.base_url)).port
    answer = await browser.get(f"http://{neighbour.host}:{port}{link}")
    assert answer.status_code == 404
    await db.tenant.execute("update stored_object set removed_at = now()")
    [paper] = await queries.papers_of_draft(draft)
    assert (await browser.get(f"/giay-to/{paper.id}")).status_code == 404
    assert (await browser.get(f"/giay-to/{uuid4()}")).status_code == 404


async def test_a_form_of_another_site_uploads_nothing(
    hung: Actor, draft: UUID, slot: str, browse: Browse
) -> None:
    browser = await browse(hung)
    browser.headers["Origin"] = "http://laocai.localhost"
    assert (await announce(browser, draft, slot)).status_code == 403


async def test_a_large_form_is_not_held_in_memory(
    hung: Actor, draft: UUID, slot: str, browse: Browse
) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield f'--x\r\nContent-Disposition: form-data; name="tep_{slot}"; '.encode()
        yield b'filename="a.pdf"\r\n\r\n'
        for _ in range(120):
            yield os.urandom(1024 * 1024)
        yield b"\r\n--x--\r\n"

    before = memory()
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await (await browse(hung)).post(f"/bieu-mau/{draft}", headers=kind, content=body())
    assert "Tệp vượt quá 20 MB" in answer.text
    assert memory() - before < 60 * 1024 * 1024


def memory() -> int:
    """Bytes of this process that are in memory."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
