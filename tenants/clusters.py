"""The owner's connection to a PostgreSQL cluster: only the command line holds its password."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from infra.dsn import Address
from infra.migrate import Migration, migrate
from infra.settings import BadSetting, settings

_TEMPLATE_LOCK = 0x6D6F7464
_OTHER_GRANTEES = (
    "select distinct grantee from information_schema.role_table_grants"
    " where table_schema = 'public' and grantee not in ($1, current_user, 'PUBLIC')"
)
# The control database's list knows no such columns.
_APPEND_ONLY = """
select name, array(select jsonb_array_elements_text(to_jsonb(a)->'given')) as given
from append_only a
"""
_OTHER_COLUMNS = """
select attname from pg_attribute
where attrelid = $1::text::regclass and attnum > 0 and not attisdropped and attname <> all($2)
order by attnum
"""
# Everybody may make large objects by default, which no table's grants reach and nothing erases.
_LARGE_OBJECTS = "lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea)"
# The parameter came with PostgreSQL 16; before, there is no choice.
_FEW_ITERATIONS = (
    "select set_config(name, '64', false) from pg_settings where name = 'scram_iterations'"
)
# What may differ from cluster to cluster by the habits of who looks after it: how values are spelt,
# and how long a session may take or rest. Not every version knows all of the names.
_UNHURRIED = """
select set_config(s.name, w.value, false) from pg_settings s join (values
    ('timezone', 'UTC'), ('datestyle', 'ISO, MDY'), ('intervalstyle', 'iso_8601'),
    ('bytea_output', 'hex'), ('extra_float_digits', '1'),
    ('statement_timeout', '0'), ('lock_timeout', '0'), ('transaction_timeout', '0'),
    ('idle_in_transaction_session_timeout', '0'), ('idle_session_timeout', '0')
) as w (name, value) on lower(s.name) = w.name
"""


@asynccontextmanager
async def owner(cluster: str, database: str = "postgres") -> AsyncIterator[asyncpg.Connection]:
    """A connection as the cluster's owner to one of its databases."""
    connection = await asyncpg.connect(
        **owner_address(cluster)._replace(database=database).keywords(), timeout=10
    )
    try:
        yield connection
    finally:
        await connection.close()


async def unhurried(connection: asyncpg.Connection) -> None:
    """Make a session fit for long work whose texts are compared with another cluster's."""
    await connection.execute(_UNHURRIED)


def owner_address(cluster: str) -> Address:
    """Where the owner signs in; raises BadSetting when this process was not given it."""
    dsn = settings().cluster_admins.get(cluster)
    if dsn is None:
        raise BadSetting(f"MOTCUA_CLUSTER_ADMINS must give the owner's address of {cluster}")
    return Address.parse(dsn)


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal, for statements that take no parameters."""
    return "'" + text.replace("'", "''") + "'"


async def create_role(
    admin: asyncpg.Connection, role: str, password: str, *, generated: bool = False
) -> None:
    """A login role that owns nothing, or the new password of the one that exists.

    `generated`: the password is random, so hashing it thousands of times protects nothing and
    would only make every new connection dear.
    """
    if generated:
        await admin.execute(_FEW_ITERATIONS)
    exists = await admin.fetchval("select 1 from pg_roles where rolname = $1", role)
    verb = "alter" if exists else "create"
    await admin.execute(
        f"{verb} role {quoted(role)} login nosuperuser nocreatedb nocreaterole noinherit"
        f" password {literal(password)}"
    )


async def databases_of(admin: asyncpg.Connection, database: str) -> list[str]:
    """A tenant's database and what restoring left beside it: loaded ones, and former ones."""
    rows = await admin.fetch(
        "select datname::text from pg_database where datname::text in ($1::text, $1 || '_moi')"
        " or starts_with(datname::text, $1 || '_cu_2') order by 1",
        database,
    )
    return [row["datname"] for row in rows]


