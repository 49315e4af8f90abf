"""The servers and tenants the benchmarks use: embedded, on the client's core, gone afterwards.

PostgreSQL is as durable as in production (fsync and synchronous commits stay on).
"""

import asyncio
import base64
import os
import secrets
import tempfile
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import psutil

from app.chains import control_chain, tenant_chain
from app.provinces import loader
from app.provinces import service as provinces
from infra.clean import erase_data
from infra.embedded.postgres import Postgres
from infra.embedded.program import Program
from infra.embedded.server import Server
from infra.embedded.valkey import Valkey
from infra.settings import settings
from tenants import control, db, provision, registry
from tenants.clusters import clone, owner, quoted
from tenants.current import acting_for
from tenants.shapes import Tenant
from tenants.work import work
from tests.bench.machine import CLIENT_CORE, SERVER_CORE, on_core
from tests.ports import free_port

T = TypeVar("T")
PROVINCE = loader.load("binhdinh")


class House:
    """Running servers, and the tenants made so far."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.postgres = Postgres(place / "postgres")
        self.valkey = Valkey(place / "valkey")
        self.environment: dict[str, str] = {}
        self._ports: list[int] = []

    def start(self) -> None:
        """Start the servers and make the control database."""
        for server in (self.postgres, self.valkey):
            server.start()
            server.ready()
        self.environment = self._settings()
        os.environ.update(self.environment)
        settings.cache_clear()
        run(control.prepare(control_chain()))

    def stop(self) -> None:
        """End them and remove all data."""
        self.postgres.erase()
        self.valkey.erase()
        erase_data(self.place)

    @contextmanager
    def web(self, module: str = "app.web", **choices: object) -> Iterator[tuple[int, int]]:
        """One web process on the server's core: its port and its process id."""
        port, inner = free_port(), free_port()
        chosen = {"web_port": port, "inner_port": inner, "public_port": port, **choices}
        environment = {f"MOTCUA_{name.upper()}": str(value) for name, value in chosen.items()}
        web = Program(
            *(self.place / "web", "Web", module, {**self.environment, **environment}),
            listens=(port, inner),
            probe="/health/ready",
        )
        with on_core(SERVER_CORE), web:
            assert web.running is not None
            with on_core(CLIENT_CORE):
                yield port, web.running.pid

    @contextmanager
    def worker(self) -> Iterator[int]:
        """One worker process: its process id."""
        inner = {"MOTCUA_INNER_PORT": str(free_port())}
        worker = Program(
            self.place / "worker", "Worker", "app.worker", {**self.environment, **inner}
        )
        with on_core(SERVER_CORE), worker:
            assert worker.running is not None
            with on_core(CLIENT_CORE):
                yield worker.running.pid

    def _settings(self) -> dict[str, str]:
        values = {
            "mode": "development",
            "control_dsn": self.postgres.dsn_for("motcua_control", "motcua_control", "bench"),
            "clusters": f"main={self.postgres.dsn_for('', '', '')}",
            "cluster_admins": f"main={self.postgres.dsn}",
            "redis_url": self.valkey.url,
            "master_key": base64.b64encode(secrets.token_bytes(32)).decode(),
            "storage_root": self.place / "papers",
            "staging_root": self.place / "staging",
            "log_level": "warning",
            "web_drain_seconds": 0,
            "limits_factor": 1_000_000,  # One client asks for everybody.
        }
        return {f"MOTCUA_{name.upper()}": str(value) for name, value in values.items()}


@contextmanager
def house() -> Iterator[House]:
    """Servers for one run, in a temporary directory."""
    place = Path(tempfile.mkdtemp(prefix="motcua-bench-"))
    place.chmod(0o711)
    made = House(place)
    try:
        with on_core(CLIENT_CORE):
            made.start()
            yield made
    finally:
        made.stop()


def strike(server: Server) -> None:
    """Kill a server and every process of it with -9."""
    assert server.running is not None
    found = psutil.Process(server.running.pid)
    for process in (found, *found.children(recursive=True)):
        process.kill()
    server.running.wait()


def crash(server: Server) -> None:
    """Kill a server with -9 and start it again where its data is."""
    strike(server)
    start_again(server)


def start_again(server: Server) -> None:
    """Start a server that was struck."""
    server.stop()
    server.start()
    server.ready()


def run(doing: Coroutine[Any, Any, T]) -> T:
    """Run on a loop of its own, leaving no connection behind."""

    async def tidily() -> T:
        registry.forget()
        try:
            return await doing
        finally:
            await db.close()

    return asyncio.run(tidily())


async def province(slug: str) -> Tenant:
    """A tenant with Bình Định's agencies, officers, calendar and catalogue."""
    made = await provision.create(slug, provinces.site_of(PROVINCE), tenant_chain())
    await provision.activate(made)
    with acting_for(made):
        async with work():
            await provinces.load(PROVINCE)
    return made


async def copies(pattern: Tenant, slugs: list[str]) -> None:
    """Tenants with the same data as another one."""
    await db.close()
    async with owner("main") as admin:
        await clone(admin, pattern.database, "bench_pattern")
    async with owner("main", "bench_pattern") as connection:
        await connection.execute(f"drop owned by {quoted(pattern.role)}")
    for slug in slugs:
        site = provinces.site_of(PROVINCE)
        made = await provision.create(slug, site, tenant_chain(), source="bench_pattern")
        await provision.activate(made)
