"""Uploads spoken as a browser's script speaks them (tus)."""

import base64
from uuid import UUID

import httpx

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
