"""How Valkey is reached: the one way for sessions, limits and the bell.

Over TLS the name in the certificate is verified, which the library leaves out by itself. No line is
waited on for ever: one that lies dead (the machine at its other end is gone) says nothing at all.
"""

from typing import Any

from redis.asyncio import ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff, NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from infra.settings import settings

# Whatever is asked of it is answered in milliseconds.
ANSWER_SECONDS = 2.0
_CONNECT_SECONDS = 1.0
_TRIES = 8


def lines(*, patient: bool) -> ConnectionPool:
    """Connections to Valkey, opened when first used: a patient worker rides out a short outage, a
    web request asks once more, over another line."""
    chosen: dict[str, Any] = {
        "socket_timeout": ANSWER_SECONDS,
        "socket_connect_timeout": _CONNECT_SECONDS,
    }
    if settings().redis_url.startswith("rediss://"):
        chosen["ssl_check_hostname"] = True
    waits = (ExponentialBackoff(cap=1, base=0.1), _TRIES) if patient else (NoBackoff(), 1)
    chosen["retry"] = Retry(*waits)
    chosen["retry_on_error"] = [RedisConnectionError, RedisTimeoutError, OSError]
    return ConnectionPool.from_url(settings().redis_url, **chosen)
