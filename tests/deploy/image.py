"""`python -m tests.deploy.image`: what the Containerfile makes, made and started without an engine.

The steps of its first stage are carried out in a temporary directory: the same copies, the same
commands, the locked packages by their digests. What comes of them runs as nobody on a file system
that cannot be written (where we are root and may arrange that), in production, with the settings
of compose and secrets from files: the control database is made, a province created, then web,
worker and keeper serve, back up, and end when they are told to. Where nginx is installed it stands
in front as the forms have it, while one web process after the other is replaced. It downloads,
takes some minutes, and is no part of `make test`; `--here` tries this directory instead.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.deploy import make_secrets
from infra.embedded import places, valkey
from infra.embedded.postgres import OWNER, Postgres
from tests.deploy import forms, proxied
from tests.deploy.asking import status, wait

_HOME = "/srv/motcua"
_ADMIN = ["-m", "app.cli"]
_POSTGRES_PORT = 15432


def main() -> int:
    """Build, start, look, end; the exit status says whether all of it held."""
    place = Path(tempfile.mkdtemp(prefix="motcua-image-"))
    place.chmod(0o755)
    try:
        home = forms.HOUSE if "--here" in sys.argv else build(place / "image")
        with servers(place):
            Trial(place, home).run()
    finally:
        shutil.rmtree(place, ignore_errors=True)
    print("everything held")
    return 0


def build(root: Path) -> Path:
    """Carry out the stage `build`: its COPY and RUN lines; where the product then lies."""
    home = root / _HOME.lstrip("/")
    home.mkdir(parents=True)
    stage = re.split(r"^FROM \S+ AS ", forms.containerfile(), flags=re.M)[1]
    for line in stage.splitlines():
        word, _, rest = line.partition(" ")
        if word == "COPY":
            source, target = rest.split()
            into = home / target / source if target.endswith("/") else home / target
            _copy(forms.HOUSE / source, into)
        elif word == "RUN":
            began = time.monotonic()
            subprocess.run(["sh", "-ec", rest], cwd=home, env=_bare(), check=True)
            print(f"{time.monotonic() - began:6.1f} s  {rest}", flush=True)
    size = sum(path.lstat().st_size for path in home.rglob("*") if path.is_file())
    print(f"{size / 2**20:6.0f} MB in {_HOME}", flush=True)
    return home


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        left_out = shutil.ignore_patterns("__pycache__", "deploy")
        shutil.copytree(source, target, ignore=left_out, dirs_exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)


def _bare() -> dict[str, str]:
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8"}


@contextmanager
def servers(place: Path) -> Iterator[None]:
    """PostgreSQL and Valkey as compose configures them; PostgreSQL on a port, for nobody's sake."""
    make_secrets.make(place / "secrets")
    (place / "secrets").chmod(0o755)
    conf = (forms.DEPLOY / "postgres/postgresql.conf").read_text()
    said = dict(re.findall(r"^(\w+) = '?([^'\n]*)'?$", conf, flags=re.M))
    del said["unix_socket_directories"]
    said |= {"listen_addresses": "127.0.0.1", "port": str(_POSTGRES_PORT)}
    postgres = Postgres(place / "postgres", settings=said)
    cache = subprocess.Popen([valkey._installed(), _valkey_conf(place)], stdout=subprocess.DEVNULL)
    try:
        with postgres:
            yield
    finally:
        cache.terminate()
        cache.wait()
        postgres.erase()


def _valkey_conf(place: Path) -> Path:
    text = (forms.DEPLOY / "compose/valkey.conf").read_text()
    for old, new in (
        ("/run/secrets/valkey_auth", f"{place}/secrets/servers/valkey_auth.conf"),
        ("/run/valkey", str(place)),
        ("dir /data", f"dir {place}"),
    ):
        assert old in text
        text = text.replace(old, new)
    (place / "valkey.conf").write_text(text)
    return place / "valkey.conf"


