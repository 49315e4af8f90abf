"""The systems this tenant exchanges dossiers with: who they are, and who may change that."""

import re
from datetime import datetime
from uuid import UUID

import msgspec

from app.onestop.exchange import rules, wire
from app.onestop.exchange.refusals import PartnerKnown
from app.onestop.forms import cleaning
from app.people.shapes import Actor
from app.refusals import Malformed, NotAllowed, NotFound
from app.trail.service import record
from infra.clock import now
from infra.ids import uuid7
from infra.settings import settings
from tenants import db
from tenants.current import current

_COLUMNS = "select id, slug, name, address, public_key, active, added_at from partner"
_ADD = """
insert into partner (id, slug, name, address, public_key, added_at, added_by)
values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning id
"""
_INTRODUCE = """
insert into partner (id, slug, name, address, public_key, added_at)
values ($1, $2, $3, $4, $5, $6)
on conflict (slug) do update set address = excluded.address, public_key = excluded.public_key
"""
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_NAME_LENGTH = 200


class PartnerView(msgspec.Struct, frozen=True, kw_only=True):
    """One partner; `public_key` is 43 characters of base64url."""

    id: UUID
    slug: str
    name: str
    address: str
    public_key: str
    active: bool
    added_at: datetime


class Own(msgspec.Struct, frozen=True):
    """What a partner must be told of this tenant."""

    name: str
    address: str
    public_key: str


def own() -> Own:
    """How the current tenant is entered at its partners."""
    tenant = current()
    return Own(tenant.site.name, wire.address_of(tenant), wire.public_key_of(tenant))


async def partners() -> list[PartnerView]:
    """All partners, those in use first."""
    rows = await db.tenant.fetch(f"{_COLUMNS} order by not active, name, id")
    return [PartnerView(**dict(row)) for row in rows]


async def partner_names() -> dict[str, str]:
    """What workflows' short names of partners stand for."""
    rows = await db.tenant.fetch("select slug, name from partner")
    return {row["slug"]: row["name"] for row in rows}


async def partner(partner_id: UUID) -> PartnerView:
    """The partner of that id. Raises NotFound."""
    return await _one("id = $1", partner_id)


async def partner_named(slug: str) -> PartnerView:
    """The partner a workflow names. Raises NotFound."""
    return await _one("slug = $1", slug)


async def partner_at(address: str) -> PartnerView:
    """The partner in use at that address. Raises NotFound."""
    return await _one("active and address = $1", address)


async def add(
    officer: Actor | None, *, slug: str, name: str, address: str, public_key: str
) -> UUID:
    """Enter a partner (khai báo hệ thống liên thông), whose key was learned by a way one trusts.

    `officer` None: the vendor's own set-up. Raises NotAllowed, Malformed, PartnerKnown.
    """
    _may_change(officer)
    slug, name = slug.strip().lower(), cleaning.one_line(name)
    address, public_key = address.strip().rstrip("/").lower(), public_key.strip()
    if faults := _faults(slug, name, address, public_key):
        raise Malformed(fields=faults)
    identity = await db.tenant.fetch_value(
        _ADD, *(uuid7(), slug, name, address, public_key, now(), officer.id if officer else None)
    )
    if identity is None:
        raise PartnerKnown
    if officer is not None:
        detail = {"slug": slug, "address": address, "public_key": public_key}
        await record(officer, "partner.add", ("partner", identity), detail=detail)
    return UUID(str(identity))


async def introduce(slug: str, other: Own) -> None:
    """Enter a system of the same deployment as it is now (the vendor's own set-up). Safe to run
    again, also when its address has changed."""
    values = uuid7(), slug, other.name, other.address, other.public_key, now()
    await db.tenant.execute(_INTRODUCE, *values)


async def turn(officer: Actor, partner_id: UUID, *, active: bool) -> None:
    """Stop the exchange with a partner, or go on with it. Raises NotAllowed, NotFound."""
    _may_change(officer)
    found = await db.tenant.fetch_value(
        "update partner set active = $2 where id = $1 returning id", partner_id, active
    )
    if found is None:
        raise NotFound
    act = "partner.go_on" if active else "partner.stop"
    await record(officer, act, ("partner", partner_id))


def _may_change(officer: Actor | None) -> None:
    if officer is not None and officer.holds("administrator") is None:
        raise NotAllowed


def _faults(slug: str, name: str, address: str, public_key: str) -> dict[str, str]:
    chosen = settings()
    found = {
        "slug": not _SLUG.fullmatch(slug)
        and "Ghi tên tắt bằng chữ thường không dấu, chữ số và dấu gạch nối, ví dụ laocai.",
        "name": not 0 < len(name) <= _NAME_LENGTH and "Ghi tên hệ thống, tối đa 200 ký tự.",
        "address": not rules.is_address(address, chosen.public_scheme, chosen.partner_names)
        and "Ghi địa chỉ gồm giao thức và tên miền đã được nhà cung cấp dịch vụ cho phép.",
        "public_key": not wire.is_public_key(public_key)
        and "Ghi khóa công khai gồm 43 ký tự do hệ thống kia cung cấp.",
    }
    return {field: text for field, text in found.items() if text}


async def _one(where: str, value: object) -> PartnerView:
    row = await db.tenant.fetch_row(f"{_COLUMNS} where {where}", value)
    if row is None:
        raise NotFound
    return PartnerView(**dict(row))
