"""The embedded PostgreSQL: closed to others, unharmed by crashes, at home anywhere."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import asyncpg
import pytest

from infra.embedded import places
from infra.embedded.postgres import Postgres
from infra.embedded.process import SOCKET_PATH_LIMIT, Trouble, identity
from infra.embedded.server import ROOT

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root must lend another user")


# Slow disks make slow tests; what is tested here does not hang on a power cut.
HASTY = {"fsync": "off"}


@pytest.fixture
def postgres(tmp_path):
    server = Postgres(tmp_path / "pg", settings=HASTY)
    yield server
    server.erase()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """One that runs, for tests that leave it as it is."""
    server = Postgres(tmp_path_factory.mktemp("served") / "pg", settings=HASTY)
    with server:
        yield server
    server.erase()


def ask(server, question="select 1"):
    return asyncio.run(_ask(server.dsn, question))


async def _ask(address, question):
    connection = await asyncpg.connect(address)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


def test_it_is_version_18_in_utf_8_and_survives_a_restart(postgres):
    with postgres:
        assert ask(postgres, "show server_version").startswith("18.")
        assert ask(postgres, "show server_encoding") == "UTF8"
        ask(postgres, "create table kept (name text)")
        ask(postgres, "insert into kept values ('Bình Định')")
    with postgres:
        assert ask(postgres, "select name from kept") == "Bình Định"


def test_left_to_itself_it_is_durable(tmp_path):
    with Postgres(tmp_path / "pg") as server:
        assert ask(server, "show fsync") == "on"
        assert ask(server, "show synchronous_commit") == "on"
    server.erase()


def test_nobody_enters_without_the_password_and_no_port_is_open(served):
    wrong = served.dsn_for("postgres", "motcua_admin", "doan-mo")
    with pytest.raises(asyncpg.InvalidPasswordError):
        asyncio.run(_ask(wrong, "select 1"))
    assert ask(served, "show listen_addresses") == ""
    assert oct((served.directory / "password").stat().st_mode & 0o777) == "0o600"


def test_its_log_quotes_no_row(served):
    with pytest.raises(asyncpg.NotNullViolationError) as refused:
        asyncio.run(_insert_half_a_person(served.dsn))
    printed = served.log.read_text()
    assert "Trần Kín" in str(refused.value.detail)
    assert "violates not-null constraint" in printed
    assert "Trần Kín" not in printed


async def _insert_half_a_person(address):
    connection = await asyncpg.connect(address)
    try:
        await connection.execute("create temporary table person (name text, born date not null)")
        await connection.execute("insert into person (name) values ($1)", "Trần Kín")
    finally:
        await connection.close()


def test_two_clusters_run_side_by_side(served, postgres):
    with postgres:
        ask(postgres, "create database only_here")
        assert ask(served, "select count(*) from pg_database") == 3


def test_a_second_server_on_the_same_data_is_refused_in_a_sentence(served):
    with pytest.raises(Trouble, match="PostgreSQL already runs in"):
        Postgres(served.directory).start()


def test_a_stale_note_naming_a_living_process_does_not_stop_it(postgres):
    with postgres:
        pass
    note = places.home_of(postgres.directory) / "cluster" / "postmaster.pid"
    note.write_text(f"{os.getpid()}\n{note.parent}\n1\n5432\n\n\n0 0\nready\n")
    with postgres:
        assert ask(postgres) == 1


def test_a_half_made_cluster_is_made_anew(postgres):
    with postgres:
        pass
    home = places.home_of(postgres.directory)
    (home / "cluster").rename(home / "cluster.new")
    (home / "cluster.new" / "PG_VERSION").unlink()
    with postgres:
        assert ask(postgres) == 1


def test_a_cluster_of_another_version_is_refused_in_a_sentence(postgres):
    with postgres:
        pass
    (places.home_of(postgres.directory) / "cluster" / "PG_VERSION").write_text("15\n")
    with pytest.raises(Trouble, match="was made by PostgreSQL 15, but this is 18"):
        postgres.start()


def test_a_server_whose_parent_was_killed_ends_and_the_next_start_recovers(postgres):
    program = (
        "import sys, time; from pathlib import Path; from infra.embedded.postgres import Postgres;"
        "p = Postgres(Path(sys.argv[1])); p.start(); p.ready(); print(p.running.pid, flush=True);"
        "time.sleep(600)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program, postgres.directory], stdout=subprocess.PIPE, cwd=ROOT
    )
    child = int(parent.stdout.readline())
    born = identity(child)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    with postgres:
        assert identity(child) != born
        assert ask(postgres) == 1


def test_a_server_killed_during_a_long_query_recovers(postgres):
    with postgres:
        ask(postgres, "create table kept (n int)")
        long = "select count(*) from generate_series(1, 2000000000)"
        asking = threading.Thread(target=_ask_in_vain, args=(postgres, long))
        asking.start()
        while not ask(postgres, "select count(*) from pg_stat_activity where query like '%2000000%'"
                                " and pid <> pg_backend_pid() and state = 'active'"):  # fmt: skip
            time.sleep(0.05)
        postgres.running.send_signal(signal.SIGKILL)
        postgres.running.wait()
    with postgres:
        assert ask(postgres, "select count(*) from kept") == 0
    asking.join()


def _ask_in_vain(server, question):
    with pytest.raises((OSError, asyncpg.PostgresError, asyncpg.InterfaceError)):
        ask(server, question)


def test_a_path_too_long_for_a_socket_gets_a_short_private_one(tmp_path):
    deep = tmp_path / ("đường-dẫn-rất-dài-" * 5) / "pg"
    assert len(os.fsencode(deep)) > SOCKET_PATH_LIMIT
    postgres = Postgres(deep, settings=HASTY)
    try:
        with postgres:
            assert ask(postgres) == 1
            short = Path(ask(postgres, "show unix_socket_directories"))
            assert short.stat().st_mode & 0o777 == 0o700
    finally:
        postgres.erase()
    assert not deep.exists() and not short.exists()


@as_root
def test_root_lends_it_a_user_that_cannot_read_our_password(served):
    status = Path(f"/proc/{served.running.pid}/status").read_text()
    uids = next(line for line in status.splitlines() if line.startswith("Uid:")).split()[1:]
    assert "0" not in uids
    assert (served.directory / "password").stat().st_uid == 0


@as_root
def test_under_a_private_home_it_lives_elsewhere_and_leaves_nothing(tmp_path):
    home = tmp_path / "private"
    home.mkdir(mode=0o700)
    home.chmod(0o700)
    postgres = Postgres(home / "clone" / ".data" / "pg", settings=HASTY)
    try:
        with postgres:
            ask(postgres, "create table kept (n int)")
        elsewhere = places.home_of(postgres.directory)
        assert not elsewhere.is_relative_to(tmp_path)
        assert elsewhere.stat().st_mode & 0o777 == 0o700
        with postgres:
            assert ask(postgres, "select count(*) from kept") == 0
        assert home.stat().st_mode & 0o777 == 0o700
    finally:
        postgres.erase()
    assert not elsewhere.exists()


@as_root
def test_a_program_the_lent_user_cannot_reach_is_copied(tmp_path, monkeypatch):
    real = places.installed()
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    for name in (places._PACKAGE, f"{places._PACKAGE}.libs"):
        subprocess.run(["cp", "-rl", str(real.parents[2] / name), str(hidden / name)], check=True)
    monkeypatch.setattr(
        places, "installed", lambda: hidden / places._PACKAGE / "pginstall18" / "bin"
    )
    postgres = Postgres(tmp_path / "pg", settings=HASTY)
    try:
        with postgres:
            assert ask(postgres) == 1
            program = os.readlink(f"/proc/{postgres.running.pid}/exe")
            assert not Path(program).is_relative_to(hidden)
    finally:
        postgres.erase()
