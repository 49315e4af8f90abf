"""`motcua`: what the vendor's operators do from a command line."""

import argparse
import asyncio
import sys
from datetime import date

from asyncpg.exceptions import PostgresError

from app import (
    agencies,
    cli_audit,
    cli_backup,
    cli_coming,
    cli_keys,
    cli_leaving,
    cli_merging,
    cli_providers,
    cli_province,
    cli_upgrade,
    cli_usage,
    lifecycle,
)
from app.chains import control_chain, tenant_chain
from app.cli_parts import Verb, Verbs, add_verb, confirm, content_of, note
from app.doors import brand
from app.people import identities
from app.refusals import Refusal
from billing import service as billing
from billing.refusals import BooksRefuse, ContractRefused
from infra import log
from infra.migrate import MigrationFailed
from infra.settings import BadSetting, settings
from tenants import control, db, provision, registry
from tenants.advancing import ALL
from tenants.issuers import Demands
from tenants.provision import ProvisionError
from tenants.shapes import Site


def main(arguments: list[str] | None = None) -> None:
    """Run one command; a refusal is one sentence and exit status 1."""
    asked = _parser().parse_args(arguments)
    # What goes wrong is told without the values that were at hand: keys are among them.
    log.configure("warning")
    try:
        asyncio.run(_run(asked))
    except (
        ProvisionError,
        BadSetting,
        Refusal,
        BooksRefuse,
        ContractRefused,
        MigrationFailed,
        *cli_backup.TROUBLES,
    ) as error:
        sys.exit(f"motcua: {error}")
    except (OSError, PostgresError) as error:
        if isinstance(error, OSError) and error.filename:
            sys.exit(f"motcua: {error.filename}: {error.strerror}")
        sys.exit(f"motcua: the database refused: {type(error).__name__}: {error}")


async def _run(asked: argparse.Namespace) -> None:
    verb: Verb = asked.verb
    try:
        await verb(asked)
    finally:
        await db.close()


async def _control_migrate(asked: argparse.Namespace) -> None:
    version, waits = await control.prepare(control_chain())
    print(f"control database is on version {version} {waits}".rstrip())


async def _create(asked: argparse.Namespace) -> None:
    site = Site(
        name=asked.name, office=asked.office or asked.name, hotline=asked.hotline,
        colour=asked.colour, sms_name=asked.sms_name,
    )  # fmt: skip
    hosts = tuple(asked.host)
    tenant = await lifecycle.create(asked.slug, site, cluster=asked.cluster, hosts=hosts)
    await note("tenant.create", asked.slug, cluster=asked.cluster)
    print(f"{tenant.slug} is {tenant.status} at {settings().origin(tenant.host)}")


async def _list(asked: argparse.Namespace) -> None:
    await registry.reload()
    newest = len(tenant_chain())
    for tenant in await registry.every():
        behind = "" if tenant.schema_version == newest else f" (newest is {newest})"
        version = f"version {tenant.schema_version}{behind}"
        print(f"{tenant.slug:20} {tenant.status:12} {tenant.cluster:10} {version:28} {tenant.host}")


async def _suspend(asked: argparse.Namespace) -> None:
    await provision.suspend(asked.slug, asked.reason, asked.until)
    await note("tenant.suspend", asked.slug, reason=asked.reason, until=str(asked.until))
    print(f"{asked.slug} is suspended; its doors show a dated page within seconds")


async def _resume(asked: argparse.Namespace) -> None:
    await provision.resume(asked.slug)
    await note("tenant.resume", asked.slug)
    print(f"{asked.slug} is active")


async def _migrate(asked: argparse.Namespace) -> None:
    slugs = asked.slugs or None
    await cli_upgrade.run(ALL, slugs, at_once=asked.at_once, everywhere=False)


async def _drop(asked: argparse.Namespace) -> None:
    await lifecycle.named(asked.slug)
    await confirm(asked.slug, asked.confirm)
    await lifecycle.drop(asked.slug)
    await note("tenant.drop", asked.slug)
    print(f"{asked.slug} is gone")


async def _add_host(asked: argparse.Namespace) -> None:
    await lifecycle.named(asked.slug)
    await provision.add_host(asked.slug, asked.host)
    await note("tenant.host", asked.slug, host=asked.host)
    print(f"{asked.host} leads to {asked.slug}")


async def _storage_key(asked: argparse.Namespace) -> None:
    await provision.give_storage_key(asked.slug, asked.access, asked.secret)
    await note("tenant.storage_key", asked.slug)
    print(f"the papers of {asked.slug} are reached with a key of their own")


async def _trust(asked: argparse.Namespace) -> None:
    chosen = (asked.audience, asked.issuer, asked.label, asked.client_id, asked.secret)
    demands = Demands(
        acr=tuple(asked.acr), amr=tuple(asked.amr), max_age_seconds=asked.max_age,
        administrators_only=asked.administrators_only, vouched=asked.vouched,
    )  # fmt: skip
    await lifecycle.trust(asked.slug, *chosen, demands=demands)
    await note("issuer.trust", asked.slug, issuer=asked.issuer, audience=asked.audience)
    print(f"{asked.issuer} may vouch for {asked.audience} sign-ins")


