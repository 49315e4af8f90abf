"""A person's browser: cookies, redirects and forms, and no scripts."""

import html
import re
from collections.abc import Collection
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin

import httpx

from app.demo.forms import Form, FormReader
from infra.embedded.process import Trouble
from infra.embedded.signin import sign_in
from infra.http import visitor

_HIDDEN = re.compile(r"<(script|style|svg)\b.*?</\1>|<[^>]+>", re.DOTALL)
_PATIENCE_SECONDS = 30


class Page:
    """An answer as a person sees it."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self.url = answer.url
        self.status = answer.status_code
        self.source = answer.text if "html" in answer.headers.get("content-type", "") else ""

    @property
    def text(self) -> str:
        """What can be read on it."""
        return " ".join(html.unescape(_HIDDEN.sub(" ", self.source)).split())

    def form(self, action: str, files: Collection[str] = ()) -> Form:
        """The form that leads to the path `action`, the one that takes these files where there are
        several; Trouble when there is none."""
        found = [form for form in FormReader(self.source).forms if form.leads_to(action)]
        for form in sorted(found, key=lambda form: not set(files) <= set(form.files)):
            return form
        raise Trouble(f"{self.url} has no form to {action}: {self.text[:600]}")

    def links(self, beginning: str) -> list[str]:
        """Addresses of links that begin so, each once, in the order of the page."""
        found = re.findall(r'href="([^"]+)"', self.source)
        return list(dict.fromkeys(html.unescape(x) for x in found if x.startswith(beginning)))

    def link_before(self, words: str, beginning: str) -> str:
        """The last address beginning so that stands before the words; "" when there is none."""
        before = html.unescape(self.source).partition(words)[0]
        return next(
            iter(reversed(re.findall(f'href="({re.escape(beginning)}[^"#]+)"', before))), ""
        )


class Browser:
    """One person's browser on one site."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.http = visitor(timeout=_PATIENCE_SECONDS)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        await self.http.aclose()

    async def get(self, path: str, *, status: int = 200) -> Page:
        """Open an address and follow where it leads."""
        return await self._follow(await self.http.get(urljoin(self.origin, path)), status)

    async def press(
        self,
        page: Page,
        action: str,
        answers: dict[str, str] | None = None,
        *,
        button: tuple[str, str] | None = None,
        files: dict[str, Any] | None = None,
        status: int = 200,
    ) -> Page:
        """Fill the page's form to `action`, press its button, follow where it leads."""
        form = page.form(action, files or {})
        if unknown := set(files or {}) - set(form.files):
            raise Trouble(f"the form {action} takes no file called {', '.join(unknown)}")
        sent, address = (
            form.filled(answers or {}, button),
            urljoin(self.origin, form.leads_to(action)),
        )
        if form.method == "get":
            return await self._follow(await self.http.get(address, params=sent), status)
        return await self._follow(await self._post(address, data=sent, files=files), status)

    async def enter(self, sign_in_page: str, username: str, password: str) -> Page:
        """Sign in with the issuer behind the page's button."""
        page = await self.get(sign_in_page)
        form = page.form(sign_in_page)
        answer = await self._post(urljoin(self.origin, form.action), data=form.fields)
        back = await sign_in(self.http, answer.headers["location"], username, password)
        return await self.get(back)

    async def send(self, method: str, path: str, **how: Any) -> httpx.Response:
        """One request as a page's script would make it; no redirect is followed."""
        headers = {"Origin": self.origin, **how.pop("headers", {})}
        return await self.http.request(method, urljoin(self.origin, path), headers=headers, **how)

    async def _post(self, address: str, **how: Any) -> httpx.Response:
        return await self.http.post(address, headers={"Origin": self.origin}, **how)

    async def _follow(self, answer: httpx.Response, status: int) -> Page:
        for _ in range(10):
            if not answer.is_redirect:
                break
            answer = await self.http.get(urljoin(str(answer.url), answer.headers["location"]))
        page = Page(answer)
        if page.status != status:
            raise Trouble(f"{answer.url} answered {page.status}, not {status}: {page.text[:600]}")
        return page
