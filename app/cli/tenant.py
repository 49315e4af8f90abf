"""`motcua tenant`: tenants made, looked at, stopped and changed."""

import argparse
from datetime import date

from app import agencies, lifecycle
from app.chains import tenant_chain
from app.cli import coming, leaving, merging, upgrade
from app.cli.parts import Verbs, add_verb, confirm, content_of, note
from app.doors import brand
from infra.settings import settings
from tenants import provision, registry
from tenants.advancing import ALL
from tenants.shapes import Site


def add_verbs(verbs: Verbs) -> None:
    """`motcua tenant …`."""
    create = add_verb(verbs, "create", _create, "slug", "name")
    create.add_argument("--office", default="")
    create.add_argument("--hotline", default="")
    create.add_argument("--colour", type=_colour, default="#0b5c8f", help="such as #0b5c8f")
    create.add_argument("--sms-name", default="")
    create.add_argument("--cluster", default="main")
    create.add_argument("--host", action="append", default=[], help="may be repeated")
    add_verb(verbs, "list", _list)
    suspend = add_verb(verbs, "suspend", _suspend, "slug", "reason")
    suspend.add_argument("--until", type=date.fromisoformat, help="last day, YYYY-MM-DD")
    add_verb(verbs, "resume", _resume, "slug")
    migrate = add_verb(verbs, "migrate", _migrate)
    migrate.add_argument("slugs", nargs="*", help="all tenants when left out")
    migrate.add_argument("--at-once", type=int, default=4)
    drop = add_verb(verbs, "drop", _drop, "slug")
    drop.add_argument("--confirm", help="the tenant's name, to answer the question beforehand")
    key = add_verb(verbs, "storage-key", _storage_key, "slug", "access")
    key.add_argument("secret", metavar="secret_file", type=content_of)
    add_verb(verbs, "add-host", _add_host, "slug", "host")
    leaving.add_verbs(verbs)
    coming.add_verbs(verbs)
    merging.add_verbs(verbs)
    form = add_verb(verbs, "code-form", _code_form, "slug", "agency")
    form.add_argument("file", type=content_of, nargs="?", help="left out: as the agency above it")
    change = add_verb(verbs, "reorganise", _reorganise, "slug")
    change.add_argument("file", type=content_of, help="the plan, a JSON file")
    change.add_argument("--preview", action="store_true", help="only say what would move")
    change.add_argument("--batch", type=int, default=200, help="dossiers in one transaction")


async def _create(asked: argparse.Namespace) -> None:
    """A new tenant: database, keys, place for papers."""
    site = Site(
        name=asked.name, office=asked.office or asked.name, hotline=asked.hotline,
        colour=asked.colour, sms_name=asked.sms_name,
    )  # fmt: skip
    hosts = tuple(asked.host)
    tenant = await lifecycle.create(asked.slug, site, cluster=asked.cluster, hosts=hosts)
    await note("tenant.create", asked.slug, cluster=asked.cluster)
    print(f"{tenant.slug} is {tenant.status} at {settings().origin(tenant.host)}")


async def _list(asked: argparse.Namespace) -> None:
    """All tenants: state, cluster, version, address."""
    await registry.reload()
    newest = len(tenant_chain())
    for tenant in await registry.every():
        behind = "" if tenant.schema_version == newest else f" (newest is {newest})"
        version = f"version {tenant.schema_version}{behind}"
        print(f"{tenant.slug:20} {tenant.status:12} {tenant.cluster:10} {version:28} {tenant.host}")


async def _suspend(asked: argparse.Namespace) -> None:
    """Shut a tenant's doors behind a dated page."""
    await provision.suspend(asked.slug, asked.reason, asked.until)
    await note("tenant.suspend", asked.slug, reason=asked.reason, until=str(asked.until))
    print(f"{asked.slug} is suspended; its doors show a dated page within seconds")


async def _resume(asked: argparse.Namespace) -> None:
    """Open a suspended tenant again."""
    await provision.resume(asked.slug)
    await note("tenant.resume", asked.slug)
    print(f"{asked.slug} is active")


async def _migrate(asked: argparse.Namespace) -> None:
    """Bring tenants' databases up to date."""
    slugs = asked.slugs or None
    await upgrade.run(ALL, slugs, at_once=asked.at_once, everywhere=False)


async def _drop(asked: argparse.Namespace) -> None:
    """Remove a tenant that never had a contract."""
    await lifecycle.named(asked.slug)
    await confirm(asked.slug, asked.confirm)
    await lifecycle.drop(asked.slug)
    await note("tenant.drop", asked.slug)
    print(f"{asked.slug} is gone")


async def _add_host(asked: argparse.Namespace) -> None:
    """One more address for a tenant."""
    await lifecycle.named(asked.slug)
    await provision.add_host(asked.slug, asked.host)
    await note("tenant.host", asked.slug, host=asked.host)
    print(f"{asked.host} leads to {asked.slug}")


async def _storage_key(asked: argparse.Namespace) -> None:
    """Reach a tenant's papers with a key of its own."""
    await provision.give_storage_key(asked.slug, asked.access, asked.secret)
    await note("tenant.storage_key", asked.slug)
    print(f"the papers of {asked.slug} are reached with a key of their own")


async def _code_form(asked: argparse.Namespace) -> None:
    """How an agency makes codes of dossiers."""
    form = asked.file if asked.file else None
    await agencies.choose_code_form(asked.slug, asked.agency, form)
    await note("tenant.code_form", asked.slug, agency=asked.agency)
    print(f"{asked.agency} and those beneath it make codes this way from now on")


async def _reorganise(asked: argparse.Namespace) -> None:
    """Agencies joined or parted, dossiers moved along."""
    await lifecycle.named(asked.slug)
    if asked.preview:
        return print(await agencies.preview(asked.slug, asked.file))
    said = await agencies.carry_out(asked.slug, asked.file, batch=asked.batch)
    await note("tenant.reorganise", asked.slug)
    print(said)


def _colour(text: str) -> str:
    try:
        return brand.roles(text).accent
    except brand.BadColour:
        raise argparse.ArgumentTypeError(f"{text} is no colour such as #0b5c8f") from None
