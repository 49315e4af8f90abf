"""`motcua`: what the vendor's operators do from a command line."""

import argparse
import asyncio
import logging
import os
import select
import sys

from asyncpg.exceptions import InterfaceError, PostgresError

from app import lifecycle
from app.chains import control_chain
from app.cli import audit, backup, issuer, keys, providers, province, tenant, upgrade, usage
from app.cli.parts import Verb, add_verb, content_of, note
from app.people import identities
from app.refusals import Refusal
from billing import service as billing
from billing.refusals import BooksRefuse, ContractRefused
from infra import log
from infra.migrate import MigrationFailed
from infra.settings import BadSetting, settings
from storage.shapes import StoreUnavailable
from tenants import control, db
from tenants.provision import ProvisionError

_ROOMS = (
    ("provider", providers, "whom a tenant's messages go through"),
    ("usage", usage, "keys of outside meters"),
    ("audit", audit, "whether trails are as they were sealed"),
    ("keys", keys, "changing secrets and shutting doors while all runs"),
    ("backup", backup, "backups, restoring, drills"),
)


def main(arguments: list[str] | None = None) -> None:
    """Run one command; a refusal is one sentence and exit status 1."""
    asked = parser().parse_args(arguments)
    # What goes wrong is told without the values that were at hand: keys are among them.
    log.configure("warning")
    # One sentence says that a store is away; each try that failed need not.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    try:
        asyncio.run(_run(asked))
    except (
        ProvisionError,
        BadSetting,
        Refusal,
        BooksRefuse,
        ContractRefused,
        MigrationFailed,
        *backup.TROUBLES,
    ) as error:
        sys.exit(f"motcua: {error}")
    except StoreUnavailable as error:
        told = f"the store does not answer or refuses us ({error})"
        sys.exit(f"motcua: {told}: see to it, then run this again")
    except (OSError, PostgresError, InterfaceError) as error:
        if isinstance(error, OSError) and error.filename:
            sys.exit(f"motcua: {error.filename}: {error.strerror}")
        sys.exit(f"motcua: the database refused: {type(error).__name__}: {error}")


async def _run(asked: argparse.Namespace) -> None:
    verb: Verb = asked.verb
    try:
        await verb(asked)
        sys.stdout.flush()
    except BrokenPipeError:
        if not _is_unread():
            raise
        # Else the interpreter tries once more to print at its end, and complains.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit("motcua: nobody reads on what this prints: it stopped there")
    finally:
        await db.close()


def _is_unread() -> bool:
    """Whether it is standard output that broke, as in `motcua … | head`, and no connection."""
    asked = select.poll()
    asked.register(sys.stdout, select.POLLOUT)
    return any(event & select.POLLERR for _, event in asked.poll(0))


async def _control_migrate(asked: argparse.Namespace) -> None:
    """Bring the database of all tenants up to date."""
    version, waits = await control.prepare(control_chain())
    print(f"control database is on version {version} {waits}".rstrip())


async def _load_contract(asked: argparse.Namespace) -> None:
    """Put a contract on the books of its tenant."""
    contract = billing.read(asked.file.encode(), "the file")
    await lifecycle.named(contract.tenant_slug)
    await billing.load(contract)
    await note("contract.load", contract.tenant_slug, contract=contract.id)
    print(f"{contract.id} is on the books of {contract.tenant_slug}")


async def _admit_operator(asked: argparse.Namespace) -> None:
    """Let one of the vendor's staff sign in."""
    await identities.admit_operator(asked.username, asked.name)
    await note("operator.admit", None, username=asked.username)
    print(f"{asked.username} may sign in at {settings().origin(settings().ops_host)}")


def parser() -> argparse.ArgumentParser:
    """All that can be asked, for `main` and for what looks at it."""
    command = argparse.ArgumentParser("motcua", description=__doc__)
    rooms = command.add_subparsers(
        required=True,
        metavar="control|upgrade|tenant|issuer|province|officer|contract|provider|usage|audit|backup|keys|operator",
    )
    databases = rooms.add_parser("control", help="the database of all tenants")
    add_verb(databases.add_subparsers(required=True), "migrate", _control_migrate)
    upgrade.add_verbs(rooms)
    tenants = rooms.add_parser(
        "tenant", help="tenants: making, closing, leaving, arriving, merging"
    )
    tenant.add_verbs(tenants.add_subparsers(required=True))
    issuers = rooms.add_parser("issuer", help="identity providers, and who signs in by which")
    issuer.add_verbs(issuers.add_subparsers(required=True))
    contract = rooms.add_parser("contract", help="the contracts on the books")
    load = add_verb(contract.add_subparsers(required=True), "load", _load_contract)
    load.add_argument("file", type=content_of)
    for name, part, told in _ROOMS:
        part.add_verbs(rooms.add_parser(name, help=told).add_subparsers(required=True))
    operators = rooms.add_parser("operator", help="the vendor's own staff")
    add_verb(operators.add_subparsers(required=True), "admit", _admit_operator, "username", "name")
    province.add_rooms(rooms)
    return command
