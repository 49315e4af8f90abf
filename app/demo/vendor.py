"""What the vendor sees: the month's statement of each province, and the facts behind it."""

import asyncio
import time
from typing import Any

from app.demo.browser import Browser
from infra.embedded.process import Trouble

# Usage is carried into the books by a bell, at the latest by the worker's look at every minute.
_PATIENCE_SECONDS = 100


async def statement(browser: Browser, slug: str, month: str, facts: int) -> dict[str, Any]:
    """The statement as soon as the books hold that many facts; Trouble if they never do."""
    limit = time.monotonic() + _PATIENCE_SECONDS
    while True:
        answer = await browser.send("GET", f"/api/v1/statements/{slug}/{month}")
        shown: dict[str, Any] = answer.raise_for_status().json()["statement"]
        collected = sum(line["facts"] for line in shown["lines"])
        if collected >= facts:
            return shown
        if time.monotonic() > limit:
            raise Trouble(f"the books of {slug} hold {collected} facts of {facts}")
        await asyncio.sleep(0.3)


async def facts_behind(browser: Browser, slug: str, month: str, line: str) -> list[dict[str, Any]]:
    """The facts behind one counted line."""
    answer = await browser.send("GET", f"/api/v1/statements/{slug}/{month}/{line}")
    found: list[dict[str, Any]] = answer.raise_for_status().json()["facts"]
    return found
