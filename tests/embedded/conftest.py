"""Servers for the tests of the servers: throw-away, one per test that asks."""

import random

import pytest

from infra.embedded.process import Trouble
from infra.embedded.server import refuse_taken
from infra.embedded.smsc import Smsc
from tests.ports import PORTS, free_ports


@pytest.fixture(scope="session")
def unused_ports():
    """A function that finds so many TCP ports nobody listens on."""

    return free_ports


@pytest.fixture
def unused_range():
    """A function that finds so many consecutive TCP ports nobody listens on; answers the first."""

    def find(count):
        while True:
            first = random.randrange(PORTS.start, PORTS.stop - count)
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
