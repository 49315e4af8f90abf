"""The walk through every page, in the states people meet it in."""

import re
from typing import Self

from litestar import Litestar
from playwright.sync_api import Browser, BrowserContext, Page

from app.instance import Instance
from app.main import OPS, SHARED, TENANT
from tests.browser import walks
from tests.browser.looking import SCRIPT, Look, look
from tests.browser.watching import Watch


class Gallery:
    """The pages seen, and the browsers of those who see them."""

    def __init__(self, chromium: Browser, instance: Instance, watch: Watch) -> None:
        self.instance, self.watch = instance, watch
        self.looks: list[Look] = []
        self.code = ""  # of the dossier the pages show
        self._chromium = chromium
        self._opened: dict[str, BrowserContext] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        for context in self._opened.values():
            context.close()

    def browser(self, username: str) -> BrowserContext:
        """That person's browser; "" is a stranger's."""
        if username not in self._opened:
            # A colour on its way from light to dark is no colour of ours.
            context = self._chromium.new_context(locale="vi-VN", reduced_motion="reduce")
            context.set_default_timeout(20_000)
            context.add_init_script(SCRIPT)
            self.watch.over(context)
            self._opened[username] = context
        return self._opened[username]

    def visit(self, username: str, path: str, slug: str = "binhdinh") -> Page:
        """That person at that address, signed in where it asks for it; a stranger never is."""
        return self._go(self.page(username), username, path, slug)

    def look(self, page: Page, name: str) -> None:
        """Add the page as it is now."""
        self.looks.append(look(page, name))

    def at(self, username: str, path: str, name: str, slug: str = "binhdinh") -> None:
        """Go there in another window and look."""
        self.look(self._go(self.page(username, window=1), username, path, slug), name)
        # A window behind another is drawn once a second, and a click waits for two drawings.
        self.page(username).bring_to_front()

    def page(self, username: str, window: int = 0) -> Page:
        """That person's window. Each has two that go from address to address: opening one takes
        longer than most looks."""
        context = self.browser(username)
        while len(context.pages) <= window:
            context.new_page()
        return context.pages[window]

    def _go(self, page: Page, username: str, path: str, slug: str) -> Page:
        if username:
            walks.arrive(page, self.instance, slug, username, path)
        else:
            page.goto(self.instance.origin(slug) + path)
        return page

    def not_seen(self, others: tuple[str, ...]) -> list[str]:
        """Pages that the application offers and nobody looked at."""
        seen = {(host, path) for host, path in map(_where, self.looks)}
        missing = []
        for host, doors in (("tenant", TENANT), ("ops", OPS)):
            for route in Litestar([*SHARED, *doors], openapi_config=None).routes:
                shape = route.path_format
                if "GET" not in route.methods or shape.startswith(others) or shape.endswith("/pdf"):
                    continue
                pattern = re.sub(r"\{\w+\}", "[^/]+", shape)
                if not any(it == host and re.fullmatch(pattern, path) for it, path in seen):
                    missing.append(f"{host}{shape}")
        return missing


def _where(seen: Look) -> tuple[str, str]:
    path = re.sub(r"^https?://[^/]+|\?.*|#.*", "", seen.url)
    return "ops" if "//ops." in seen.url else "tenant", path.rstrip("/") or "/"
