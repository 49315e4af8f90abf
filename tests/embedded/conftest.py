"""Servers for the tests of the servers: throw-away, one per test that asks."""

import contextlib
import random
import socket

import pytest

from infra.embedded.process import Trouble
from infra.embedded.server import refuse_taken
from infra.embedded.smsc import Smsc


@pytest.fixture(scope="session")
def unused_ports():
    """A function that finds so many TCP ports nobody listens on."""

    def find(count):
        with contextlib.ExitStack() as stack:
            trials = [stack.enter_context(socket.socket()) for _ in range(count)]
            for trial in trials:
                trial.bind(("127.0.0.1", 0))
            return [trial.getsockname()[1] for trial in trials]

    return find


@pytest.fixture
def unused_range():
    """A function that finds so many consecutive TCP ports nobody listens on; answers the first."""

    def find(count):
        while True:
            first = random.randrange(33000, 60000)
            try:
                for port in range(first, first + count):
                    refuse_taken(port, "test")
            except Trouble:
                continue
            return first

    return find


@pytest.fixture
def free_port(unused_ports):
    """A function that finds one such port."""
    return lambda: unused_ports(1)[0]


@pytest.fixture
def smsc(tmp_path, free_port):
    with Smsc(tmp_path / "sms", free_port()) as server:
        yield server
