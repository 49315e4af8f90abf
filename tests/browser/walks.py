"""What people do on pages, in small verbs."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from playwright.sync_api import BrowserContext, Locator, Page, expect

from app.instance import Instance

T = TypeVar("T")

BIRTH, HOUSE = "1.001193", "1.013225"
QUY_NHON = "Ủy ban nhân dân phường Quy Nhơn"
LAO_CAI = "Ủy ban nhân dân phường Lào Cai"


def sign_in(page: Page, username: str, password: str, *, admitted: bool = True) -> None:
    """From the sign-in page through the provider and back to where one wanted to go.

    A provider that still knows the browser asks nothing; who is not admitted is told so.
    """
    arrived = page.get_by_role("button", name="Đăng xuất")
    if not admitted:
        arrived = page.get_by_role("heading", name="chưa được cấp quyền")
    page.get_by_role("button", name="Đăng nhập bằng").first.click()
    for name, value in (("login", username), ("password", password)):
        box = page.locator(f"input[name={name}]")
        expect(box.or_(arrived).first).to_be_visible()
        if box.count():
            box.fill(value)
            page.locator("form button[type=submit], form input[type=submit]").last.click()
    expect(arrived).to_be_visible()


def enter(context: BrowserContext, instance: Instance, slug: str, username: str, path: str) -> Page:
    """A new page at `path`, which asks to sign in first."""
    page = context.new_page()
    arrive(page, instance, slug, username, path)
    return page


def arrive(page: Page, instance: Instance, slug: str, username: str, path: str) -> None:
    """Go to `path`, signing in where it asks for it."""
    page.goto(instance.origin(slug) + path)
    if "/dang-nhap" in page.url or page.get_by_role("button", name="Đăng nhập bằng").count():
        sign_in(page, username, instance.password)


def answer(page: Page, answers: Mapping[str, str]) -> None:
    """Fill fields by their names: text, a day as d/m/y, a choice by its key, a box with "co"."""
    for name, value in answers.items():
        day = page.locator(f'[name="{name}_ngay"]')
        box = page.locator(f'[name="{name}"]').first
        if day.count():
            for part, text in zip(("ngay", "thang", "nam"), value.split("/"), strict=True):
                page.locator(f'[name="{name}_{part}"]').fill(text)
        elif box.get_attribute("type") in {"radio", "checkbox"}:
            page.locator(f'[name="{name}"][value="{value}"]').check()
        elif box.evaluate("it => it.tagName") == "SELECT":
            box.select_option(value)
        else:
            box.fill(value)


def press(page: Page, words: str) -> None:
    """Press the button of these words in the page's content."""
    page.locator("main").get_by_role("button", name=words).last.click()


def follow(page: Page, words: str) -> None:
    """Follow the link of these words in the page's content."""
    page.locator("main").get_by_role("link", name=words).first.click()


def begin(page: Page, agency: str, case: str = "") -> None:
    """Choose the agency, and the case where there are several, and begin the draft."""
    page.get_by_label("Cơ quan giải quyết").select_option(label=agency)
    if case:
        page.locator(f'[name=case_id][value="{case}"]').check()
    press(page, "Bắt đầu")
    page.wait_for_url("**/ban-nhap/*")


def fill_form(
    page: Page, sheets: list[dict[str, str]], pause: Callable[[], object] = lambda: None
) -> None:
    """Answer the form page by page until the papers; `pause` is called on every filled page."""
    for answers in sheets:
        before = page.url
        answer(page, answers)
        pause()
        page.locator("main .actions").get_by_role("button", name="Lưu và tiếp tục").click()
        page.wait_for_url(lambda url, before=before: url != before)
        expect(page.locator(".errors")).to_have_count(0)


def slot(page: Page, title: str) -> Locator:
    """The place of one paper."""
    return page.locator("section.slot", has=page.get_by_role("heading", name=title))


def uploaded(place: Locator, name: str) -> None:
    """Wait until the file is there and said to be."""
    expect(place.locator(".tag.is-ok")).to_be_visible(timeout=40_000)
    expect(place.locator(".file", has_text=name)).to_contain_text("Đã tải lên")


def code_on(page: Page) -> str:
    """The dossier's code as the page shows it, large."""
    return page.locator(".big-code").inner_text().strip()


def errors_on(page: Page) -> str:
    """What the summary of errors says."""
    return page.locator(".errors").inner_text()


def message(instance: Instance, phone: str, *words: str) -> str:
    """The newest SMS to that number that holds the words, once it has arrived."""

    def look() -> str | None:
        query = f"{instance.phone}/messages?to={quote('+84' + phone[1:])}"
        with urllib.request.urlopen(query) as response:
            found = json.load(response)["messages"]
        texts = (each["text"] for each in found)
        return next((text for text in texts if all(word in text for word in words)), None)

    return until(look, f"an SMS to {phone} with {words}")


def until(look: Callable[[], T | None], what: str, seconds: float = 30) -> T:
    """What `look` finds in the end."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if (found := look()) is not None:
            return found
        time.sleep(0.2)
    raise AssertionError(f"never came: {what}")


def download(page: Page, link: Locator, folder: Path) -> Path:
    """The file behind a link, as the browser saved it."""
    with page.expect_download() as coming:
        link.click()
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


def command(instance: Instance, *words: str) -> str:
    """What `motcua …` says, run by the vendor's operator."""
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", *words],
        env={**os.environ, **instance.environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