async def _code_form(asked: argparse.Namespace) -> None:
    form = asked.file if asked.file else None
    await agencies.choose_code_form(asked.slug, asked.agency, form)
    await note("tenant.code_form", asked.slug, agency=asked.agency)
    print(f"{asked.agency} and those beneath it make codes this way from now on")


async def _reorganise(asked: argparse.Namespace) -> None:
    await lifecycle.named(asked.slug)
    if asked.preview:
        return print(await agencies.preview(asked.slug, asked.file))
    said = await agencies.carry_out(asked.slug, asked.file, batch=asked.batch)
    await note("tenant.reorganise", asked.slug)
    print(said)


async def _load_contract(asked: argparse.Namespace) -> None:
    contract = billing.read(asked.file.encode(), "the file")
    await lifecycle.named(contract.tenant_slug)
    await billing.load(contract)
    await note("contract.load", contract.tenant_slug, contract=contract.id)
    print(f"{contract.id} is on the books of {contract.tenant_slug}")


async def _admit_operator(asked: argparse.Namespace) -> None:
    await identities.admit_operator(asked.username, asked.name)
    await note("operator.admit", None, username=asked.username)
    print(f"{asked.username} may sign in at {settings().origin(settings().ops_host)}")


def _colour(text: str) -> str:
    try:
        return brand.roles(text).accent
    except brand.BadColour:
        raise argparse.ArgumentTypeError(f"{text} is no colour such as #0b5c8f") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("motcua", description=__doc__)
    rooms = parser.add_subparsers(
        required=True,
        metavar="control|upgrade|tenant|issuer|province|officer|contract|provider|usage|audit|backup|keys|operator",
    )
    add_verb(rooms.add_parser("control").add_subparsers(required=True), "migrate", _control_migrate)
    cli_upgrade.add_verbs(rooms)
    _tenant_verbs(rooms.add_parser("tenant").add_subparsers(required=True))
    trust = add_verb(rooms.add_parser("issuer").add_subparsers(required=True), "trust", _trust)
    trust.add_argument("audience", choices=["citizen", "staff", "vendor"])
    for name in ("issuer", "label", "client_id"):
        trust.add_argument(name)
    trust.add_argument("secret", metavar="secret_file", type=content_of)
    trust.add_argument("--acr", action="append", default=[], help="one of these is strong")
    trust.add_argument("--amr", action="append", default=[], help="one of these is strong")
    trust.add_argument("--max-age", type=int, default=0, help="seconds since people proved it")
    trust.add_argument("--administrators-only", action="store_true", help="who must be strong")
    trust.add_argument("--vouched", default="", help="why no claim is needed for two factors")
    trust.add_argument("--slug", help="the tenant; left out for the vendor's own issuer")
    contract = rooms.add_parser("contract", help="the contracts on the books")
    load = add_verb(contract.add_subparsers(required=True), "load", _load_contract)
    load.add_argument("file", type=content_of)
    through = rooms.add_parser("provider", help="whom a tenant's messages go through")
    cli_providers.add_verbs(through.add_subparsers(required=True))
    usage = rooms.add_parser("usage", help="outside meters, and corrections")
    cli_usage.add_verbs(usage.add_subparsers(required=True))
    audit = rooms.add_parser("audit", help="whether trails are as they were sealed")
    cli_audit.add_verbs(audit.add_subparsers(required=True))
    keys = rooms.add_parser("keys", help="changing secrets and shutting doors while all runs")
    cli_keys.add_verbs(keys.add_subparsers(required=True))
    backup = rooms.add_parser("backup", help="backups, restoring, drills")
    cli_backup.add_verbs(backup.add_subparsers(required=True))
    operators = rooms.add_parser("operator", help="the vendor's own staff")
    add_verb(operators.add_subparsers(required=True), "admit", _admit_operator, "username", "name")
    cli_province.add_rooms(rooms)
    return parser


def _tenant_verbs(verbs: Verbs) -> None:
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
    cli_leaving.add_verbs(verbs)
    cli_coming.add_verbs(verbs)
    cli_merging.add_verbs(verbs)
    form = add_verb(verbs, "code-form", _code_form, "slug", "agency")
    form.add_argument("file", type=content_of, nargs="?", help="left out: as the agency above it")
    change = add_verb(verbs, "reorganise", _reorganise, "slug")
    change.add_argument("file", type=content_of, help="the plan, a JSON file")
    change.add_argument("--preview", action="store_true", help="only say what would move")
    change.add_argument("--batch", type=int, default=200, help="dossiers in one transaction")


if __name__ == "__main__":
    main()
