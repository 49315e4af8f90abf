"""Table classes and tables must tell the same story, and foreign keys need their index."""

import importlib
import pkgutil

import pytest
from piccolo.table import Table

import app
import billing
import storage
import tenants
from tenants import db
from tenants.db import CONTROL_DB, TENANT_DB

pytestmark = pytest.mark.usefixtures("house")


def _tables(engine):
    for room in (app, billing, storage, tenants):
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            if module.name.endswith("models"):
                importlib.import_module(module.name)
    ours = (t for t in Table.__subclasses__() if not t.__module__.startswith("piccolo"))
    return [t for t in ours if t._meta.db is engine]


_COLUMNS = "select column_name from information_schema.columns where table_name = $1"


async def test_each_tenant_table_class_matches_its_table(tenant):
    tables = _tables(TENANT_DB)
    assert tables
    for table in tables:
        name = table._meta.tablename
        real = {row["column_name"] for row in await db.tenant.fetch(_COLUMNS, name)}
        mapped = {column._meta.db_column_name for column in table._meta.columns}
        assert mapped <= real, f"{name}: {mapped - real}"


async def test_each_control_table_class_matches_its_table():
    for table in _tables(CONTROL_DB):
        name = table._meta.tablename
        real = {row["column_name"] for row in await db.control.fetch(_COLUMNS, name)}
        mapped = {column._meta.db_column_name for column in table._meta.columns}
        assert mapped <= real, f"{name}: {mapped - real}"


async def test_the_tenant_schema_never_names_a_tenant(tenant):
    rows = await db.tenant.fetch(
        "select table_name from information_schema.columns"
        " where table_schema = 'public' and column_name like 'tenant%'"
    )
    assert rows == []
