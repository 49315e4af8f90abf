"""Servers go up and down together, and trouble is one sentence."""

import errno
import os
import signal
import socket
import subprocess
import sys

import pytest

from infra.embedded.process import Trouble, identity
from infra.embedded.program import Program
from infra.embedded.server import ROOT, refuse_taken
from infra.embedded.smsc import Smsc
from infra.embedded.supervisor import Supervisor, sentence, told_to_stop
from infra.embedded.valkey import Valkey


def test_everything_ends_with_the_block_even_after_an_error(tmp_path, free_port):
    valkey, smsc = Valkey(tmp_path / "valkey"), Smsc(tmp_path / "sms", free_port())
    with pytest.raises(ZeroDivisionError), Supervisor(tmp_path) as supervisor:
        supervisor.launch(valkey, smsc)
        supervisor.wait_ready()
        known = [identity(server.running.pid) for server in (valkey, smsc)]
        raise ZeroDivisionError
    assert all(known)
    assert [identity(int(name.split()[0])) for name in known] == ["", ""]


def test_a_second_supervisor_of_the_same_data_is_refused_in_a_sentence(tmp_path):
    refusal = pytest.raises(Trouble, match="already runs with the data directory")
    with Supervisor(tmp_path), refusal:
        Supervisor(tmp_path).__enter__()
    with Supervisor(tmp_path):
        pass


def test_a_server_that_ends_by_itself_is_named(tmp_path):
    valkey = Valkey(tmp_path / "valkey")
    with Supervisor(tmp_path) as supervisor:
        supervisor.launch(valkey)
        supervisor.wait_ready()
        valkey.running.send_signal(signal.SIGKILL)
        with pytest.raises(Trouble, match="Valkey stopped by itself"):
            supervisor.watch()


def test_a_program_that_cannot_start_says_its_last_words(tmp_path):
    program = Program(
        tmp_path / "web", "Web", "tests.embedded.no_such_program", {}, listens=(1025,)
    )
    with Supervisor(tmp_path) as supervisor:
        supervisor.launch(program)
        with pytest.raises(Trouble, match=r"Web stopped while starting: .*No module named"):
            supervisor.wait_ready()


def test_an_old_error_in_the_log_is_not_blamed_for_a_new_one(tmp_path):
    valkey = Valkey(tmp_path / "valkey")
    valkey.directory.mkdir()
    valkey.log.write_text("FATAL: something of last year\n")
    with valkey:
        assert "last year" not in valkey.last_words()


def test_a_port_in_use_is_named(tmp_path, free_port):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Trouble, match=f"port {port} .* is already in use"):
            Smsc(tmp_path / "sms", port).start()
    refuse_taken(free_port(), "test")


def test_a_killed_supervisor_leaves_nothing_running(tmp_path, free_port):
    program = (
        "import sys; from pathlib import Path; from infra.embedded.supervisor import Supervisor;"
        "from infra.embedded.valkey import Valkey; from infra.embedded.smsc import Smsc;"
        "d = Path(sys.argv[1]); servers = Valkey(d / 'valkey'), Smsc(d / 'sms', int(sys.argv[2]));"
        "s = Supervisor(d).__enter__(); s.launch(*servers); s.wait_ready();"
        "print(*(server.running.pid for server in servers), flush=True); s.watch()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program, tmp_path, str(free_port())],
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    children = [identity(int(pid)) for pid in parent.stdout.readline().split()]
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert len(children) == 2 and all(children)
    # A start right after must neither collide with them nor find them.
    with Supervisor(tmp_path) as supervisor:
        supervisor.launch(Valkey(tmp_path / "valkey"), Smsc(tmp_path / "sms", free_port()))
        supervisor.wait_ready()
        assert [identity(int(name.split()[0])) for name in children] == ["", ""]


def test_a_request_to_stop_ends_the_block_quietly():
    with told_to_stop():
        os.kill(os.getpid(), signal.SIGTERM)
        pytest.fail("the signal was not heard")
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_full_disk_and_a_missing_permission_are_sentences():
    full = OSError(errno.ENOSPC, "No space left on device", "/x/y")
    assert sentence(full) == "the disk is full (/x/y): free some space, then start again"
    denied = PermissionError(errno.EACCES, "Permission denied", "/x")
    assert sentence(denied).startswith("permission is missing (/x)")
