"""What the control plane keeps of a tenant and the tenant carries along: contracts, usage, bills.

No row of it names the tenant: the bag belongs to whoever carries it, and where it arrives the rows
get the new tenant's id.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import msgspec

from app.leaving.catalogue import ForeignKey, Table, tables
from infra.dsn import Address
from infra.settings import settings
from tenants.clusters import literal, owner, quoted
from tenants.shapes import Tenant

# In the order in which they may be loaded: closed months come after what is stated in them.
CARRIED = (
    "contract", "usage", "usage_conflict", "statement", "statement_step", "statement_credit",
    "usage_check", "usage_difference", "usage_apart", "quota_warning",
)  # fmt: skip
# Known by ids of their own: a tenant that comes back finds them here under its former id.
OWN_IDS = ("statement_credit",)
_OWNERS = ("tenant_id", "tenant_slug")


@asynccontextmanager
async def reading() -> AsyncIterator[asyncpg.Connection]:
    """The control database at one moment, by its owner."""
    database = Address.parse(settings().control_dsn).database
    async with owner("main", database) as connection:
        await connection.execute("set statement_timeout = 0; set timezone = 'UTC'")
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            yield connection


async def carried(connection: asyncpg.Connection) -> list[Table]:
    """The tables of the books without their owner, in the order of loading."""
    found = {table.name: table for table in await tables(connection)}
    return [_ownerless(found[name]) for name in CARRIED]


def lines_query(table: Table, tenant_id: UUID) -> str:
    """One JSON object for each of the tenant's rows, in the order of the key."""
    names = ", ".join(quoted(column.name) for column in table.columns)
    chosen = f"select {names} from {quoted(table.name)}"  # noqa: S608
    mine = f"{chosen} where tenant_id = {literal(str(tenant_id))}"
    return f"select row_to_json(t) from ({mine}) t order by {table.order}"  # noqa: S608


def csv_query(table: Table, tenant_id: UUID, expression: str) -> str:
    """The same rows as columns of text; `expression` lists them."""
    mine = f"where tenant_id = {literal(str(tenant_id))}"
    chosen = f"select {expression} from {quoted(table.name)} t {mine}"  # noqa: S608
    return f"{chosen} order by {table.order}"


async def any_of(connection: asyncpg.Connection, tenant_id: UUID) -> bool:
    """Whether the books hold anything of a tenant."""
    some = " or ".join(
        f"exists (select from {quoted(name)} where tenant_id = $1)" for name in CARRIED
    )
    return bool(await connection.fetchval(f"select {some}", tenant_id))


def owned_by(table: str, tenant: Tenant) -> dict[str, str]:
    """The columns of the books that name a tenant, for who has just arrived."""
    slug = {"tenant_slug": tenant.slug} if table == "contract" else {}
    return {"tenant_id": str(tenant.id), **slug}


def _ownerless(table: Table) -> Table:
    foreign = [
        ForeignKey(
            columns=[name for name in key.columns if name not in _OWNERS],
            table=key.table,
            references=[name for name in key.references if name not in _OWNERS],
        )
        for key in table.foreign
        if key.table in CARRIED
    ]
    return msgspec.structs.replace(
        table,
        columns=[column for column in table.columns if column.name not in _OWNERS],
        key=[name for name in table.key if name not in _OWNERS],
        foreign=foreign,
    )
