"""Looking into every place now and then for what the catalogue says lies there.

It counts names and reads nothing, so it is cheap enough for every few minutes; `copies.verify`
reads every byte. What it finds are rows, and red on the vendor's page and in its figures.
"""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from infra.archive import Archive, ArchiveUnavailable
from infra.clock import now
from tenants.backup import catalogue, keyring, places, servers
from tenants.backup.layout import Segment, segment_of, set_home, set_of, tenant_home
from tenants.backup.rules import incomplete
from tenants.backup.shapes import BackupSet
from tenants.db import control

KEYS = "MOTCUA_BACKUP_KEYS"  # where keys lie is looked into like a place


class There(NamedTuple):
    """What a place shows of one cluster and its tenants."""

    parts: Counter[UUID]  # blobs of each set that is whole there
    log: list[Segment]


async def look(cluster: str) -> None:
    """Note for one cluster which places are away, and which sets are not where they were copied.

    A set whose key is gone is nowhere any more.
    """
    sets = [each for each in await catalogue.living() if each.cluster == cluster]
    size = int((await servers.facts(cluster)).server["wal_segment_size"])
    keys = await _keys(cluster)
    for name, archive in places.own().items():
        try:
            there = await _there(archive, cluster, sets)
        except ArchiveUnavailable as error:
            await _note(name, cluster, str(error))
            continue
        missing = incomplete(sets, there.parts, there.log, size)
        if keys is not None:
            missing |= {each.id for each in sets} - keys
        await _note(name, cluster, None)
        await control.execute(_MISSING, name, [each.id for each in sets], list(missing), now())
    await control.execute(_FORGET, cluster, [*places.own(), KEYS])


async def _keys(cluster: str) -> set[UUID] | None:
    """The sets whose keys are there; None when their place is away."""
    try:
        found = await keyring.known()
    except ArchiveUnavailable as error:
        await _note(KEYS, cluster, str(error))
        return None
    await _note(KEYS, cluster, None)
    return found


async def _there(archive: Archive, cluster: str, sets: Iterable[BackupSet]) -> There:
    names = await archive.names(f"clusters/{cluster}-")
    for tenant_id in {each.tenant_id for each in sets if each.tenant_id}:
        names += await archive.names(f"{tenant_home(tenant_id)}/dump/")
    homes = [home for name in names if (home := set_home(name))]
    whole = {name.rpartition("/")[0] for name in names if name.endswith("/manifest.json")}
    parts = Counter(set_of(home)[0] for home in homes if home in whole)
    return There(parts, [found for name in names if (found := segment_of(name))])


async def _note(place: str, cluster: str, failure: str | None) -> None:
    await control.execute(_LOOKED, place, cluster, now(), failure)


_LOOKED = """
insert into backup_look (place, cluster, looked_at, failure) values ($1, $2, $3, $4)
on conflict (place, cluster) do update set looked_at = $3, failure = $4
"""
_MISSING = """
update backup_copy set missing_at = case when set_id = any($3) then coalesce(missing_at, $4) end
where place = $1 and set_id = any($2) and (missing_at is not null or set_id = any($3))
"""
_FORGET = "delete from backup_look where cluster = $1 and place <> all($2)"
