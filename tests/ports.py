"""TCP ports for servers of the tests."""

import contextlib
import random
import socket
from collections.abc import Iterator
from contextlib import ExitStack

# Below what the system gives to connections: nobody gets one by chance before its server is up.
PORTS = range(10_000, 12_000)


def free_port() -> int:
    """A port nobody listens on."""
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """That many different ports nobody listens on."""
    with ExitStack() as held:
        trials = _free()
        return [held.enter_context(next(trials)).getsockname()[1] for _ in range(count)]


def _free() -> Iterator[socket.socket]:
    while True:
        trial = socket.socket()
        with contextlib.suppress(OSError):
            trial.bind(("127.0.0.1", random.choice(PORTS)))
            yield trial
