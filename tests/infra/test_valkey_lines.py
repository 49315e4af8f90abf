"""Valkey's password is changed while everything runs: each line is opened by what is said now."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from infra.embedded.valkey import Valkey
from infra.settings import reread, settings
from infra.valkey_lines import lines
from tests.security.deployed import deployed


@pytest.fixture
def said(tmp_path: Path) -> Iterator[tuple[Valkey, Path]]:
    """A Valkey without a password yet, and the file that tells programs where it is."""
    file = tmp_path / "redis_url"
    with Valkey(tmp_path / "valkey") as server, deployed():
        file.write_text(_address(server, ""))
        del os.environ["MOTCUA_REDIS_URL"]
        os.environ["MOTCUA_REDIS_URL_FILE"] = str(file)
        settings.cache_clear()
        yield server, file
        del os.environ["MOTCUA_REDIS_URL_FILE"]


def _address(server: Valkey, password: str) -> str:
    return server.url.replace("unix://", f"unix://:{quote(password)}@" if password else "unix://")


async def test_a_password_is_changed_and_no_line_of_the_former_one_is_left(
    said: tuple[Valkey, Path],
) -> None:
    server, file = said
    operator: Any = Redis(unix_socket_path=server.url.removeprefix("unix://"))
    await operator.execute_command("CONFIG", "SET", "requirepass", "cu")
    file.write_text(_address(server, "cu"))
    reread()
    client: Any = Redis.from_pool(lines(patient=False))
    await asyncio.gather(*(client.set("a", n) for n in range(3)))
    at_work = asyncio.create_task(client.blpop(["waits"], timeout=30))
    await asyncio.sleep(0.1)
    before = await _named(operator)
    # Both are good until every program was told of the new one.
    await operator.execute_command("ACL", "SETUSER", "default", ">moi")
    file.write_text(_address(server, "moi"))
    assert await client.get("a") == b"2"
    assert reread()
    await operator.execute_command("ACL", "SETUSER", "default", "<cu")
    assert await client.get("a") == b"2"
    await client.rpush("waits", "x")
    assert await at_work == (b"waits", b"x")
    assert await client.get("a") == b"2"
    assert not before & await _named(operator) and len(before) >= 2
    file.write_text(_address(server, "cu"))
    reread()
    with pytest.raises(RedisConnectionError, match="password"):
        await client.get("a")
    await client.aclose()
    await operator.aclose()


async def _named(operator: Any) -> set[str]:
    """The lines of others."""
    mine = str(await operator.client_id())
    return {each["id"] for each in await operator.client_list()} - {mine}