class Trial:
    """The image's programs on these servers."""

    def __init__(self, place: Path, home: Path) -> None:
        """Lay out secrets and data as the form compose has them."""
        self.home, self.data = home, place / "data"
        self.data.mkdir()
        self._secrets = place / "secrets"
        self._prefix = _shut_in(self.data) if os.geteuid() == 0 and home != forms.HOUSE else []
        if not self._prefix:
            print("runs as this user, on a file system that can be written")
        self._prepare()

    def run(self) -> None:
        """The commands, then the programs side by side, then their ends."""
        self._command("control", "migrate")
        self._command("tenant", "create", "thu", "Tỉnh Thử", "--host", "cong.thu.test")
        print(self._command("tenant", "list").strip())
        began = time.monotonic()
        running = {name: self.start(name) for name in ("web", "worker", "keeper")}
        try:
            wait(lambda: status("/health/ready", 18079) == 200, "web is ready")
            assert status("/", 18080, "cong.thu.test") == 200, "the portal does not answer"
            assert status("/", 18080, "la.thu.test") == 404, "a strange host was answered"
            assert status("/metrics", 18080, "cong.thu.test") == 404, "figures stand outside"
            print(f"web, worker and keeper serve after {time.monotonic() - began:.1f} s")
            wait(lambda: "whole" in self._command("backup", "list"), "the first backup")
            print(f"the first base backup is whole after {time.monotonic() - began:.1f} s")
            if shutil.which("nginx"):
                proxied.roll(self.start, running, self.data)
            for name, program in running.items():
                assert program.poll() is None, f"{name} ended: {self._said(name)}"
        finally:
            for program in running.values():
                program.send_signal(signal.SIGTERM)
        for name, program in running.items():
            # The web server tells by the very signal what ended it.
            ended = program.wait(timeout=60)
            assert ended in {0, -signal.SIGTERM}, f"{name} ended with {ended}: {self._said(name)}"
        print("all three ended when they were told to")

    def _prepare(self) -> None:
        owner = (self._secrets.parent / "postgres/password").read_text()
        role, cache = (make_secrets.kept(self._secrets, each) for each in ("role", "valkey"))
        here = f"@127.0.0.1:{_POSTGRES_PORT}"
        for name, text in {
            "owner/cluster_admins": f"main=postgresql://{OWNER}:{owner}{here}/postgres",
            "owner/backup_places": f"tai-cho=file://{self.data}/backups",
            "owner/backup_keys": f"file://{self.data}/keys",
            "run/control_dsn": f"postgresql://motcua_control:{role}{here}/motcua_control",
            "run/redis_url": f"unix://:{cache}@{self._secrets.parent}/valkey.sock",
        }.items():
            path = self._secrets / name
            path.chmod(0o644)
            path.write_text(text)
        self._here = f"main=postgresql://127.0.0.1:{_POSTGRES_PORT}"
        for name in ("staging", "papers", "backup-work", "backups", "keys", "home"):
            (self.data / name).mkdir()
            if self._prefix:
                shutil.chown(self.data / name, "nobody")

    def _environment(self, name: str) -> dict[str, str]:
        """What compose gives the program of this name, its places moved to ours."""
        found = {p.name: p for p in forms.programs() if p.form == "compose"}
        given = found[name if name in found else f"{name}-1"].environment
        moved = {
            key: re.sub("^/run/secrets/", f"{self._secrets}/*/", text).replace(
                "/var/lib/motcua", str(self.data)
            )
            for key, text in given.items()
        }
        files = {
            key: str(next(Path("/").glob(text.lstrip("/"))))
            for key, text in moved.items()
            if key.endswith("_FILE")
        }
        return {**_bare(), **moved, **files, **self._ours()}

    def _ours(self) -> dict[str, str]:
        return {
            "PATH": f"{self.home}/.venv/bin:/usr/bin:/bin",
            "PYTHONPATH": str(self.home),
            "HOME": str(self.data / "home"),
            "MOTCUA_CLUSTERS": self._here,
            "MOTCUA_WEB_HOST": "127.0.0.1",
            "MOTCUA_INNER_HOST": "127.0.0.1",
            "MOTCUA_POSTGRES_PROGRAMS": str(places.installed()),
        }

    def _command(self, *words: str) -> str:
        done = subprocess.run(
            [*self._prefix, self.home / ".venv/bin/python", *_ADMIN, *words],
            cwd=self.home, env=self._environment("operator"), capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def start(self, name: str, web: int = 18080, inner: int = 18079) -> subprocess.Popen[bytes]:
        """One program; a web process on these ports."""
        ports = {"MOTCUA_WEB_PORT": str(web), "MOTCUA_INNER_PORT": str(inner)}
        with (self.data / f"{name}.log").open("wb") as log:
            return subprocess.Popen(
                [*self._prefix, self.home / ".venv/bin/python", "-m", f"app.{name}"],
                cwd=self.home, env={**self._environment(name), **ports}, stdout=log, stderr=log,
            )  # fmt: skip

    def _said(self, name: str) -> str:
        return (self.data / f"{name}.log").read_text()[-2000:]


def _shut_in(data: Path) -> list[str]:
    """A prefix that runs a program as nobody, the whole file system read-only but for its data."""
    inside = f"mount --bind {data} {data} && mount -o remount,ro,bind /"
    words = 'exec setpriv --reuid=nobody --regid=nogroup --clear-groups --no-new-privs "$@"'
    return ["unshare", "--mount", "sh", "-ec", f"{inside}\n{words}", "sh"]


if __name__ == "__main__":
    sys.exit(main())
