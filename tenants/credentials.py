"""The password a database role has at this moment, for a connection that was refused with another.

While a password is changed, processes still know the one before for some seconds. Whoever is
refused asks once more what it is now; nothing has to be stopped for it.
"""

import asyncio

import asyncpg

from infra.dsn import Address
from infra.sealed import unseal_by
from infra.settings import reread, settings
from tenants.shapes import Secrets

_asking = asyncio.Lock()
_SQL = "select slug, sealed from tenant where role = $1"


async def passwords_now(role: str) -> list[str]:
    """What the role's password may be now, the likeliest first; empty when nobody knows.

    Asks on a line of its own: the caller holds its place in the pools, and may be in a transaction
    on another database.
    """
    if role == Address.parse(settings().control_dsn).user:
        # Its password comes from the environment or a file, which was written anew meanwhile.
        reread()
        found = [Address.parse(settings().control_dsn).password]
    else:
        async with _asking:
            found = await _of_tenant(role)
    return [password for password in found if password]


async def _of_tenant(role: str) -> list[str]:
    control, where = Address.parse(settings().control_dsn), settings().clusters["main"]
    address = Address.parse(where)._replace(
        database=control.database, user=control.user, password=control.password
    )
    connection = await asyncpg.connect(**address.keywords(), timeout=10)
    try:
        row = await connection.fetchrow(_SQL, role)
    finally:
        await connection.close()
    if row is None:
        return []
    secrets = Secrets.opened(unseal_by(settings().keys, row["sealed"], f"tenant:{row['slug']}"))
    return [secrets.password, secrets.former_password]
