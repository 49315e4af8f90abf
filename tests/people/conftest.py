"""One agency with one post of each kind."""

from uuid import UUID

import pytest

from infra.ids import uuid7
from tenants import db
from tenants.shapes import Tenant

KINDS = ("reception", "specialist", "leader", "administrator")


@pytest.fixture
async def posts(tenant: Tenant) -> dict[str, UUID]:
    """The ids of the posts by their kind."""
    agency_id = uuid7()
    await db.tenant.execute(
        "insert into agency (id, key, name, sms_name, kind, code_prefix, valid_from) values"
        " ($1, 'phuong', 'Ủy ban nhân dân phường Thử', 'UBND phuong Thu', 'commune', 'H00.01',"
        " '2025-07-01')",
        agency_id,
    )
    made = {kind: uuid7() for kind in KINDS}
    for kind, post_id in made.items():
        await db.tenant.execute(
            "insert into post (id, agency_id, key, kind, title) values ($1, $2, $3, $3, $4)",
            *(post_id, agency_id, kind, f"Chức danh {kind}"),
        )
    return made
