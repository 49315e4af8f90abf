"""What a backup has to know of the cluster it is taken from, and small commands to it."""

from datetime import datetime
from typing import NamedTuple

import asyncpg

from infra.dsn import Address
from infra.embedded.restored import SHARED
from tenants.clusters import owner, owner_address

SLOT = "motcua_receiver"


class Facts(NamedTuple):
    """A cluster's own identifier, and the settings a recovering server has to share."""

    system: str
    server: dict[str, str]


class Pulse(NamedTuple):
    """Every commit before `at` stands in the log up to and with `file`."""

    at: datetime
    file: str


async def facts(cluster: str) -> Facts:
    """Ask the cluster; raises what the driver raises."""
    async with owner(cluster) as admin:
        system = await admin.fetchval("select system_identifier::text from pg_control_system()")
        rows = await admin.fetch(
            "select name, setting from pg_settings where name = any($1)",
            [*SHARED, "server_version_num", "wal_segment_size"],
        )
    return Facts(system, {row["name"]: row["setting"] for row in rows})


def replication(cluster: str) -> Address:
    """Where a copy of the cluster is asked for."""
    return owner_address(cluster)._replace(database="")


async def pulse(cluster: str) -> Pulse:
    """End the file of the log that is being written, after a commit that nothing depends on.

    The commit gives recovery something to stop at, however quiet the cluster is.
    """
    async with owner(cluster) as admin:
        return await _pulse(admin)


async def _pulse(admin: asyncpg.Connection) -> Pulse:
    at = await admin.fetchval("select clock_timestamp()")
    await admin.execute("select pg_current_xact_id()")
    # The switch tells where the file it ended ends; one byte before is in it.
    file = await admin.fetchval("select pg_walfile_name(pg_switch_wal() - 1)")
    return Pulse(at, file)


async def next_file(cluster: str) -> str:
    """End the file of the log that is being written; the name of the one that follows."""
    async with owner(cluster) as admin:
        await _pulse(admin)
        await admin.execute("select pg_current_xact_id()")
        found: str = await admin.fetchval("select pg_walfile_name(pg_current_wal_insert_lsn())")
    return found


async def slot_lost(cluster: str) -> bool:
    """Whether the cluster no longer keeps what our receiver has not read yet."""
    async with owner(cluster) as admin:
        status = await admin.fetchval(
            "select wal_status from pg_replication_slots where slot_name = $1", SLOT
        )
    return bool(status == "lost")


async def drop_slot(cluster: str) -> None:
    """Let the cluster forget our receiver."""
    async with owner(cluster) as admin:
        await admin.execute(
            "select pg_drop_replication_slot(slot_name) from pg_replication_slots"
            " where slot_name = $1 and not active",
            SLOT,
        )


async def wait_for_receiver(cluster: str, wanted: bool) -> None:
    """Let commits wait (or no longer wait) until the receiver has them on its disk."""
    name = SLOT if wanted else ""
    async with owner(cluster) as admin:
        if await admin.fetchval("show synchronous_standby_names") != name:
            await admin.execute(f"alter system set synchronous_standby_names = '{name}'")
            await admin.execute("select pg_reload_conf()")


async def is_followed(cluster: str) -> bool:
    """Whether our receiver reads the log right now."""
    async with owner(cluster) as admin:
        return bool(
            await admin.fetchval(
                "select true from pg_stat_replication where application_name = $1"
                " and state = 'streaming'",
                SLOT,
            )
        )
