"""A whole installation on one machine: embedded servers, databases, web process and worker.

with Instance(Path(".data")) as instance:
    instance.watch()

with throw_away() as instance:      # on free ports, gone afterwards
    instance.origin("binhdinh")
"""

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Self
from urllib.parse import quote

from app.accounts import Accounts, describe, origin
from app.command import write_command
from app.keys import Keys
from app.prepare import prepare
from infra.clean import erase_data
from infra.embedded.idp import IdentityProviders
from infra.embedded.postgres import Postgres
from infra.embedded.process import Trouble
from infra.embedded.program import Program
from infra.embedded.server import refuse_taken
from infra.embedded.smsc import Smsc
from infra.embedded.supervisor import Supervisor
from infra.embedded.swift import Swift
from infra.embedded.valkey import Valkey


class Ports(NamedTuple):
    """Every port of an installation, all derived from the one people type."""

    web: int
    inner: int
    phone: int
    issuers: int  # the first of several
    objects: int  # the first of several

    @classmethod
    def from_base(cls, base: int) -> Self:
        """The ports that belong to `base`; 8080 gives 8089, 8090, 8091… and 8100…"""
        return cls(base, base + 9, base + 10, base + 11, base + 20)

    def all(self) -> list[int]:
        """Every port that may be opened."""
        return [*range(self.web, self.web + 1), *range(self.inner, self.objects + 4)]


class Instance:
    """One installation; entering it takes seconds, a first time a little longer."""

    def __init__(
        self, data: Path, port: int = 8080, *, s3: bool = False, backups: bool = False
    ) -> None:
        """Describe an installation that keeps everything under `data`.

        `s3` = papers in Swift; `backups` = the backup process runs and keeps its sets there too.
        """
        self.data = data.absolute()
        self.ports = Ports.from_base(port)
        self.environment: dict[str, str] = {}
        self._s3 = s3
        self._backups = backups
        self._supervisor = Supervisor(self.data)

    def __enter__(self) -> Self:
        self._supervisor.__enter__()
        try:
            self._start()
        except BaseException as error:
            self._supervisor.__exit__(type(error), error, error.__traceback__)
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self._supervisor.__exit__(*error)

    def watch(self) -> None:
        """Return only by an exception: Trouble when a part ends by itself."""
        self._supervisor.watch()

    def erase(self) -> None:
        """Remove everything it kept; only when it does not run."""
        erase_data(self.data)

    def origin(self, slug: str) -> str:
        """The address of a tenant's site, or of the vendor's with "ops"."""
        return origin(slug, self.ports.web)

    @property
    def phone(self) -> str:
        """The address of the phone screen and of the SMS gateway stand-in."""
        return f"http://127.0.0.1:{self.ports.phone}"

    @property
    def command_line(self) -> Path:
        """`motcua` with this installation's settings; there once the installation was entered."""
        return self.data / "motcua"

    @property
    def accounts(self) -> Accounts:
        """Who can sign in where; known once the installation has been entered."""
        return self._accounts

    @property
    def password(self) -> str:
        """The password of every constructed person."""
        return self._keys.password

    def _start(self) -> None:
        self._read_keys()
        postgres = Postgres(self.data / "postgres")
        valkey = Valkey(self.data / "valkey")
        objects = Swift(self.data / "objects", self.ports.objects, self._keys.of("s3"))
        refuse_taken(self.ports.web, "web")
        refuse_taken(self.ports.inner, "health")
        self._supervisor.launch(
            IdentityProviders(self.data / "issuers", self._accounts.issuers),
            Smsc(self.data / "sms", self.ports.phone),
            *([objects] if self._s3 else []),
            valkey,
            postgres,
        )
        self._supervisor.wait_ready(postgres, valkey, *([objects] if self._s3 else []))
        self.environment = self._settings(postgres, valkey, objects)
        administrator = {"MOTCUA_CLUSTER_ADMINS": f"main={postgres.dsn}"}
        self._prepare({**self.environment, **administrator})
        write_command(self.command_line, {**self.environment, **administrator})
        self._supervisor.launch(*self._programs(), *self._keeper(administrator))
        self._supervisor.wait_ready()

    def _prepare(self, environment: dict[str, str]) -> None:
        prepare(environment, self._accounts.trusts, self.data / "prepare")

    def _read_keys(self) -> None:
        path = self.data / "secrets.json"
        self._keys = Keys.read(path)
        self._accounts = describe(self.ports.web, self.ports.issuers, self._keys)
        self._keys.of("control"), self._keys.of("s3")
        self._keys.write(path)

    def _settings(self, postgres: Postgres, valkey: Valkey, objects: Swift) -> dict[str, str]:
        """The environment of the product (see `infra.settings`)."""
        control = postgres.dsn_for("motcua_control", "motcua_control", self._keys.of("control"))
        values = {
            "mode": "development",
            "control_dsn": control,
            "clusters": f"main={postgres.dsn_for('', '', '')}",
            "redis_url": valkey.url,
            "master_key": self._keys.master,
            "public_port": self.ports.web,
            "web_port": self.ports.web,
            "inner_port": self.ports.inner,
            # Nobody takes over from a trial's only web process.
            "web_drain_seconds": 0,
            "storage_driver": "s3" if self._s3 else "files",
            "backup_places": f"tai-cho={self._place('backups')}",
            "backup_keys": self._place("backup-keys"),
            "backup_root": self.data / "backup-work",
            "storage_root": self.data / "papers",
            "staging_root": self.data / "staging",
            "sms_driver": "standin",
            "sms_url": self.phone,
            # The phone is a screen: nobody is woken, and nobody waits for the morning.
            "sms_at_night": True,
            # A trial may be taken up again after months.
            "idle_days": 3650,
        }
        if self._s3:
            values |= {
                "s3_endpoint": objects.url,
                "s3_access_key": objects.access_key,
                "s3_secret_key": objects.secret_key,
            }
        return {f"MOTCUA_{name.upper()}": str(value) for name, value in values.items()}

    def _programs(self) -> list[Program]:
        listens = (self.ports.web, self.ports.inner)
        return [
            Program(
                *(self.data / "web", "Web", "app.web", self.environment),
                listens=listens,
                probe="/health/ready",
            ),
            Program(self.data / "worker", "Worker", "app.worker", self.environment),
        ]

    def _place(self, name: str) -> str:
        return f"file://{quote(str(self.data / name))}"

    def _keeper(self, administrator: dict[str, str]) -> list[Program]:
        """The backup process, where it is wanted; it alone knows the owner of the cluster."""
        if not self._backups:
            return []
        environment = {**self.environment, **administrator}
        return [Program(self.data / "keeper", "Keeper", "app.keeper", environment)]


@contextmanager
def throw_away(*, s3: bool = False) -> Iterator[Instance]:
    """A fresh installation on free ports in a temporary directory, removed afterwards."""
    instance = Instance(Path(tempfile.mkdtemp(prefix="motcua-instance-")), free_base(), s3=s3)
    instance.data.chmod(0o711)
    try:
        with instance:
            yield instance
    finally:
        instance.erase()


def free_base() -> int:
    """A base all of whose ports are free, below the range the system hands out by itself."""
    for _ in range(200):
        base = random.randrange(12000, 32000, 40)  # noqa: S311
        try:
            for port in Ports.from_base(base).all():
                refuse_taken(port, "throw-away")
        except Trouble:
            continue
        return base
    raise Trouble("no free ports were found")
