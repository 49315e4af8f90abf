"""The walls between databases, asked of PostgreSQL's own catalogue, role by role."""

from contextlib import asynccontextmanager

import asyncpg
import pytest

from infra.dsn import Address
from infra.settings import settings
from tenants.clusters import owner
from tenants.shapes import Tenant
from tests.security.table import lines_that_differ

pytestmark = pytest.mark.usefixtures("house")

_PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
# Every table, view and sequence with what a role may do to it, by PUBLIC or by itself.
_GRANTS = """
select c.relname as name, p as privilege from pg_class c, unnest($2::text[]) p
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'm', 'p', 'f')
  and has_table_privilege($1, c.oid, p)
union all
select c.relname, p || ' of some columns'
from pg_class c, unnest('{SELECT,INSERT,UPDATE}'::text[]) p
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'm', 'p', 'f')
  and has_any_column_privilege($1, c.oid, p) and not has_table_privilege($1, c.oid, p)
union all
select c.relname, 'SEQUENCE ' || p from pg_class c, unnest('{SELECT,UPDATE,USAGE}'::text[]) p
where c.relnamespace = 'public'::regnamespace and c.relkind = 'S'
  and has_sequence_privilege($1, c.oid, p)
order by 1, 2
"""
# A pattern is what the tests themselves clone provinces from.
_DATABASES = "select datname from pg_database where datname not like 'pattern%'"
_OWNED = """
select count(*) from pg_shdepend d join pg_roles r on r.oid = d.refobjid
where d.refclassid = 'pg_authid'::regclass and r.rolname = $1 and d.deptype = 'o'
"""
_DEFINERS = """
select p.proname from pg_proc p
where p.pronamespace = 'public'::regnamespace and p.prosecdef
  and not exists (select from unnest(p.proconfig) c where c like 'search_path=%')
"""
_STRONG = """
select rolname from pg_roles where rolname = any($1) and (rolsuper or rolcreatedb or rolcreaterole
  or rolreplication or rolbypassrls
  or exists (select from pg_auth_members m where m.member = pg_roles.oid))
"""
# What would lead out of one's own database, onto the server's disk, or past one's own grants.
_WAYS_OUT = (
    "copy dossier to '/tmp/out'",
    "copy dossier from '/etc/passwd'",
    "copy (select 1) to program 'id'",
    "select pg_read_file('/etc/passwd')",
    "select pg_read_binary_file('PG_VERSION')",
    "select pg_ls_dir('.')",
    "select pg_stat_file('PG_VERSION')",
    "select lo_import('/etc/passwd')",
    "select lo_export(1, '/tmp/out')",
    "create extension dblink",
    "create extension postgres_fdw",
    "create extension file_fdw",
    "create extension plperlu",
    "create extension hstore",
    "select dblink_connect('dbname=postgres')",
    "create server s foreign data wrapper postgres_fdw",
    "load 'dblink'",
    "create role mine",
    "create database mine",
    "create schema mine",
    "create table mine (id int)",
    "create table public.mine (id int)",
    "create temp table mine (id int)",
    "create view public.mine as select 1",
    "create function public.mine() returns int language sql as 'select 1'",
    "create publication mine for all tables",
    "alter system set log_statement = 'all'",
    "set session_replication_role = replica",
    "set session authorization postgres",
    "set log_statement = 'all'",
    "alter role current_user superuser",
    "alter role current_user bypassrls",
    "select pg_reload_conf()",
    "select pg_switch_wal()",
    "select pg_create_physical_replication_slot('mine')",
    "select * from pg_authid",
    "select * from pg_shadow",
    "select * from pg_hba_file_rules",
    "select * from pg_largeobject",
    "select * from pg_statistic",
    "select pg_terminate_backend(pid) from pg_stat_activity where usename <> current_user",
    "drop table append_only",
    "truncate append_only",
    "alter table append_only disable trigger all",
    "create trigger t before insert on append_only execute function suppress_redundant_updates()",
    "select lo_create(0)",
    "select lo_from_bytea(0, 'x')",
    "insert into append_only (name) values ('x')",
    "delete from append_only",
    "update migration set name = name",
)


