"""Who tries every door: the roles of the table, and sessions of other sites worn here."""

import asyncio
from collections.abc import Mapping
from contextlib import nullcontext
from contextvars import Context
from uuid import UUID

from litestar.connection import ASGIConnection

from app.doors.session_life import Kind, Session, begin
from app.people.shapes import Actor
from infra import clock
from infra.ids import uuid7
from tenants import db
from tenants.current import acting_for
from tenants.shapes import Tenant
from tests import cast
from tests.doors.desk.strangers import next_door
from tests.security.treasure import Treasure

ROLES = (
    "stranger", "owner", "citizen", "reception", "specialist", "leader", "administrator",
    "elsewhere",
)  # fmt: skip
# Who may see nothing of another person's dossier, whatever the law of the act says.
OUTSIDE = ("stranger", "citizen", "administrator", "elsewhere")


async def people(treasure: Treasure) -> Mapping[str, Actor | None]:
    """Everybody of a province, seen from one citizen's dossier at phường Quy Nhơn."""
    return {
        "stranger": None,
        "citizen": await cast.citizen(),
        "reception": await cast.officer(cast.LAN),
        "specialist": await cast.officer(cast.HOA),
        "leader": await cast.officer(cast.MINH),
        "administrator": await cast.officer(cast.THU),
        "elsewhere": await next_door(),
        # Last: what is given up by its owner nobody else can be seen to take.
        "owner": treasure.citizen,
    }


async def operator(*, active: bool = True) -> UUID:
    """An operator of the vendor, or one who was let go."""
    identity = uuid7()
    await db.control.execute(
        "insert into operator (id, username, full_name, admitted_at, active)"
        " values ($1, $2, $3, $4, $5)",
        *(identity, f"op-{identity}", "Đỗ Vận Hành", clock.now(), active),
    )
    return identity


async def session(kind: Kind, account_id: UUID, site: Tenant | None) -> str:
    """The token of a session at a tenant's site, or at the vendor's."""
    at = clock.now()
    kept = Session(
        kind=kind, account_id=account_id, name="Thử", issuer_id=uuid7(),
        issuer="https://dinhdanh.test", subject=str(account_id), id_token="",
        created_at=at, seen_at=at,
    )  # fmt: skip

    async def sign_in() -> str:
        with clock.frozen(at), acting_for(site) if site else nullcontext():
            return str((await begin(ASGIConnection({"type": "http", "headers": []}), kept)).value)

    return await asyncio.create_task(sign_in(), context=Context())
