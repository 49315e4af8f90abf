"""Everything about backups by command, on servers of its own.

    python -m tests.backup.rehearsal [PART ...]

Papers lie in S3, one place for backups is a directory and one a bucket, a province has a bucket
of its own, and the backup process runs. One after the other the first place is lost, the master
key is changed, PostgreSQL is killed with its disk and the papers' bucket, and what was answered
must be there again. Ends with status 1 at the first thing that is not.
"""

import base64
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from urllib.parse import quote

from infra import clock
from infra.embedded.program import Program
from infra.embedded.swift import REGION, Swift
from infra.s3 import client
from infra.settings import settings
from storage import service
from storage.store import store_of
from tenants import db, registry
from tenants.backup import catalogue, drills, places
from tenants.backup.retiring import retire
from tenants.current import acting_for
from tests.bench.house import House, house, province, run, strike
from tests.house.test_layers import HOUSE
from tests.ports import free_port
from tests.storage import samples

SLUG = "dien-tap"


class Rehearsal:
    """One installation on its way through one misfortune after another."""

    def __init__(self, here: House, swift: Swift) -> None:
        self.here, self.swift = here, swift
        account = f"{quote(swift.access_key, safe='')}:{swift.secret_key}"
        self._s3 = f"s3+{swift.url.replace('://', f'://{account}@')}"
        for bucket in ("sao-luu", "cua-tinh"):
            client(swift.url, swift.access_key, swift.secret_key, REGION).make_bucket(bucket)
        self.set(
            BACKUP_PLACES=f"tai-cho=file://{here.place}/places noi-khac={self._s3}/sao-luu",
            BACKUP_KEYS=f"file://{here.place}/keys", BACKUP_ROOT=f"{here.place}/work",
            BACKUP_SWITCH_SECONDS="2", BACKUP_SYNCHRONOUS="true",
            STORAGE_DRIVER="s3", S3_ENDPOINT=swift.url,
            S3_ACCESS_KEY=swift.access_key, S3_SECRET_KEY=swift.secret_key,
        )  # fmt: skip
        self.papers = 0

    def set(self, **values: str) -> None:
        """Settings of this process and of all it starts."""
        os.environ.update({f"MOTCUA_{name}": value for name, value in values.items()})
        settings.cache_clear()

    def keeper(self) -> Program:
        """The backup process, not yet started."""
        ours = {name: value for name, value in os.environ.items() if name.startswith("MOTCUA_")}
        return Program(self.here.place / "keeper", "Keeper", "app.keeper", ours)

    def add_papers(self, count: int) -> None:
        """Files that are stored and answered for."""
        run(_add_papers(count))
        self.papers += count

    def young(self) -> None:
        """The first night, and the province's own place."""
        with self.keeper():
            _until("a base, a dump and the log", _is_backed_up)
            _until("files in both places", self._has_files)
            address = self.here.place / "address"
            address.write_text(f"{self._s3}/khong-co")
            assert "NoSuchBucket" in motcua("backup", "place", SLUG, str(address), fails=True)
            address.write_text(f"{self._s3}/cua-tinh")
            motcua("backup", "place", SLUG, str(address), "--every-hours", "1")
            _until("copies at the province's own", _is_pushed)
            motcua("backup", "mark")
            _until("the mark in the archive", _can_drill)
            assert "as it was" in motcua("backup", "drill")

    def first_place_lost(self) -> None:
        """From the bucket alone, which gives the first place everything back."""
        shutil.rmtree(self.here.place / "places")
        assert "lacks" in motcua("backup", "verify", fails=True)
        motcua("backup", "restore", SLUG, "--own")
        motcua("backup", "switch", SLUG, "--reason", "diễn tập")
        motcua("backup", "run")
        motcua("backup", "verify")

    def key_changed(self) -> None:
        """Old sets open by the new key alone."""
        former = settings().master_key
        self.set(MASTER_KEY=_key(), FORMER_MASTER_KEYS=former)
        motcua("keys", "rotate")
        self.set(FORMER_MASTER_KEYS="")
        motcua("backup", "restore", SLUG, "--own")

    def all_lost(self) -> None:
        """The disk of PostgreSQL and the bucket of the papers, while the keeper runs."""
        self.add_papers(3)
        keeper = self.keeper()
        with keeper:
            _until("a base, a dump and the log", _is_backed_up)
            _until("files in both places", self._has_files)
            _until("commits that wait for the receiver", _is_waited_for)
            self.add_papers(1)
            strike(self.here.postgres)
            strike(keeper)
        run(_lose_papers())
        self.here.postgres.stop()
        living = self.here.place / "postgres"
        living.rename(self.here.place / "postgres-lost")
        motcua("backup", "restore-cluster", "main", "--into", str(living))
        self.here.postgres.start()
        self.here.postgres.ready()
        # The last one was not copied yet; its row is there, and its loss is told.
        assert "1 are nowhere" in motcua("backup", "files", SLUG, fails=True)
        assert run(_count()) == self.papers

    def going_on(self) -> None:
        """The restored cluster is followed, and old sets go from both places."""
        with self.keeper():
            _until("commits that wait for the receiver", _is_waited_for)
            self.add_papers(2)
            # From a base before to a moment after the restore, over the change of timelines.
            assert "0 brought back" in motcua("backup", "restore", SLUG)
            assert run(_count()) == self.papers
            # All is done that can be, and the file that is lost is told once more.
            assert "1 files are not in the store" in motcua("backup", "run", fails=True)
        with clock.frozen(clock.now() + timedelta(days=400)):
            assert run(retire()) > 0
        left = run(places.finding(""))
        assert len(left) == 2 and all(len(each.archives) == 2 for each in left), left
        motcua("backup", "verify")

    async def _has_files(self) -> bool:
        rows = await db.control.fetch("select files from backup_files")
        return [row["files"] for row in rows] == [self.papers] * 2


