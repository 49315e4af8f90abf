"""Worker processes and a gateway of the tests' own."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextvars import Context
from pathlib import Path
from typing import Any

import pytest

from infra import bell
from infra.embedded.server import ROOT, python_environment
from infra.embedded.valkey import Valkey
from infra.settings import settings
from tests.onestop.notices.conftest import dossier, phone, smsc

__all__ = ["dossier", "phone", "smsc"]


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    """Wait for what a worker is going to do; the test run's own limit ends a hopeless wait."""
    while not await true():  # noqa: ASYNC110 - it is another process that does it
        await asyncio.sleep(0.05)


async def outside(doing: Coroutine[Any, Any, Any]) -> Any:
    """What `doing` gives when it runs for no tenant, as a worker's own task does."""
    return await asyncio.create_task(doing, context=Context())


@pytest.fixture
def redis(servers: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Valkey]:
    """A Valkey of this test's own, which it may kill."""
    with Valkey(tmp_path / "valkey") as server:
        monkeypatch.setenv("MOTCUA_REDIS_URL", server.url)
        settings.cache_clear()
        yield server
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
async def bells(redis: Valkey) -> object:
    """Rings go to the test's own Valkey."""
    await bell.close()
    yield redis
    await bell.close()


class Workers:
    """Worker processes; all are ended after the test."""

    def __init__(self, log: Path) -> None:
        self._log, self._running = log, []

    def start(self, **environment: str) -> subprocess.Popen:
        child = subprocess.Popen(
            [sys.executable, "-m", "app.worker"],
            cwd=ROOT,
            env={**python_environment(), **os.environ, **environment},
            stderr=self._log.open("ab"),
        )
        self._running.append(child)
        return child

    @property
    def said(self) -> str:
        return self._log.read_text()

    def end(self) -> None:
        for child in self._running:
            if child.poll() is None:
                child.send_signal(signal.SIGKILL)
            child.wait()


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Workers]:
    found = Workers(tmp_path / "worker.log")
    yield found
    found.end()
