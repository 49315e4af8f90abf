"""A web server that goes without anybody noticing: another one takes over meanwhile."""

import asyncio
import time
from collections.abc import Callable

import uvicorn

# A balancer that asks for readiness every few seconds has noticed by then.
_NOTICE_SECONDS = 6.0
_LOOK_SECONDS = 0.05


class Draining(uvicorn.Server):
    """Serves two sockets, the public one first; told to end, it first lets everybody finish.

    From then on each answer says that the connection ends with it. A connection at rest is left
    to who holds it: closing it could cross with a question just sent, which a browser or a proxy
    must not ask again when it was an act. Nobody is waited for longer than `seconds`.
    """

    def __init__(
        self, config: uvicorn.Config, *, handed: bool, seconds: float, leave: Callable[[], None]
    ) -> None:
        """`handed`: other processes accept from the public socket too, so that it can be let go at
        once; otherwise it stays open until balancers have heard of `leave`."""
        super().__init__(config)
        self._handed, self._seconds, self._leave = handed, seconds, leave

    async def shutdown(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """Drain, then end as any server does."""
        if self._seconds:
            self._leave()
            await self._drain()
        await super().shutdown(sockets)  # type: ignore[arg-type]

    async def _drain(self) -> None:
        public = self.servers[0]
        began, port = time.monotonic(), public.sockets[0].getsockname()[1]
        notice = 0.0 if self._handed else min(_NOTICE_SECONDS, self._seconds)
        self.server_state.default_headers = [
            *self.server_state.default_headers,
            (b"connection", b"close"),
        ]
        for each in self.server_state.connections:
            asked = getattr(each, "cycle", None)
            # One that has begun to answer did not say so, and stays.
            if asked is not None and not asked.response_started:
                asked.keep_alive = False
        accepting = True
        while time.monotonic() - began < self._seconds and not self.force_exit:
            if accepting and time.monotonic() - began >= notice:
                public.close()
                accepting = False
            if not accepting and not self._open(port):
                return
            await asyncio.sleep(_LOOK_SECONDS)

    def _open(self, port: int) -> bool:
        """Whether anybody is still connected to the public port."""
        places = (getattr(each, "server", None) for each in self.server_state.connections)
        return any(place is not None and place[1] == port for place in places)
