"""The web process with a clock that other programs on the machine do not move.

Each answer says how many milliseconds of its processor the process spent from the request to it,
on this request and on all others meanwhile: what a reader waits for on a core of its own. With
`BENCH_ALL_AT_ONCE=1` there are places for everybody, to see what taking turns is worth.
"""

import os
import time

from litestar.types import Message, Receive, Scope, Send

from app import main, web
from app.doors import limits_lanes
from infra.turns import Room

_ENDLESS = 1_000_000


class Clocked:
    """The application, telling the time it took."""

    def __init__(self) -> None:
        self._app = main.create_app()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        began = time.process_time()

        async def timed(message: Message) -> None:
            if message["type"] == "http.response.start":
                spent = f"{(time.process_time() - began) * 1000:.3f}".encode()
                message = {**message, "headers": [*message["headers"], (b"x-worked-ms", spent)]}
            await send(message)

        await self._app(scope, receive, timed)


if __name__ == "__main__":
    if os.environ.get("BENCH_ALL_AT_ONCE"):
        endless = Room(_ENDLESS, _ENDLESS, _ENDLESS, _ENDLESS, 600.0)
        limits_lanes.ROOMS.update(dict.fromkeys(limits_lanes.ROOMS, endless))
    web.create_app = Clocked  # type: ignore[assignment]
    web.main()
