"""An installation whose web processes and workers are of two releases, behind one socket."""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import httpx

from app.instance import Instance, free_base
from app.prepare import prepare
from infra.embedded.process import Trouble, private, tie_to_parent
from infra.embedded.program import Program
from infra.embedded.server import Server, python_environment
from tests.chaos import ledger
from tests.upgrade.trees import OLD_COLUMN, Trees, two_releases

_INNER_STEP = 30
_ISSUERS = ("dinhdanh", "canbo-binhdinh")
# Hands file descriptor 3 over as a service manager does.
_HANDED = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.executable, [sys.executable, "-m", *sys.argv[2:]])
"""
_SIGTERM = 15


class OfRelease(Program):
    """A program of the product as it stands in a tree; a web process takes the shared socket."""

    def __init__(
        self, place: Path, module: str, tree: Path, settings: Mapping[str, str], listener: int = -1
    ) -> None:
        """`listener` is the descriptor of the public socket."""
        inner = int(settings["MOTCUA_INNER_PORT"])
        super().__init__(
            place, f"{module}-{tree.name}", module, settings,
            listens=(inner,) if listener >= 0 else (), probe="/health/ready",
        )  # fmt: skip
        self._tree, self._listener = tree, listener
        if listener < 0:
            self._probe = ""

    def environment(self) -> dict[str, str]:
        """That of the release's own directory."""
        return {**super().environment(), "PYTHONPATH": str(self._tree)}

    def leave(self) -> int:
        """Tell it to go and wait until it has gone; its exit status."""
        assert self._child is not None
        self._child.send_signal(_SIGTERM)
        return self._child.wait(90)

    def _launch(self) -> "subprocess.Popen[bytes]":
        handed = self._listener >= 0
        words = ["-c", _HANDED, str(self._listener)] if handed else ["-m"]
        parent = os.getpid()
        with open(self.log, "ab", opener=private) as output:
            return subprocess.Popen(
                [sys.executable, *words, self._module],
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                env=self.environment(), cwd=self._tree, start_new_session=True,
                pass_fds=(self._listener,) if handed else (),
                preexec_fn=lambda: tie_to_parent(parent, _SIGTERM),
            )  # fmt: skip


