"""How a request of the fuzzer reaches the application of the test, and comes back with the answer.

The fuzzer is plain Python in a thread of its own; the application runs in the test's loop, so that
both provinces, the frozen clock and the undone commits are as in every other test.
"""

import asyncio
import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from io import BytesIO
from typing import Any, NamedTuple

import httpx
import requests
from joserfc import jwt
from joserfc.jwk import OKPKey
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse

from infra.clock import now

# RFC 8037, appendix A: the private half of the key that a treasure's partner is known by.
_PRIVATE = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
_PARTNER = "https://thu.example"
# A file's address names its digest; by chance none would ever be right.
_FILE = re.compile(r"^(/api/v1/exchange/[^/]+/files/)[0-9a-f]{64}")
_MESSAGE = re.compile(r"/api/v1/exchange/([0-9a-f-]{36})")
_SKIPPED = {"accept-encoding", "connection", "user-agent", "host", "cookie"}


class Visitor(NamedTuple):
    """Somebody at one site: who it is, and what stands for what there."""

    role: str
    origin: str
    sign_in: Callable[[], Awaitable[str]]  # a new session's token
    mirror: Mapping[str, str]
    public_key: str
    meter: str = ""  # a token for reporting usage

    @property
    def name(self) -> str:
        """As faults are told."""
        return f"{self.role} at {self.origin.partition('//')[2].partition('.')[0]}"


_Answered = tuple[int, list[tuple[str, str]], bytes]


class Door(BaseAdapter):
    """The application in the place of a network, for whoever stands at the door just now."""

    def __init__(self, app: Any) -> None:
        super().__init__()
        self._transport = httpx.ASGITransport(app)
        self._loop = asyncio.get_running_loop()
        self._http = HTTPAdapter()
        self._cookies: dict[str, str] = {}
        self.visitor: Visitor | None = None
        self.asked = 0

    def session(self) -> requests.Session:
        """What the fuzzer asks through; no proxy and no cookie of its own."""
        session = requests.Session()
        session.trust_env = False
        session.mount("http://", self)
        return session

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        """Ask as the visitor and wait for the answer."""
        assert self.visitor is not None
        self.asked += 1
        status, headers, content = self._wait_for(self._answer(request, self.visitor))
        raw = HTTPResponse(
            BytesIO(content),
            HTTPHeaderDict(headers),
            status,
            preload_content=False,
            enforce_content_length=False,  # The answer to a HEAD has none of it.
        )
        response: requests.Response = self._http.build_response(request, raw)
        return response

    def close(self) -> None:
        """Nothing is held."""

    def _wait_for(self, doing: Coroutine[Any, Any, _Answered]) -> _Answered:
        return asyncio.run_coroutine_threadsafe(doing, self._loop).result()

    async def _answer(self, request: requests.PreparedRequest, visitor: Visitor) -> _Answered:
        if visitor.name not in self._cookies:
            self._cookies[visitor.name] = await visitor.sign_in()
        made = _made(request, visitor, self._cookies[visitor.name])
        answer = await self._transport.handle_async_request(made)
        request.url = str(made.url)
        if made.url.path == "/dang-xuat":
            del self._cookies[visitor.name]
        return answer.status_code, answer.headers.multi_items(), await answer.aread()


def _made(request: requests.PreparedRequest, visitor: Visitor, cookie: str) -> httpx.Request:
    """The same request as this visitor would send it, with the things of their own province."""
    path = _mirrored(request.path_url, visitor.mirror)
    body = request.body.encode() if isinstance(request.body, str) else request.body or b""
    # A file's bytes are left as they are.
    text = body.decode("latin-1")
    content = _mirrored(text, visitor.mirror).encode("latin-1", "replace")
    content = _of_that_id(path, content)
    path = _FILE.sub(rf"\g<1>{hashlib.sha256(content).hexdigest()}", path)
    headers = {
        name: _mirrored(
            value if isinstance(value, str) else value.decode("latin-1"), visitor.mirror
        )
        for name, value in request.headers.items()
        if name.lower() not in _SKIPPED | {"content-length"}
    }
    headers |= {"Origin": visitor.origin, **_proofs(path, content, visitor)}
    headers["Cookie"] = f"da_tham=1; motcua={cookie}"
    return httpx.Request(
        str(request.method), f"{visitor.origin}{path}", headers=headers, content=content
    )


def _of_that_id(path: str, content: bytes) -> bytes:
    """A message between systems says the id of its address; by chance none ever would."""
    named = _MESSAGE.fullmatch(path)
    try:
        said = json.loads(content) if named else None
    except ValueError:
        return content
    return (
        json.dumps({**said, "id": named[1]}).encode() if named and type(said) is dict else content
    )


def _mirrored(text: str, pairs: Mapping[str, str]) -> str:
    if not pairs:
        return text
    return _pattern(tuple(pairs)).sub(lambda found: pairs[found[0]], text)


_patterns: dict[tuple[str, ...], re.Pattern[str]] = {}


def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    if names not in _patterns:
        longest = sorted(names, key=len, reverse=True)
        _patterns[names] = re.compile("|".join(map(re.escape, longest)))
    return _patterns[names]


def _proofs(path: str, content: bytes, visitor: Visitor) -> dict[str, str]:
    """What machines prove themselves with, so that their doors are asked behind the proof."""
    if path.startswith("/api/v1/usage"):
        return {"Authorization": f"Bearer {visitor.meter}"}
    if not path.startswith("/api/v1/exchange"):
        return {}
    at = int(now().timestamp())
    claims = {
        "iss": _PARTNER, "aud": visitor.origin, "sha256": hashlib.sha256(content).hexdigest(),
        "iat": at, "exp": at + 300,
    }  # fmt: skip
    key = OKPKey.import_key(
        {"kty": "OKP", "crv": "Ed25519", "d": _PRIVATE, "x": visitor.public_key}
    )
    token = jwt.encode({"alg": "Ed25519"}, claims, key, algorithms=["Ed25519"])
    return {"Authorization": f"Bearer {token}"}
