"""What the office does: receives, hands over, decides, attaches the result, delivers."""

import msgspec

from app.demo.browser import Browser, Page
from app.demo.files import digest, pdf
from infra.embedded.process import Trouble

_DESK, _INBOX = "/can-bo", "/can-bo/hop-viec"
SIGN_IN = "/can-bo/dang-nhap"


class OpenedFile(msgspec.Struct):
    """A file as the officer got it."""

    digest: str
    size: int


async def receive_online(browser: Browser, code: str) -> list[OpenedFile]:
    """Find it in the reception queue, open its papers, receive it."""
    await _must_list(browser, _DESK, code)
    page = await browser.get(_dossier(code))
    papers = [await _open(browser, link) for link in page.links("/giay-to/")]
    await _act(browser, page, code, "tiep-nhan")
    return papers


async def receive_on_paper(
    browser: Browser,
    name: str,
    phone: str,
    slots: list[str] | None = None,
    procedure: str = "1.001193",
) -> Page:
    """Enter a dossier from papers on the counter, all there may be where none are named; the
    receipt that is printed at once."""
    page = await browser.get(f"/can-bo/tiep-nhan?thu-tuc={procedure}")
    typed = {"full_name": name, "phone": phone, "channel": "counter", "wanted_way": "counter"}
    boxes = [name for name in page.form("/can-bo/tiep-nhan").ticks if name.startswith("paper.")]
    typed |= {name: "co" for name in boxes if slots is None or name.partition(".")[2] in slots}
    return await browser.press(page, "/can-bo/tiep-nhan", typed, button=("luu", "1"))


async def receipt(browser: Browser, code: str) -> Page:
    """Form 01 as it was issued."""
    return await browser.get(f"{_dossier(code)}/giay-tiep-nhan")


async def hand_over(browser: Browser, code: str) -> None:
    """The counter passes it on."""
    await _must_list(browser, f"{_DESK}?hang=cho-chuyen", code)
    await _act(browser, await browser.get(_dossier(code)), code, "chuyen")


async def process(browser: Browser, code: str, note: str) -> None:
    """The specialist finds it among the tasks, and submits it with an opinion."""
    await _must_list(browser, _INBOX, code)
    await _act(browser, await browser.get(_dossier(code)), code, "tham-dinh", {"note": note})


async def approve(browser: Browser, code: str) -> None:
    """The leader finds it among the tasks, and approves."""
    await _must_list(browser, _INBOX, code)
    await _act(browser, await browser.get(_dossier(code)), code, "phe-duyet")


async def finish(browser: Browser, code: str) -> str:
    """Attach the signed result and declare the dossier finished; the result's digest."""
    page, content = await browser.get(_dossier(code)), pdf("Kết quả thử", 2000)
    files = {"result": ("ket-qua.pdf", content, "application/pdf")}
    page = await browser.press(page, f"{_dossier(code)}/ket-qua", files=files)
    await _act(browser, page, code, "hoan-thanh")
    return digest(content)


async def finish_on_paper(browser: Browser, code: str) -> None:
    """Declare that the result exists on paper only."""
    page = await browser.get(_dossier(code))
    await _act(browser, page, code, "hoan-thanh", {"on_paper": "co"})


async def deliver(browser: Browser, code: str, way: str) -> None:
    """Note that the result was given out."""
    await _must_list(browser, f"{_DESK}?hang=cho-tra", code)
    page = await browser.get(_dossier(code))
    await _act(browser, page, code, "tra-ket-qua", {"way": way})


def _dossier(code: str) -> str:
    return f"/can-bo/ho-so/{code}"


async def _act(
    browser: Browser, page: Page, code: str, act: str, answers: dict[str, str] | None = None
) -> None:
    done = await browser.press(page, f"{_dossier(code)}/{act}", answers)
    if done.url.path != _dossier(code):
        raise Trouble(f"{act} on {code} led to {done.url}")


async def _must_list(browser: Browser, where: str, code: str) -> None:
    page = await browser.get(where)
    if code not in page.text:
        raise Trouble(f"{code} is not listed on {where}")


async def _open(browser: Browser, link: str) -> OpenedFile:
    content = (await browser.get(link)).answer.content
    return OpenedFile(digest(content), len(content))
