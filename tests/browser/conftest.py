"""A real Chromium at a whole throw-away installation with its papers in an S3 store."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from app.instance import Instance, throw_away
from infra.extras import browser
from tests.browser.watching import Watch

_ARGUMENTS = (
    "--no-sandbox", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="package")
def instance() -> Iterator[Instance]:
    """Two provinces and the vendor, running; gone afterwards."""
    if browser() is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium fonts-noto-core")
    with throw_away(s3=True) as running:
        yield running


# After the installation: while Playwright drives a browser, its loop occupies this thread.
@pytest.fixture(scope="package")
def chromium(instance: Instance) -> Iterator[Browser]:
    """The browser of this machine."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser(), args=list(_ARGUMENTS))
        yield opened
        opened.close()


Visit = Callable[..., BrowserContext]


@pytest.fixture(scope="package")
def watch() -> Watch:
    """What browsers complained of, and whom they asked."""
    return Watch()


@pytest.fixture
def visit(chromium: Browser, watch: Watch) -> Iterator[Visit]:
    """`visit()` is a browser nobody has used before; choices as of `Browser.new_context`."""
    opened: list[BrowserContext] = []

    def new(**choices: Any) -> BrowserContext:
        context = chromium.new_context(locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", **choices)
        context.set_default_timeout(20_000)
        watch.over(context)
        opened.append(context)
        return context

    yield new
    for context in opened:
        context.close()
    watch.nothing_wrong()