def motcua(*words: str, fails: bool = False) -> str:
    """What a command prints; it must end well, or badly when it `fails`."""
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", *words],
        cwd=HOUSE, capture_output=True, text=True, check=False,
    )  # fmt: skip
    told = done.stdout + done.stderr
    if (done.returncode != 0) != fails:
        sys.exit(f"motcua {' '.join(words)} ended with {done.returncode}:\n{told}")
    print(f"    motcua {' '.join(words[:2])}: {told.strip().splitlines()[-1][:100]}", flush=True)
    return told


def _until(what: str, question: Callable[[], Awaitable[bool]]) -> None:
    limit = time.monotonic() + 300
    while not run(question()):
        if time.monotonic() > limit:
            sys.exit(f"waited in vain for {what}")
        time.sleep(0.5)


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


async def _add_papers(count: int) -> None:
    await registry.reload()
    tenant = await registry.by_slug(SLUG)
    assert tenant is not None
    with acting_for(tenant):
        await store_of(tenant).prepare()
        for _ in range(count):
            content = samples.pdf() + secrets.token_hex(8).encode()
            await service.keep(content, "giấy.pdf", "citizen:hung")


async def _lose_papers() -> None:
    bucket = f"motcua-{SLUG}"
    chosen = settings()
    store = client(chosen.s3_endpoint, chosen.s3_access_key, chosen.s3_secret_key, REGION)
    for item in store.list_objects(bucket, recursive=True):
        store.remove_object(bucket, str(item.object_name))
    store.remove_bucket(bucket)


async def _count() -> int:
    await registry.reload()
    tenant = await registry.by_slug(SLUG)
    assert tenant is not None
    with acting_for(tenant):
        return int(await db.tenant.fetch_value("select count(*) from stored_object"))


async def _is_backed_up() -> bool:
    kinds = {each.kind for each in await catalogue.living() if each.kind != "wal"}
    reached = await db.control.fetch_value("select true from backup_set where kind = 'wal'"
        " and reaches_at is not null")  # fmt: skip
    return kinds == {"base", "dump"} and bool(reached)


async def _is_pushed() -> bool:
    return bool(await db.control.fetch_value("select pushed_at is not null from backup_place"))


async def _can_drill() -> bool:
    return await drills.can_drill("main")


async def _is_waited_for() -> bool:
    return bool(await db.control.fetch_value("select waited_for from backup_receiver"))


PARTS = ("young", "first_place_lost", "key_changed", "all_lost", "going_on")


def main(*parts: str) -> None:
    """One thing after another, each with its seconds."""
    with house() as here:
        swift = Swift(here.place / "objects", free_port(), secrets.token_hex(16))
        with swift:
            story = Rehearsal(here, swift)
            run(province(SLUG))
            story.add_papers(4)
            for name in parts or PARTS:
                began, part = time.monotonic(), getattr(story, name)
                print(part.__doc__, flush=True)
                part()
                print(f"  {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
