"""The wall between databases, pools and units of work."""

from tests.security.sabotages.shapes import Sabotage

_DATABASE = ("tests/security/test_database.py",)
_WALLS = ("tests/tenants/test_walls.py",)
_CLUSTERS = "tenants/clusters.py"

SABOTAGES = (
    Sabotage(
        "a connection that was not answered is asked again", "tenants/pools.py",
        "            self._doubted.add(connection)\n            self._end_idle(before=began)",
        "            self._end_idle(before=began)", ("tests/tenants/test_dead_lines.py",),
    ),
    Sabotage(
        "everybody may connect to a tenant's database", _CLUSTERS,
        'f"grant connect on database {quoted(database)} to {quoted(role)}"',
        'f"grant connect on database {quoted(database)} to public"', _DATABASE,
    ),
    Sabotage(
        "PostgreSQL's own grants stay", _CLUSTERS,
        '    await admin.execute(f"revoke all on database {quoted(database)} from public")\n'
        '    await admin.execute(f"grant connect',
        '    await admin.execute(f"grant connect', _DATABASE,
    ),
    Sabotage(
        "append-only tables may be edited", _CLUSTERS,
        'f"revoke update, delete on {quoted(row', 'f"revoke truncate on {quoted(row', _DATABASE,
    ),
    Sabotage(
        "the list of append-only tables may be edited", _CLUSTERS,
        'await connection.execute(f"revoke insert, update, delete on append_only from {name}")',
        "pass", _DATABASE,
    ),
    Sabotage(
        "a tenant's role may make roles", _CLUSTERS,
        "nosuperuser nocreatedb nocreaterole noinherit", "nosuperuser nocreatedb createrole",
        _DATABASE,
    ),
    Sabotage(
        "large objects may be made", _CLUSTERS,
        'await connection.execute(f"revoke execute on function {_LARGE_OBJECTS} from public")',
        "pass", _DATABASE,
    ),
    Sabotage(
        "ratings may be changed afterwards", "app/schema/0007_trail.sql",
        "('slip'), ('rating')", "('slip')", _DATABASE,
    ),
    Sabotage(
        "code may change tenants in the middle", "tenants/current.py",
        "if outer is not None and outer.id != tenant.id:", "if outer is not None and False:",
        _WALLS,
    ),
    Sabotage(
        "a unit of work goes on in another database", "tenants/work.py",
        "elif self._place != place:", "elif False:", _WALLS,
    ),
    Sabotage(
        "a connection in a transaction is used again", "tenants/pools.py",
        "if connection.is_closed() or connection.is_in_transaction():",
        "if connection.is_closed():", ("tests/tenants/test_pools.py",),
    ),
    Sabotage(
        "a reading request may write", "tenants/work.py",
        'not sql.lstrip().lower().startswith(("select", "with", "values"))', "not sql", _WALLS,
    ),
    Sabotage(
        "a figure counts every tenant's facts", "billing/queries.py",
        "where tenant_id = $1 and billed_in = $2 and meter = $3 and (occurred_at, id)",
        "where $1::uuid is not null and billed_in = $2 and meter = $3 and (occurred_at, id)",
        ("tests/security/test_books.py",),
    ),
    Sabotage(
        "a statement adds up every tenant's facts", "billing/queries.py",
        "from usage where tenant_id = $1 and billed_in = $2 group by 1, 2",
        "from usage where $1::uuid is not null and billed_in = $2 group by 1, 2",
        ("tests/security/test_books.py",),
    ),
    Sabotage(
        "logs quote what a failure says", "infra/log.py",
        'if kind.__module__.partition(".")[0] in _OWN:', "if True:", ("tests/infra/test_log.py",),
    ),
    Sabotage(
        "logs quote further lines of libraries", "infra/log.py",
        r'.strip().partition("\n")[0][:500]', ".strip()[:500]", ("tests/infra/test_log.py",),
    ),
)  # fmt: skip
