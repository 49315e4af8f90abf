"""`motcua province` and `motcua officer`: what a new tenant begins with, and who lets others in."""

import argparse

from app import lifecycle
from app.cli.parts import Verbs, add_verb, content_of, note
from app.provinces import loader
from app.provinces.shapes import Province
from infra.settings import settings
from tenants.provision import ProvisionError


def add_rooms(rooms: Verbs) -> None:
    """What can be asked under `motcua province` and `motcua officer`."""
    province = rooms.add_parser("province", help="what a province consists of")
    load = add_verb(province.add_subparsers(required=True), "load", _load, "slug")
    load.add_argument("--file", type=content_of, help="a province that does not ship with us")
    officers = rooms.add_parser("officer", help="officers of a province")
    admit = add_verb(officers.add_subparsers(required=True), "admit", _admit)
    for word in ("slug", "username", "name"):
        admit.add_argument(word)
    admit.add_argument("--agency", default="", help="the agency's key; else the highest there is")
    admit.add_argument("--issuer", help="who alone may vouch for the username")


async def _load(asked: argparse.Namespace) -> None:
    """Load agencies, posts and procedures of a province."""
    tenant = await lifecycle.create_province(_province(asked.slug, asked.file))
    await note("province.load", asked.slug)
    print(f"{tenant.slug} is {tenant.status} at {settings().origin(tenant.host)}")
    if settings().mode == "production":
        print("nobody may sign in yet, and there is no contract: officer admit, contract load")


def _province(slug: str, text: str | None) -> Province:
    if text is None and slug not in loader.FILES:
        shipped = ", ".join(loader.FILES)
        raise ProvisionError(f"{slug} does not ship with us ({shipped} do): give its --file")
    try:
        province = loader.read(text.encode(), "the file") if text else loader.load(slug)
    except ValueError as error:
        raise ProvisionError(str(error)) from None
    if province.slug != slug:
        raise ProvisionError(f"the file is of {province.slug}, not of {slug}")
    return province


async def _admit(asked: argparse.Namespace) -> None:
    """Let the first administrator of a province sign in."""
    agency = await lifecycle.admit_administrator(
        asked.slug, asked.username, asked.name, agency=asked.agency, issuer=asked.issuer
    )
    await note("officer.admit", asked.slug, username=asked.username)
    print(f"{asked.username} administers {asked.slug} from {agency}, and admits everybody else")
