"""Loads a province's file into its fresh tenant: agencies, posts, officers, calendar, catalogue.

Loading again changes nothing that is there; it adds what a newer file brought.
"""

from datetime import date
from uuid import UUID

import msgspec

from app.onestop.catalog import service as catalog
from app.onestop.deadlines.service import document_of
from app.people.shapes import SYSTEM
from app.provinces.shapes import Agency, Officer, Province
from app.trail.service import record
from infra.clock import now
from infra.ids import uuid7
from tenants.db import tenant
from tenants.shapes import Site

_FIRST_DAY = date(2025, 7, 1)  # The two-level organisation began on this day.


def site_of(province: Province) -> Site:
    """How the province's doors present themselves."""
    brand = province.brand
    return Site(
        name=brand.name, office=brand.office, hotline=brand.hotline, colour=brand.colour,
        address=brand.address, sms_name=brand.sms_name,
    )  # fmt: skip


async def load(province: Province) -> None:
    """Fill the current tenant; runs inside the caller's unit of work."""
    agencies = await _load_agencies(province.agencies)
    posts = await _load_posts(province, agencies)
    for officer in province.officers:
        await _load_officer(officer, agencies, posts)
    await _load_calendar(province)
    await catalog.load()
    await record(SYSTEM, "tenant.load", ("province", province.slug))


async def _load_agencies(agencies: list[Agency]) -> dict[str, UUID]:
    await tenant.execute_many(
        "insert into agency (id, key, name, sms_name, kind, unit_code, code_prefix, address,"
        " valid_from, valid_to, formed_from) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)"
        " on conflict (key) do nothing",
        [
            (uuid7(), a.key, a.name, a.sms_name, a.kind.value, a.unit_code, a.identifier,
             a.address or "", a.valid_from, a.valid_to, msgspec.json.encode(a.formed_from).decode())
            for a in agencies
        ],
    )  # fmt: skip
    await tenant.execute_many(
        "update agency set parent_id = (select id from agency where key = $2)"
        " where key = $1 and parent_id is null",
        [(a.key, a.parent) for a in agencies if a.parent],
    )
    rows = await tenant.fetch("select key, id from agency")
    return {row["key"]: row["id"] for row in rows}


async def _load_posts(province: Province, agencies: dict[str, UUID]) -> dict[tuple[str, str], UUID]:
    await tenant.execute_many(
        "insert into post (id, agency_id, key, kind, title) values ($1, $2, $3, $4, $5)"
        " on conflict (agency_id, key) do nothing",
        [
            (uuid7(), agencies[agency.key], post.key, post.kind.value, post.name)
            for agency in province.agencies
            for post in province.posts
            if agency.kind in post.held_in
        ],
    )
    rows = await tenant.fetch(
        "select a.key as agency, p.key, p.id from post p join agency a on a.id = p.agency_id"
    )
    return {(row["agency"], row["key"]): row["id"] for row in rows}


async def _load_officer(
    officer: Officer, agencies: dict[str, UUID], posts: dict[tuple[str, str], UUID]
) -> None:
    known = await tenant.fetch_value("select id from officer where username = $1", officer.username)
    if known is not None:
        return
    identity = uuid7()
    await tenant.execute(
        "insert into officer (id, username, full_name, email, admitted_at)"
        " values ($1, $2, $3, $4, $5)",
        *(identity, officer.username, officer.name, officer.email, now()),
    )
    await tenant.execute_many(
        "insert into post_holding (id, post_id, officer_id, from_on) values ($1, $2, $3, $4)",
        [(uuid7(), posts[officer.agency, key], identity, _FIRST_DAY) for key in officer.posts],
    )


async def _load_calendar(province: Province) -> None:
    # The holidays known today are written down with it: a newer library changes no old deadline.
    document = document_of(province.calendar, first_year=now().year)
    await tenant.execute(
        "insert into work_calendar (version, document, valid_from, decision)"
        " values (1, $1, $2, $3) on conflict (version) do nothing",
        *(msgspec.json.encode(document).decode(), _FIRST_DAY, province.calendar.basis),
    )
