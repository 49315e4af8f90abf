"""Reading pages and sending forms as a person does."""

import html
import re

import httpx


async def see(browser: httpx.AsyncClient, address: str, status: int = 200) -> str:
    """The page's text with single spaces and its entities read."""
    return text_of(await browser.get(address), status)


async def press(
    browser: httpx.AsyncClient, address: str, button: str, **typed: str
) -> httpx.Response:
    """Open the dossier's page, type, and press the button that leads to `button`."""
    page = await see(browser, address)
    assert f'formaction="{address}/{button}"' in page, f"no button {button}"
    form = {"version": hidden(page, "version"), **typed}
    return await browser.post(f"{address}/{button}", data=form)


def text_of(answer: httpx.Response, status: int = 200) -> str:
    """What an answer says."""
    assert answer.status_code == status, (answer.status_code, answer.text[-3000:])
    return html.unescape(" ".join(answer.text.split()))


def hidden(text: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, f"no field {name}"
    return found[1]


def went_to(answer: httpx.Response) -> str:
    """Where an act leads to."""
    assert answer.status_code == 303, (answer.status_code, answer.text[-3000:])
    return str(answer.headers["location"])


def at(code: str) -> str:
    """The dossier's page."""
    return f"/can-bo/ho-so/{code}"
