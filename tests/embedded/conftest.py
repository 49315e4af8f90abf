"""Servers for the tests of the servers: throw-away, one per test that asks."""

import socket

import pytest

from infra.embedded.smsc import Smsc


@pytest.fixture
def free_port():
    """A function that finds a TCP port nobody listens on."""

    def find() -> int:
        with socket.socket() as trial:
            trial.bind(("127.0.0.1", 0))
            return trial.getsockname()[1]

    return find


@pytest.fixture
def smsc(tmp_path, free_port):
    with Smsc(tmp_path / "sms", free_port()) as server:
        yield server
