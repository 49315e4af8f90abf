"""Plays a person at an embedded provider's sign-in pages, for tests and demonstrations."""

from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx


class SignInFailed(Exception):
    """The provider did not let the person in; the text is what its page said."""


async def sign_in(http: httpx.AsyncClient, url: str, username: str, password: str) -> str:
    """Follow `url` (an authorisation request) through the provider's pages as a person would.

    Returns the address the provider sends the browser back to, not yet visited. A person who is
    already signed in there is sent back at once. `http` holds the person's cookies.
    """
    home = httpx.URL(url).netloc
    answers = {"login": username, "password": password}
    answer = await http.get(url)
    for _ in range(10):
        if answer.is_redirect:
            target = urljoin(str(answer.url), answer.headers["location"])
            if httpx.URL(target).netloc != home:
                return target
            answer = await http.get(target)
            continue
        page = _Page(answer.text)
        wanted = [name for name in page.fields if name in answers]
        if answer.status_code >= 400 or not wanted:
            raise SignInFailed(f"{answer.status_code}: {page.message or 'no sign-in form'}")
        filled = {**page.fields, **{name: answers.pop(name) for name in wanted}}
        answer = await http.post(str(answer.url), data=filled)
    raise SignInFailed("the provider sent the browser round in circles")


def fields_of(page: str) -> dict[str, str]:
    """The input fields of a page's form, as a browser would send them back unchanged."""
    return _Page(page).fields


class _Page(HTMLParser):
    """The fields of a page's form and the message above it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.message = ""
        self._in_message = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and (name := given.get("name")):
            self.fields[name] = given.get("value") or ""
        self._in_message = tag == "div" and "message" in (given.get("class") or "").split()

    def handle_data(self, data: str) -> None:
        if self._in_message:
            self.message += data.strip()

    def handle_endtag(self, tag: str) -> None:
        self._in_message = False
