"""Reading pages and sending forms as a person does."""

import html
import re

import httpx


async def see(browser: httpx.AsyncClient, address: str, status: int = 200) -> str:
    """The page's text with single spaces and its entities read."""
    return text_of(await browser.get(address), status)


def text_of(answer: httpx.Response, status: int = 200) -> str:
    """What an answer says."""
    assert answer.status_code == status, (answer.status_code, answer.text[-3000:])
    return html.unescape(" ".join(answer.text.split()))


def hidden(text: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, f"no field {name}"
    return found[1]