class Street(Instance):
    """Parts as ever; the programs are started and ended one by one."""

    was_ahead = False

    def __init__(self, data: Path, trees: Trees) -> None:
        """Begin with the older release of the two."""
        super().__init__(data, free_base())
        self.trees = trees
        self._socket: socket.socket | None = None

    def __enter__(self) -> Self:
        super().__enter__()
        self._socket = socket.create_server(("127.0.0.1", self.ports.web), backlog=512)
        return self

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        if self._socket is not None:
            self._socket.close()

    @property
    def direct(self) -> dict[str, str]:
        """The settings of who looks from outside."""
        return {**python_environment(), **self.environment}

    def server(self, name: str) -> Server:
        """The part of that name."""
        return next(one for one in self._supervisor._servers if one.name.lower() == f"{name}ql")

    def start(self, module: str, tree: Path) -> OfRelease:
        """A web process or a worker of that tree; ready when this returns."""
        old = tree == self.trees.old
        inner = self.inner_port(tree)
        chosen = {
            **self.environment,
            "MOTCUA_INNER_PORT": str(inner),
            "MOTCUA_WEB_DRAIN_SECONDS": "20",
            "MOTCUA_LIMITS_FACTOR": "100",
            "MOTCUA_SMS_UNLIMITED": "true",
            "MOTCUA_LOG_LEVEL": "warning",
        }
        web = module == "app.web"
        assert self._socket is not None
        listener = self._socket.fileno() if web else -1
        place = self.data / f"{module.rpartition('.')[2]}-{'cu' if old else 'moi'}"
        program = OfRelease(place, module, tree, chosen, listener)
        self._supervisor.launch(program)
        program.ready()
        return program

    def forget(self, program: OfRelease) -> None:
        """It has left by itself, and is not to be started again."""
        self._supervisor._servers.remove(program)
        program.stop()

    def inner_port(self, tree: Path) -> int:
        """Where a tree's web process tells how it is."""
        return self.ports.inner if tree == self.trees.old else self.ports.web + _INNER_STEP

    def answered(self, tree: Path) -> float:
        """How many requests the tree's web process has answered."""
        text = httpx.get(f"http://127.0.0.1:{self.inner_port(tree)}/metrics", timeout=30).text
        lines = [x for x in text.splitlines() if x.startswith("motcua_requests_total{")]
        return sum(float(line.rpartition(" ")[2]) for line in lines)

    def readiness(self, tree: Path) -> int:
        """What the tree's web process says when asked whether it is ready."""
        address = f"http://127.0.0.1:{self.inner_port(tree)}/health/ready"
        return httpx.get(address, timeout=30).status_code

    def upgrading(self, *words: str) -> "subprocess.Popen[str]":
        """`motcua upgrade` of the newer release, at work."""
        return subprocess.Popen(
            [sys.executable, "-m", "app.cli", "upgrade", *words],
            env={**self.direct, **self._admin, "PYTHONPATH": str(self.trees.new)},
            cwd=self.trees.new, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def upgrade(self, *words: str) -> tuple[int, str]:
        """The same to its end: status and what it printed."""
        process = self.upgrading(*words)
        said, _ = process.communicate()
        return process.returncode, said

    def command(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """What the operator types, of the newer release."""
        return subprocess.run(
            [sys.executable, "-m", "app.cli", *words],
            env={**self.direct, **self._admin, "PYTHONPATH": str(self.trees.new)},
            cwd=self.trees.new, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def fetch(self, sql: str) -> list[tuple[object, ...]]:
        """Rows of the province's database."""

        async def ask() -> list[tuple[object, ...]]:
            async with ledger.tenant(self) as db:  # type: ignore[arg-type]
                return [tuple(row) for row in await db.fetch(sql)]

        return asyncio.run(ask())

    def versions(self) -> list[int]:
        """How far each tenant is, as the registry has it."""

        async def ask() -> list[int]:
            async with ledger.control(self) as db:  # type: ignore[arg-type]
                return [row[0] for row in await db.fetch("select schema_version from tenant")]

        return asyncio.run(ask())

    def _read_keys(self) -> None:
        super()._read_keys()
        # Those nobody here signs in with need not run.
        used = [i for i in self._accounts.issuers if i.host.startswith(_ISSUERS)]
        self._accounts = self._accounts._replace(issuers=used)

    def _prepare(self, environment: dict[str, str]) -> None:
        self._admin = {"MOTCUA_CLUSTER_ADMINS": environment["MOTCUA_CLUSTER_ADMINS"]}
        prepare(environment, self._accounts.trusts, self.data / "prepare", self.trees.old)
        for name in ("binhdinh", "laocai"):
            asyncio.run(self._add_old_column(name))

    async def _add_old_column(self, slug: str) -> None:
        async with ledger.tenant(self, slug) as db:  # type: ignore[arg-type]
            await db.execute(OLD_COLUMN)

    def _programs(self) -> list[Program]:
        return []


@contextmanager
def street(revision: str) -> Iterator[Street]:
    """One with an older release and this one; gone afterwards."""
    place = Path(tempfile.mkdtemp(prefix="motcua-upgrade-"))
    place.chmod(0o711)
    made = Street(place / "data", two_releases(place, revision))
    try:
        with made:
            yield made
    finally:
        made.erase()
        subprocess.run(["rm", "-rf", str(place)], check=True)


def until(condition: object, why: str, seconds: float = 120.0) -> None:
    """Wait for something to become true; Trouble when it never does."""
    assert callable(condition)
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            raise Trouble(why)
        time.sleep(0.2)
