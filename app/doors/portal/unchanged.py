"""The tracking page asked for again by a reader who has it: answered before anything is built.

People look after their dossier many times and mostly nothing has happened since. Then one small
keyed read is all there is to do; everything else goes on to the doors as usual.
"""

from typing import cast

from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from app.doors import render
from app.doors.session_life import cookie_name
from app.onestop.dossiers.queries.tracking import version_of

PATH = "/tra-cuu/"
CACHED = "private, no-cache"


def tag_of(version: int) -> str:
    """The page's validator (ETag): the dossier's version, and all else that changes the page."""
    return f'"{version}.{render.look()}"'


class Unchanged:
    """In front of a tenant's doors, for readers who are not signed in."""

    def __init__(self, doors: ASGIApp) -> None:
        self._doors = doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 304 when that is the answer, else open the doors."""
        code, held = _asked(cast(HTTPScope, scope))
        if held and await _is_current(code, held):
            headers = [(b"cache-control", CACHED.encode()), (b"etag", held.encode())]
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        else:
            await self._doors(scope, receive, send)


def _asked(scope: HTTPScope) -> tuple[str, str]:
    """The code and the validator the reader holds; nothing for any other request."""
    path = scope["path"]
    if scope["method"] != "GET" or not path.startswith(PATH) or not path.isprintable():
        return "", ""
    headers = dict(scope["headers"])
    # Somebody may be signed in, and then the page has a name on it: the doors find out.
    if cookie_name().encode() + b"=" in headers.get(b"cookie", b""):
        return "", ""
    return path.removeprefix(PATH), headers.get(b"if-none-match", b"").decode("latin-1")


async def _is_current(code: str, held: str) -> bool:
    version = await version_of(code)
    return version is not None and held == tag_of(version)
