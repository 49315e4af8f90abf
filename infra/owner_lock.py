"""Advisory locks of a cluster's owner: any role may take one of that number, and hold him up."""

import asyncpg

_SEND_AWAY = """
select count(pg_terminate_backend(l.pid)) from pg_locks l
join pg_stat_activity a on a.pid = l.pid and a.usename <> current_user
join pg_database d on d.oid = l.database and d.datname = current_database()
where l.locktype = 'advisory' and l.classid = 0 and l.objid = $1::bigint::oid and l.objsubid = 1
"""


async def send_others_away(connection: asyncpg.Connection, number: int) -> None:
    """End the sessions of other roles that hold or await the lock `number` (32 bits) here."""
    await connection.fetchval(_SEND_AWAY, number)