async def close_doors(admin: asyncpg.Connection, database: str, role: str) -> None:
    """Only `role` (and the owner) may connect to `database`."""
    await admin.execute(f"revoke all on database {quoted(database)} from public")
    await admin.execute(f"grant connect on database {quoted(database)} to {quoted(role)}")


async def close_common_doors(admin: asyncpg.Connection) -> None:
    """No tenant role may connect to the databases every cluster comes with."""
    for database in ("postgres", "template1"):
        await admin.execute(f"revoke connect on database {quoted(database)} from public")


async def grant_tables(connection: asyncpg.Connection, role: str) -> None:
    """Let `role`, and no other, work with all tables; append-only ones it may only add to."""
    name = quoted(role)
    for stranger in await connection.fetch(_OTHER_GRANTEES, role):
        # A database cloned from another tenant's still carries that tenant's grants.
        await connection.execute(f"drop owned by {quoted(stranger['grantee'])}")
    await connection.execute(f"grant usage on schema public to {name}")
    await connection.execute(
        f"grant select, insert, update, delete on all tables in schema public to {name}"
    )
    await connection.execute(f"revoke insert, update, delete on migration from {name}")
    if await connection.fetchval("select to_regnamespace('joined')") is not None:
        # Views of a trail that came along with another province's data (the tenant's chain only).
        await connection.execute(f"grant usage on schema joined to {name}")
        await connection.execute(f"grant select on all tables in schema joined to {name}")
    for row in await connection.fetch(_APPEND_ONLY):
        await connection.execute(f"revoke update, delete on {quoted(row['name'])} from {name}")
        if row["given"]:
            await _grant_insert(connection, row["name"], row["given"], name)
    await connection.execute(f"revoke insert, update, delete on append_only from {name}")
    await connection.execute(f"revoke execute on function {_LARGE_OBJECTS} from public")


async def _grant_insert(
    connection: asyncpg.Connection, table: str, given: list[str], role: str
) -> None:
    """Adding rows, but not the columns the database itself gives their values."""
    found = await connection.fetch(_OTHER_COLUMNS, table, given)
    columns = ", ".join(quoted(row["attname"]) for row in found)
    await connection.execute(f"revoke insert on {quoted(table)} from {role}")
    await connection.execute(f"grant insert ({columns}) on {quoted(table)} to {role}")


async def template(cluster: str, migrations: list[Migration]) -> str:
    """The name of a migrated, empty database to clone tenants from; made when missing."""
    digest = hashlib.sha256("".join(m.digest for m in migrations).encode()).hexdigest()[:12]
    name = f"motcua_template_{digest}"
    async with owner(cluster) as admin:
        # One maker at a time: cloning needs a template nobody is connected to.
        await admin.execute("select pg_advisory_lock($1)", _TEMPLATE_LOCK)
        try:
            made = await admin.fetchval(
                "select datistemplate from pg_database where datname = $1", name
            )
            if not made:
                await _make_template(cluster, admin, name, migrations)
        finally:
            await admin.execute("select pg_advisory_unlock($1)", _TEMPLATE_LOCK)
    return name


async def clone(admin: asyncpg.Connection, source: str, database: str) -> None:
    """Create `database` as a copy of the template; waits a little when somebody looks at it."""
    for pause in (0.1, 0.3, 1.0, None):
        try:
            await admin.execute(
                f"create database {quoted(database)} template {quoted(source)} strategy wal_log"
            )
            return
        except asyncpg.ObjectInUseError:
            if pause is None:
                raise
            await asyncio.sleep(pause)


async def _make_template(
    cluster: str, admin: asyncpg.Connection, name: str, migrations: list[Migration]
) -> None:
    # A half-made one from an interrupted start is not marked as a template; begin again.
    await admin.execute(f"drop database if exists {quoted(name)}")
    await admin.execute(f"create database {quoted(name)} template template0 encoding 'UTF8'")
    await admin.execute(f"revoke all on database {quoted(name)} from public")
    async with owner(cluster, name) as connection:
        await connection.execute("revoke create on schema public from public")
        await migrate(connection, migrations)
    await admin.execute(f"alter database {quoted(name)} is_template true allow_connections false")
