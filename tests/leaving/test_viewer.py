"""The viewer in a bag, opened from the disk by a browser and nothing else."""

import asyncio
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from app.leaving import exporting
from infra.extras import browser
from tenants.shapes import Tenant
from tests.browser.looking import Look, look
from tests.leaving.conftest import ODD


@pytest.mark.skipif(browser() is None, reason="no Chromium on this machine")
async def test_a_dossier_is_found_and_read_with_a_browser_alone(
    worked: Tenant, tmp_path: Path
) -> None:
    await exporting.export(worked, tmp_path / "bag", share=100)
    looks = await asyncio.to_thread(opened, tmp_path / "bag/data/viewer/index.html")
    for each in looks:
        assert (each.faults, each.wide, each.headings) == ([], [0, 0], 1), each
        assert each.language == "vi" and worked.site.name in each.title


def opened(index: Path) -> list[Look]:
    """Search, a dossier, its paper, the list: each looked at narrow and wide."""
    said: list[str] = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser(), args=["--no-sandbox"])
        page = chromium.new_page()
        page.on("request", lambda asked: asked.url.startswith("file:") or said.append(asked.url))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(index.as_uri())
        looks = [look(page, "home"), *walked(page)]
        chromium.close()
    assert said == []
    return looks


def walked(page: Page) -> list[Look]:
    page.get_by_label("Mã hồ sơ hoặc họ tên người nộp").fill("văn Hùng")
    page.get_by_role("button", name="Tìm").click()
    expect(page.get_by_role("status")).to_contain_text("Tìm thấy 1 hồ sơ")
    found = look(page, "found")
    page.locator("ul.found a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hồ sơ H08")
    expect(page.locator("dl").last).to_contain_text(ODD)
    paper = page.get_by_role("link", name="giay-chung-sinh.pdf").get_attribute("href") or ""
    content = page.evaluate("path => new URL(path, location).pathname", paper)
    assert Path(content).read_bytes().startswith(b"%PDF")
    dossier = look(page, "dossier")
    code = page.get_by_role("heading", level=1).inner_text().split()[-1]
    page.goto(page.url.split("#")[0])
    page.get_by_label("Mã hồ sơ hoặc họ tên người nộp").fill(f" {code.lower()} ")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=code)).to_be_visible()
    return [found, dossier]
