"""Asking a program whether it does its work yet."""

import http.client
import time
from collections.abc import Callable

_PATIENCE_SECONDS = 120


def wait(holds: Callable[[], bool], what: str) -> None:
    """Return as soon as it holds; AssertionError when it never does."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            if holds():
                return
        except OSError:
            pass
        time.sleep(0.5)
    raise AssertionError(f"waited in vain: {what}")


def status(path: str, port: int, host: str = "") -> int:
    """How a GET is answered."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        line.request("GET", path, headers={"Host": host} if host else {})
        return line.getresponse().status
    finally:
        line.close()
