"""Somebody else can write to one of the places: what the other holds stays, and so do the keys."""

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from infra.archive import archive_at
from infra.clock import now
from infra.ids import uuid7
from infra.settings import settings
from tenants import db
from tenants.backup import believing, copies, keyring, places
from tenants.backup.layout import base_home, manifest_blob
from tenants.backup.retiring import retire
from tenants.backup.shapes import Manifest

_LISTED = """
insert into backup_set (id, kind, cluster, state, began_at, ended_at, reaches_at)
values ($1, $2, $3, $4, $5, $5, $5)
"""
HOME = "clusters/main-7/base/"


@pytest.fixture
async def two(house, monkeypatch, tmp_path):
    """Two places; the second is somebody else's machine."""
    for name, value in {
        "PLACES": f"gan=file://{tmp_path}/gan xa=file://{tmp_path}/xa",
        "KEYS": f"file://{tmp_path}/khoa",
        "ROOT": str(tmp_path / "viec"),
    }.items():
        monkeypatch.setenv(f"MOTCUA_BACKUP_{name}", value)
    settings.cache_clear()
    yield [archive_at(f"file://{tmp_path}/{name}") for name in ("gan", "xa")]
    await db.control.execute("delete from backup_set")
    settings.cache_clear()


async def test_a_place_that_lies_can_neither_have_others_sets_removed_nor_their_keys_nor_be_chosen(
    two,
):
    near, far = two
    made = [await _set(near, days) for days in (60, 40, 1)]
    assert await copies.copy_all() == []
    newest = made[-1]
    old, older = (_manifest(newest.id, days, system="9") for days in (500, 600))
    later = _manifest(uuid7(), -1)
    await _forge(far, "clusters/manifest.json", older)
    await _forge(far, "clusters/main-9/base/x/manifest.json", old)
    await _forge(far, manifest_blob(_home(older)), older)
    await _forge(far, manifest_blob(_home(later)), later)
    await _forge(far, manifest_blob(_home(newest)), _manifest(newest.id, 600))
    await far.put(f"{HOME}deep/manifest.json", b"[" * 200_000)
    wal, era = "clusters/main-7/wal/", f".20260101T000000000000Z.{newest.id}"
    for name in (f"ZZ{era}", f"deep/{'0' * 24}{era}", f"{'0' * 24}{era[:-12]}{'9' * 12}"):
        await far.put(wal + name, b"no file of a log")
    await far.put(f"{HOME}ffffffff-ffff-7fff-8fff-ffffffffffff/000000", b"half")
    assert await copies.copy_all() == []

    chosen = await believing.newest_before("clusters/main-", now())
    assert chosen is not None and chosen.manifest.reaches_at == newest.reaches_at
    assert await retire() == 1

    assert await keyring.known() == {made[1].id, newest.id}
    assert await near.names(wal) == []
    kept = {manifest_blob(_home(each)) for each in made[1:]}
    assert kept <= set(await near.names(HOME))


async def test_a_copy_on_its_way_keeps_the_key_of_the_set_that_another_place_has(two):
    near, far = two
    whole, half = await _set(near, 9), uuid7_of(9)
    await keyring.create(half)
    for archive, identity in ((far, whole.id), (far, half), (near, half)):
        await archive.put(f"{HOME}{identity}/000000", b"part")

    await retire()

    assert await keyring.known() == {whole.id}
    assert await far.names(HOME) == [f"{HOME}{whole.id}/000000"]
    assert not [name for name in await near.names(HOME) if str(half) in name]


async def _set(archive, days):
    """A whole base backup from so many days ago."""
    manifest = _manifest(uuid7_of(days), days)
    key = await keyring.create(manifest.id)
    whole = (manifest.id, "base", "main", "whole", manifest.began_at)
    await db.control.execute(_LISTED, *whole)
    await places.write_manifest(archive, _home(manifest), key, manifest)
    return manifest


async def _forge(archive, blob, manifest):
    await archive.put(blob, msgspec.json.encode({"manifest": manifest, "mac": "0" * 64}))


def _manifest(identity, days, system="7"):
    at = now() - timedelta(days=days)
    return Manifest(
        id=identity, kind="base", cluster="main", system=system, began_at=at, reaches_at=at,
        digests=[], bytes=0, plain_bytes=0, first_segment="0" * 24,
    )  # fmt: skip


def _home(manifest):
    return base_home(manifest.cluster, manifest.system, manifest.id)


def uuid7_of(days):
    """An id as it was made so many days ago."""
    moment = int((now() - timedelta(days=days)).timestamp() * 1000)
    return UUID(int=moment << 80 | uuid7().int % (1 << 80))