@asynccontextmanager
async def _as(role: str, password: str, database: str):
    where = Address.parse(settings().clusters["main"])
    at = where._replace(user=role, password=password, database=database)
    connection = await asyncpg.connect(**at.keywords(), timeout=10)
    try:
        yield connection
    finally:
        await connection.close()


def _control() -> Address:
    return Address.parse(settings().control_dsn)


def _login(tenant: Tenant) -> tuple[str, str]:
    return tenant.role, tenant.secrets.password


async def test_each_role_opens_its_own_database_and_no_other(tenant, make_tenant):
    neighbour, control = await make_tenant(), _control()
    own = {
        tenant.database: _login(tenant),
        neighbour.database: _login(neighbour),
        control.database: (control.user, control.password),
    }
    async with owner("main") as admin:
        every = [row[0] for row in await admin.fetch(_DATABASES)]
    for home, login in own.items():
        async with _as(*login, home):
            pass
        for database in set(every) - {home}:
            with pytest.raises((asyncpg.InsufficientPrivilegeError, _CLOSED)):
                async with _as(*login, database):
                    pass


async def test_a_role_needs_its_own_password(tenant, make_tenant):
    neighbour, control = await make_tenant(), _control()
    for role, database in (
        (neighbour.role, neighbour.database),
        (control.user, control.database),
        (Address.parse(settings().cluster_admins["main"]).user, tenant.database),
    ):
        for password in (tenant.secrets.password, "", None):
            with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
                async with _as(role, password, database):
                    pass


async def test_roles_may_do_in_their_databases_what_the_table_says(tenant, make_tenant):
    """A grant that is widened or forgotten shows as a line of `expected/`."""
    neighbour, control = await make_tenant(), _control()
    found = {}
    for name, database, role in (
        ("tenant", tenant.database, tenant.role),
        ("control", control.database, control.user),
        ("", neighbour.database, tenant.role),
        ("", control.database, tenant.role),
        ("", tenant.database, control.user),
    ):
        async with owner("main", database) as admin:
            rows = await admin.fetch(_GRANTS, role, _PRIVILEGES)
            owned = await admin.fetchval(_OWNED, role)
            assert await admin.fetch(_DEFINERS) == []
        assert owned == 0, f"{role} owns something"
        if name:
            found[name] = rows
        else:
            assert rows == [], f"{role} in {database}"
    for name, rows in found.items():
        may: dict[str, list[str]] = {}
        for row in rows:
            may.setdefault(row["name"], []).append(row["privilege"])
        lines = [f"{table:<24}{', '.join(each)}" for table, each in sorted(may.items())]
        assert lines_that_differ(f"grants-{name}", lines) == []
    async with owner("main") as admin:
        assert await admin.fetch(_STRONG, [tenant.role, neighbour.role, control.user]) == []


async def test_no_statement_leads_out_of_a_database(tenant, make_tenant):
    neighbour, control = await make_tenant(), _control()
    logins = [(*_login(tenant), tenant.database), (*control[2:4], control.database)]
    async with owner("main") as admin:
        roles = [row[0] for row in await admin.fetch("select rolname from pg_roles")]
    for role, password, database in logins:
        async with (
            _as(role, password, database) as connection,
            _as(*_login(neighbour), neighbour.database) as theirs,
        ):
            await theirs.execute("select 'bí mật'")
            for sql in (*_WAYS_OUT, *(f'set role "{other}"' for other in roles if other != role)):
                await _is_refused(connection, sql)
            seen = await connection.fetch(_OTHERS)
            assert {row["query"] for row in seen} <= {"<insufficient privilege>", ""}


async def _is_refused(connection: asyncpg.Connection, sql: str) -> None:
    """The statement ends with an error and is undone; a result is a way out."""
    with pytest.raises(asyncpg.PostgresError) as refused:
        async with connection.transaction():
            await connection.execute(sql)
    # It was not allowed, or there is no such thing; never because it was written wrongly.
    assert refused.type not in (asyncpg.PostgresSyntaxError,), sql


_CLOSED = asyncpg.ObjectNotInPrerequisiteStateError  # A template lets nobody in.
_OTHERS = "select query from pg_stat_activity where usename <> current_user"
