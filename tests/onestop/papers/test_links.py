"""Downloads by signed links: ranges, expired, forged, foreign."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx
import pytest

from app.onestop.papers import queries
from app.people.shapes import Actor
from infra import clock
from tenants import db
from tenants.shapes import Tenant
from tests.onestop.papers.conftest import Browse
from tests.onestop.papers.tus import PDF, uploaded


async def link_to(browser: httpx.AsyncClient, draft: UUID, slot: str) -> str:
    await uploaded(browser, draft, slot)
    [paper] = await queries.papers_of_draft(draft)
    return str((await browser.get(paper.url or "")).headers["location"])


@pytest.mark.asvs("5.4.1", "3.2.1")
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


@pytest.mark.asvs("9.1.1", "9.2.1")
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
