"""Copies of a tenant's files (papers) in the places for backups, and the way back.

A file never changes once it is stored, so each is copied once, under the name of its digest,
sealed by a key that derives from the tenant's own.
"""

import asyncio
import hashlib
import tempfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg

from infra.archive import Archive, ArchiveUnavailable, BlobMissing
from infra.sealed import BrokenSeal, seal, unseal
from storage.shapes import ObjectMissing
from storage.store import Store, store_of
from tenants import db
from tenants.backup import keyring, places
from tenants.backup.layout import file_blob
from tenants.backup.shapes import BackupError
from tenants.current import current
from tenants.db import control
from tenants.shapes import Tenant

_BATCH = 500
# A row may be committed a little after the moment it bears.
_OVERLAP = timedelta(minutes=10)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class _Changed(Exception):
    """The store holds other bytes than came."""


class Returned(NamedTuple):
    """What became of the files a restored database knows."""

    there: int  # still in the store
    brought_back: int
    missing: list[str]  # keys of files that neither the store nor any place has


async def copy_files(name: str, archive: Archive) -> int:
    """Copy the current tenant's files that came since the last time to one place; how many.

    Safe to repeat. A file the store has lost, or holds otherwise than it came, keeps none of the
    others from being copied: BackupError names such files in the end. Raises StoreUnavailable and
    ArchiveUnavailable.
    """
    tenant, copied, lost = current(), 0, list[str]()
    until = await control.fetch_value(_UNTIL, tenant.id, name) or _BEGINNING
    after = (until - _OVERLAP if until > _BEGINNING else until, None)
    while rows := await db.tenant.fetch(_FILES, *after, _BATCH):
        for row in rows:
            try:
                copied += await _copy(tenant, archive, row)
            except (ObjectMissing, _Changed):
                lost.append(row["key"])
        after = (rows[-1]["stored_at"], rows[-1]["id"])
        await control.execute(_COPIED, tenant.id, name, after[0])
    total = await db.tenant.fetch_value(
        "select count(*) from stored_object where erased_at is null"
    )
    await control.execute(_COUNTED, tenant.id, name, total)
    if lost:
        raise BackupError(f"{len(lost)} files are not in the store as they came: {lost[:20]}")
    return copied


async def bring_back(rows: Iterable[Mapping[str, Any]]) -> Returned:
    """Put files of the current tenant that its store lost back from the places.

    `rows` have `key`, `sha256`, `size` and `media_type`. Each file brought back was held against
    its digest. Raises StoreUnavailable.
    """
    tenant, store = current(), store_of(current())
    await store.prepare()
    there, back, missing = 0, 0, []
    for row in rows:
        if await _is_there(store, row["key"], row["size"]):
            there += 1
        elif (content := await _found(tenant, row["sha256"])) is not None:
            await _put(store, row["key"], row["media_type"], content)
            back += 1
        else:
            missing.append(row["key"])
    return Returned(there, back, missing)


async def prove(
    tenant: Tenant, connection: asyncpg.Connection, most: int
) -> tuple[int, str | None]:
    """Read some files a restored database knows back from the places: how many, and what failed.

    `connection` leads to that database. Files of the last day may still be on their way.
    """
    rows = await connection.fetch(_SOME, most)
    for row in rows:
        if await _found(tenant, row["sha256"]) is None:
            return 0, f"file {row['key']} is in no place, or not as it was"
    return len(rows), None


async def known_files(connection: asyncpg.Connection) -> list[Mapping[str, Any]]:
    """The files a restored database still wants."""
    return list(await connection.fetch(_KNOWN))


async def _copy(tenant: Tenant, archive: Archive, row: Any) -> bool:
    digest = row["sha256"].hex()
    blob = file_blob(tenant.id, digest)
    if await archive.names(blob):
        return False
    content = b"".join([chunk async for chunk in store_of(tenant).read(row["key"])])
    if hashlib.sha256(content).digest() != row["sha256"]:
        raise _Changed
    key = keyring.files_key(tenant.secrets.key)
    await archive.put(blob, await asyncio.to_thread(seal, key, content, blob))
    return True


async def _found(tenant: Tenant, sha256: bytes) -> bytes | None:
    blob, key = file_blob(tenant.id, sha256.hex()), keyring.files_key(tenant.secrets.key)
    for archive in places.own().values():
        try:
            content = await asyncio.to_thread(unseal, key, await archive.get(blob), blob)
        except (ArchiveUnavailable, BlobMissing, BrokenSeal):
            continue
        if hashlib.sha256(content).digest() == sha256:
            return content
    return None


async def _is_there(store: Store, key: str, size: int) -> bool:
    try:
        return (await store.stat(key)).size == size
    except ObjectMissing:
        return False


async def _put(store: Store, key: str, media_type: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory(prefix="motcua-file-") as home:
        path = Path(home) / "file"
        await asyncio.to_thread(path.write_bytes, content)
        await store.put(key, path, media_type)


_UNTIL = "select copied_until from backup_files where tenant_id = $1 and place = $2"
# Served by the index stored_object_by_time.
_FILES = """
select id, key, sha256, stored_at from stored_object
where (stored_at, id) > ($1, coalesce($2, '00000000-0000-0000-0000-000000000000'::uuid))
  and erased_at is null
order by stored_at, id limit $3
"""
_COPIED = """
insert into backup_files (tenant_id, place, copied_until) values ($1, $2, $3)
on conflict (tenant_id, place)
do update set copied_until = greatest(backup_files.copied_until, $3)
"""
_COUNTED = "update backup_files set files = $3 where tenant_id = $1 and place = $2"
_SOME = """
select key, sha256 from stored_object
where erased_at is null and stored_at < now() - interval '1 day' order by random() limit $1
"""
_KNOWN = """
select key, sha256, size, media_type from stored_object where erased_at is null order by id
"""
