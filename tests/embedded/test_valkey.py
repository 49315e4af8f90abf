"""The embedded Valkey keeps what it was told."""

import signal

import redis

from infra.embedded.valkey import Valkey


def ask(server, *words):
    line = redis.Redis.from_url(server.url)
    try:
        return line.execute_command(*words)
    finally:
        line.close()


def test_what_was_written_outlives_a_clean_stop(tmp_path):
    server = Valkey(tmp_path / "valkey")
    with server:
        ask(server, "set", "a", "1")
    with server:
        assert ask(server, "get", "a") == b"1"


def test_a_server_that_was_killed_starts_again(tmp_path):
    server = Valkey(tmp_path / "valkey")
    with server:
        ask(server, "set", "a", "1")
        ask(server, "waitaof", "1", "0", "5000")
        server.running.send_signal(signal.SIGKILL)
        server.running.wait()
    with server:
        assert ask(server, "get", "a") == b"1"


def test_no_port_is_open_and_the_socket_is_private(tmp_path):
    server = Valkey(tmp_path / "valkey")
    with server:
        assert ask(server, "config", "get", "port") == [b"port", b"0"]
        path = server.url.removeprefix("unix://")
        assert ask(server, "config", "get", "unixsocket") == [b"unixsocket", path.encode()]


def test_a_path_too_long_for_a_socket_gets_a_short_one(tmp_path):
    server = Valkey(tmp_path / ("dài-" * 30) / "valkey")
    with server:
        assert ask(server, "ping")
    server.erase()
    assert not server.directory.exists()
