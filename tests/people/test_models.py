"""The map of the tables agrees with the tables."""

import pytest
from piccolo.table import Table

from app.people.models import Agency, Citizen, Officer, Post, PostHolding
from tenants import db
from tenants.shapes import Tenant


@pytest.mark.parametrize("model", [Agency, Citizen, Officer, Post, PostHolding])
async def test_every_mapped_column_exists_with_its_nullness(
    tenant: Tenant, model: type[Table]
) -> None:
    rows = await db.tenant.fetch(
        "select column_name, is_nullable = 'YES' as nullable from information_schema.columns"
        " where table_name = $1",
        model._meta.tablename,
    )
    mapped = {column._meta.name: column._meta.null for column in model._meta.columns}
    assert mapped == {row["column_name"]: row["nullable"] for row in rows}


async def test_a_query_through_the_map_reads_the_tenants_rows(tenant: Tenant) -> None:
    assert await Officer.select(Officer.username).where(Officer.dismissed_at.is_null()) == []
