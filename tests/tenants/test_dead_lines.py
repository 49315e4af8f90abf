"""A server whose machine is gone: nobody hangs up, and nobody answers."""

from pathlib import Path

import asyncpg
import pytest

from tenants.pools import Pools
from tenants.work import Work
from tests.chaos.wire import Wires
from tests.conftest import Servers

_SOCKET = ".s.PGSQL.5432"


@pytest.fixture
def line(servers: Servers, tmp_path: Path):
    """The way to the server, which can be made to lie dead."""
    wires = Wires()
    wires.lay("postgres", tmp_path / _SOCKET, Path(servers.postgres._sockets) / _SOCKET)
    yield wires
    wires.close()


@pytest.fixture
async def pools(line: Wires, servers: Servers, tmp_path: Path):
    """Connections over that line; a statement may take a third of a second."""
    dsn = servers.postgres.dsn

    async def opened(_) -> asyncpg.Connection:
        return await asyncpg.connect(dsn, host=str(tmp_path), command_timeout=0.3)

    made = Pools(opened, budget=4, share=3)
    yield made
    await made.close()


async def test_who_was_not_answered_asks_over_a_new_line_and_so_does_everybody_else(line, pools):
    first, second, third = [await pools.acquire("a") for _ in range(3)]
    await pools.release("a", second)
    await pools.release("a", third)
    line.set("postgres", "dead")
    with pytest.raises(TimeoutError):
        await pools.ask(first, "fetchval", "select 1")
    with pytest.raises(TimeoutError):  # Nor does a second question wait for the first one's end.
        await pools.ask(first, "fetchval", "select 1")
    await pools.release("a", first)
    fresh = [await pools.acquire("a") for _ in range(3)]
    assert not {first, second, third} & set(fresh)
    for each in fresh:
        assert await pools.ask(each, "fetchval", "select 1") == 1
        await pools.release("a", each)
    assert pools.opened == 3


async def test_a_transaction_over_a_dead_line_comes_to_nothing_and_holds_nobody_up(
    line, pools, monkeypatch
):
    monkeypatch.setattr("tenants.work._ROLL_BACK_SECONDS", 0.3)
    place, unit = (pools, "a"), Work()
    connection = await unit.connection(place)
    line.set("postgres", "dead")
    with pytest.raises(TimeoutError):
        await pools.ask(connection, "execute", "select 1")
    with pytest.raises(TimeoutError):
        await unit.commit()
    again = Work()
    assert await pools.ask(await again.connection(place), "fetchval", "select 1") == 1
    line.set("postgres", "dead")
    await again.roll_back()
    assert pools.busy("a") == 0


async def test_what_was_cancelled_for_taking_too_long_leaves_the_server_alone(line, pools):
    connection = await pools.acquire("a")
    with pytest.raises(TimeoutError):
        await pools.ask(connection, "fetchval", "select pg_sleep(60)")
    await pools.release("a", connection)
    other = await pools.acquire("a")
    asleep = "select count(*) from pg_stat_activity where query = 'select pg_sleep(60)'"
    while await pools.ask(other, "fetchval", asleep):
        pass
    await pools.release("a", other)
