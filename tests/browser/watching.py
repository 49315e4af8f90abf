"""What goes wrong without anybody seeing it: console errors, scripts that fail, foreign hosts."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request

# Chromium says so of every page answered with such a status; whether it is right the stories say.
_REFUSED = re.compile("Failed to load resource: the server responded with a status of (4..|503)")


class Watch:
    """Collects complaints of every page of every browser it watches."""

    def __init__(self) -> None:
        self._faults: list[str] = []

    def over(self, context: BrowserContext) -> None:
        """Watch a browser from now on."""
        context.on("console", self._heard)
        context.on("request", self._asked)
        context.on("weberror", lambda error: self._faults.append(f"script: {error.error}"))

    def nothing_wrong(self) -> None:
        """Fail with what was collected since the last time."""
        faults, self._faults = self._faults, []
        assert not faults, "\n".join(faults)

    def must_have_said(self, words: str) -> None:
        """Take out what a story brought about itself; fail when nobody complained of it."""
        others = [fault for fault in self._faults if words not in fault]
        assert len(others) < len(self._faults), words
        self._faults = others

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not _REFUSED.match(message.text):
            self._faults.append(f"console at {message.location}: {message.text}")

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        host = parts.hostname or ""
        inside = host in {"127.0.0.1", "localhost"} or host.endswith(".localhost")
        if not inside and parts.scheme not in {"data", "blob", "about"}:
            self._faults.append(f"asked a foreign host: {request.url}")
