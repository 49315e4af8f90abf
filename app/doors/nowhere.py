"""An address that leads nowhere is refused before any middleware ran: whose page it is, is found
out here."""

from collections.abc import Callable
from typing import Any

from litestar import Response
from litestar.types import Receive, Scope, Send

from app.doors.asked import Asked
from app.doors.session_life import Sessions, looked_for


class Recognised(Response[bytes]):
    """An answer that is drawn once it is known who asks."""

    def __init__(self, draw: Callable[[], Response[bytes]]) -> None:
        super().__init__(b"")
        self._draw = draw

    def to_asgi_response(self, app: Any, request: Asked, **_: Any) -> Any:
        """The answer, behind a look for the session."""

        async def drawn(scope: Scope, receive: Receive, send: Send) -> None:
            await self._draw().to_asgi_response(app, request)(scope, receive, send)

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            await Sessions().handle(scope, receive, send, drawn)

        return answer


def recognised(request: Asked, draw: Callable[[], Response[bytes]]) -> Response[bytes]:
    """What `draw` shows, to a person who is known even where no route was found."""
    return draw() if looked_for(request.scope) else Recognised(draw)
