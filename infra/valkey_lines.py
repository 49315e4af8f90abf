"""How Valkey is reached: the one way for sessions, limits and the bell.

Over TLS the name in the certificate is verified, which the library leaves out by itself. No line is
waited on for ever: one that lies dead (the machine at its other end is gone) says nothing at all.
Address and password are those the settings say now: they are changed while everything runs.
"""

from typing import Any

from redis.asyncio import ConnectionPool
from redis.asyncio.connection import AbstractConnection, Connection, parse_url
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff, NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from infra.settings import settings

# Whatever is asked of it is answered in milliseconds.
ANSWER_SECONDS = 2.0
_CONNECT_SECONDS = 1.0
_TRIES = 8


class Lines(ConnectionPool):
    """Connections to the Valkey the settings name; those opened by what they said before are
    closed: the ones at rest at once, the ones at work when they have their answer."""

    def __init__(self, **chosen: Any) -> None:
        """Nothing is opened yet; `chosen` is said to every connection."""
        self._chosen = chosen
        self._address = settings().redis_url
        self._former: set[AbstractConnection] = set()
        super().__init__(**chosen, **_said(self._address))

    async def get_connection(
        self, command_name: Any = None, *_: Any, **__: Any
    ) -> AbstractConnection:
        """A line that is connected, by what is said now."""
        if self._address != settings().redis_url:
            await self._follow()
        line: AbstractConnection = await super().get_connection()
        return line

    async def release(self, connection: AbstractConnection) -> None:
        """Put a line back, or close it if it is of those that were opened by former settings."""
        if connection not in self._former:
            await super().release(connection)
            return
        self._former.discard(connection)
        self._in_use_connections.remove(connection)
        await connection.disconnect()

    async def _follow(self) -> None:
        """Open lines by the new address from now on. Nothing is waited for before all of it is
        taken over: others ask for a line meanwhile."""
        self._address = settings().redis_url
        said = _said(self._address)
        self.connection_class = said.pop("connection_class", Connection)
        self.connection_kwargs = {**self._chosen, **said}
        self._former |= set(self._in_use_connections)
        at_rest, self._available_connections = self._available_connections, []
        for line in at_rest:
            await line.disconnect()


def lines(*, patient: bool) -> ConnectionPool:
    """Connections to Valkey, opened when first used: a patient worker rides out a short outage, a
    web request asks once more, over another line."""
    waits = (ExponentialBackoff(cap=1, base=0.1), _TRIES) if patient else (NoBackoff(), 1)
    return Lines(
        socket_timeout=ANSWER_SECONDS,
        socket_connect_timeout=_CONNECT_SECONDS,
        retry=Retry(*waits),
        retry_on_error=[RedisConnectionError, RedisTimeoutError, OSError],
    )


def _said(address: str) -> dict[str, Any]:
    said: dict[str, Any] = dict(parse_url(address))
    if address.startswith("rediss://"):
        said["ssl_check_hostname"] = True
    return said
