"""What a backup has to know of the cluster it is taken from, and small commands to it."""

from datetime import datetime
from functools import cache
from typing import NamedTuple

import asyncpg
import structlog

from infra.dsn import Address
from infra.embedded.restored import SHARED
from tenants.clusters import owner, owner_address

SLOT = "motcua_receiver"
_log = structlog.get_logger()


class Facts(NamedTuple):
    """A cluster's own identifier, and the settings a recovering server has to share."""

    system: str
    server: dict[str, str]


class Following(NamedTuple):
    """How the receiver stands in the cluster's eyes."""

    lost: bool  # the cluster no longer keeps what it has not read yet
    streams: bool
    silent_seconds: float  # since it last said how far it is; 0 when it is not connected
    behind_bytes: int


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


async def following(cluster: str) -> Following:
    """How our receiver reads the log right now."""
    async with owner(cluster) as admin:
        row = await admin.fetchrow(_FOLLOWING, SLOT)
    return Following(row["lost"], row["streams"], row["silent"], row["behind"])


async def drop_slot(cluster: str) -> None:
    """Let the cluster forget our receiver."""
    async with owner(cluster) as admin:
        await admin.execute(
            "select pg_drop_replication_slot(slot_name) from pg_replication_slots"
            " where slot_name = $1 and not active",
            SLOT,
        )


async def wait_for_receiver(cluster: str, wanted: bool) -> bool:
    """Let commits wait (or no longer wait) until the receiver has them on its disk; do they now.

    Standbys that somebody else named (Patroni, an administrator) stay: who waits for whom is
    theirs to say then, and taking it away would cost commits with the next failure.
    """
    name = SLOT if wanted else ""
    async with owner(cluster) as admin:
        found = await admin.fetchval("show synchronous_standby_names")
        if found not in {"", SLOT}:
            if wanted:
                _warn_of_others(cluster, found)
        elif found != name:
            await admin.execute(f"alter system set synchronous_standby_names = '{name}'")
            await admin.execute("select pg_reload_conf()")
            found = name
    return SLOT in found


@cache
def _warn_of_others(cluster: str, standbys: str) -> None:
    # Once: it is looked at every two seconds.
    if SLOT not in standbys:
        _log.warning("backup_not_synchronous", cluster=cluster, standbys=standbys)


_FOLLOWING = """
select coalesce(s.wal_status = 'lost', false) as lost,
       coalesce(r.state = 'streaming', false) as streams,
       coalesce(extract(epoch from clock_timestamp() - r.reply_time), 0)::float8 as silent,
       coalesce(pg_current_wal_lsn() - coalesce(r.flush_lsn, s.restart_lsn), 0)::bigint as behind
from (select $1::name as slot) ours
left join pg_replication_slots s on s.slot_name = ours.slot
left join pg_stat_replication r on r.application_name = ours.slot
order by streams desc limit 1
"""
