"""What a citizen does: finds the procedure, files it, follows it, fetches the result, rates it."""

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator

import httpx
import msgspec

from app.demo.browser import Browser, Page
from app.demo.cast import Cast
from app.demo.files import digest, pdf
from infra.embedded.process import Trouble

_TUS = {"Tus-Resumable": "1.0.0"}
_SCAN_BYTES = 400_000


class SentFile(msgspec.Struct):
    """A file on the citizen's device and how it went out."""

    slot: str
    name: str
    digest: str
    way: str
    cut_at: int = 0  # bytes that had arrived when the line fell


class Filed(msgspec.Struct):
    """What the citizen has in hand after filing."""

    code: str
    files: list[SentFile]


class LineCut(Exception):
    """The connection falls in the middle of an upload."""


async def find(browser: Browser, cast: Cast) -> Page:
    """Type a few words without marks and open the procedure that comes first."""
    home = await browser.get("/")
    found = await browser.press(home, "/thu-tuc", {"tim": cast.words})
    hits = found.links("/thu-tuc/")
    if not hits or hits[0] != f"/thu-tuc/{cast.procedure}":
        raise Trouble(f"{cast.words} finds {hits[:3]} first, not {cast.procedure}")
    return await browser.get(hits[0])


async def file(browser: Browser, cast: Cast) -> Filed:
    """Begin, answer every page of the form, hand in two papers, look it over, submit."""
    page = await browser.get(f"/nop-ho-so/{cast.procedure}")
    form = page.form(f"/nop-ho-so/{cast.procedure}")
    chosen = {"agency_id": _option_named(page, cast.agency)}
    if "case_id" in form.choices:
        chosen["case_id"] = cast.case
    page = await browser.press(page, f"/nop-ho-so/{cast.procedure}", chosen)
    draft = page.url.path.split("/")[2]
    page = await _answer_pages(browser, page, draft, cast.answers)
    files = await _hand_in(browser, page, draft, cast)
    page = await browser.get(f"/ban-nhap/{draft}/kiem-tra")
    said = {"cach_nhan": "electronic"}
    sent = await browser.press(page, f"/ban-nhap/{draft}/nop", said)
    again = await browser.press(page, f"/ban-nhap/{draft}/nop", said)
    if sent.url != again.url:
        raise Trouble(f"pressing twice gave {sent.url.path} and {again.url.path}")
    return Filed(sent.url.path.removeprefix("/da-nop/"), files)


async def fetch_result(browser: Browser, code: str) -> str:
    """Download the result from one's own page; its digest."""
    page = await browser.get(f"/da-nop/{code}")
    links = page.links("/giay-to/")
    ours = page.source.split("Kết quả giải quyết")[1]
    result = await browser.get(next(link for link in links if link in ours))
    return digest(result.answer.content)


async def rate(browser: Browser, message: str, host: str) -> Page:
    """Open the address in the message and choose the best mark."""
    address = next(word for word in message.split() if word.startswith(host))
    page = await browser.get(f"http://{address}")
    return await browser.press(page, page.url.path, {"score": "3", "comment": "Nhanh, rõ ràng"})


async def follow(browser: Browser, code: str, digits: str) -> tuple[Page, Page]:
    """The tracking page as anybody sees it, and as who knows the last digits does."""
    page = await browser.get("/tra-cuu")
    path = f"/tra-cuu/{code}"
    plain = await browser.press(page, "/tra-cuu", {"ma": f" {code.lower()} "})
    wrong = f"{(int(digits) + 1) % 10000:04}"
    await browser.press(plain, path, {"so_cuoi": wrong}, status=422)
    return plain, await browser.press(plain, path, {"so_cuoi": digits})


async def _answer_pages(browser: Browser, page: Page, draft: str, answers: dict[str, str]) -> Page:
    """Fill in page after page until the papers are asked for."""
    path = f"/ban-nhap/{draft}"
    while page.url.path == path:
        here = page.form(path).names()
        filled: dict[str, str] = {}
        for name, value in answers.items():
            if name in here:
                filled[name] = value
            elif f"{name}_nam" in here:
                filled |= _day(name, value)
        page = await browser.press(page, path, filled)
    return page


async def _hand_in(browser: Browser, page: Page, draft: str, cast: Cast) -> list[SentFile]:
    scripted, plain = cast.slots
    scan = pdf("Bản quét thử", _SCAN_BYTES)
    upload = SentFile(scripted, f"{scripted}.pdf", digest(scan), "tus")
    upload.cut_at = await upload_with_a_cut(browser, draft, upload, scan)
    photo = pdf("Bản chụp thử")
    posted = SentFile(plain, f"{plain}.pdf", digest(photo), "form")
    files = {f"tep_{plain}": (posted.name, photo, "application/pdf")}
    await browser.press(page, f"/ban-nhap/{draft}/giay-to", files=files, button=("tiep", "1"))
    return [upload, posted]


async def upload_with_a_cut(browser: Browser, draft: str, file: SentFile, content: bytes) -> int:
    """Send a file by tus; the line falls half way, the rest follows. Where it had fallen."""
    about = {"filename": file.name, "slot": file.slot, "draft": draft}
    said = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in about.items())
    begun = await browser.send(
        *("POST", "/tep"),
        headers={**_TUS, "Upload-Length": str(len(content)), "Upload-Metadata": said},
    )
    where = begun.headers["location"]
    with contextlib.suppress(LineCut, httpx.HTTPError):
        await _patch(browser, where, 0, len(content), _until_cut(content[: len(content) // 2]))
    reached = await _reached(browser, where)
    if not 0 < reached < len(content):
        raise Trouble(f"after the line was cut {reached} of {len(content)} bytes were kept")
    rest = content[reached:]
    ended = await _patch(browser, where, reached, len(rest), _whole(rest))
    if ended.status_code != 204:
        raise Trouble(f"the upload ended with {ended.status_code}: {ended.text}")
    return reached


async def _reached(browser: Browser, where: str) -> int:
    """How far it got; the server needs a moment to notice that the line is down."""
    for _ in range(50):
        answer = await browser.send("HEAD", where, headers=_TUS)
        if answer.status_code == 200 and int(answer.headers["upload-offset"]):
            return int(answer.headers["upload-offset"])
        await asyncio.sleep(0.1)
    return 0


async def _patch(
    browser: Browser, where: str, at: int, length: int, content: AsyncIterator[bytes]
) -> httpx.Response:
    headers = {
        **_TUS,
        "Upload-Offset": str(at),
        "Content-Type": "application/offset+octet-stream",
        "Content-Length": str(length),
    }
    return await browser.send("PATCH", where, headers=headers, content=content)


async def _until_cut(content: bytes) -> AsyncIterator[bytes]:
    yield content
    raise LineCut


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _day(name: str, value: str) -> dict[str, str]:
    parts = value.split("/")
    parts = [""] * (3 - len(parts)) + parts
    return {
        f"{name}_{part}": text for part, text in zip(("ngay", "thang", "nam"), parts, strict=True)
    }


def _option_named(page: Page, words: str) -> str:
    """The value of the list's entry that reads so."""
    for piece in page.source.split("<option ")[1:]:
        attributes, _, rest = piece.partition(">")
        if rest.partition("<")[0].strip() == words:
            return attributes.split('"')[1]
    raise Trouble(f"the list does not offer {words}")
