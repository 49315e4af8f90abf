"""Uploads as browsers do them, over a real socket: cut, resumed, somebody else's, abandoned."""

import asyncio
import hashlib
import socket
from urllib.parse import urlsplit
from uuid import UUID

import httpx
from structlog.testing import capture_logs

from app.onestop.papers import queries
from app.people.shapes import Actor
from storage import staging
from tests import cast
from tests.onestop.papers.conftest import Browse
from tests.onestop.papers.tus import NAME, PDF, announce, send, uploaded


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


async def test_a_full_disk_is_told_to_the_sender_and_to_who_is_on_duty_and_loses_nothing(
    hung: Actor, draft: UUID, slot: str, browse: Browse
) -> None:
    browser = await browse(hung)
    place = (await announce(browser, draft, slot)).headers["location"]
    half = len(PDF) // 2
    assert (await send(browser, place, PDF[:half])).status_code == 204
    staged = staging.folder() / place.rpartition("/")[2]
    aside = staged.with_suffix(".kept")
    staged.rename(aside)
    # What the system says of a disk without room, whatever is written there; it begins at 0.
    staged.symlink_to("/dev/full")
    with capture_logs() as lines:
        answer = await send(browser, place, PDF[:half])
    assert answer.status_code == 503 and "thử lại sau ít phút" in answer.text
    [line] = [each for each in lines if each["log_level"] == "error"]
    assert (line["event"], line["failure"]) == ("dependency_down", "StoreUnavailable")
    assert line["why"] == "No space left on device"
    staged.unlink()
    aside.rename(staged)
    assert (await browser.head(place)).headers["upload-offset"] == str(half)
    assert (await send(browser, place, PDF[half:], half)).status_code == 204
    [paper] = await queries.papers_of_draft(draft)
    assert paper.digest == hashlib.sha256(PDF).hexdigest()


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


async def test_an_abandoned_upload_is_gone(
    hung: Actor, draft: UUID, slot: str, browse: Browse
) -> None:
    browser = await browse(hung)
    place = (await announce(browser, draft, slot)).headers["location"]
    assert (await browser.delete(place)).status_code == 204
    assert (await browser.head(place)).status_code == 404
    assert (await send(browser, place, PDF)).status_code == 404
