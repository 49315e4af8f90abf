"""`motcua keys`: changing secrets while everything runs, and shutting or opening accounts."""

import argparse

from app import lifecycle
from app.cli.parts import Verbs, add_verb, note
from app.doors import session_store
from app.people import service
from app.people.refusals import NoSuchOfficer
from app.people.shapes import SYSTEM
from infra.sealed import BrokenSeal
from tenants import db, rotation
from tenants.current import acting_for
from tenants.provision import ProvisionError
from tenants.work import work


async def _rotate(asked: argparse.Namespace) -> None:
    """Seal everything anew under the newest master key."""
    try:
        count = await rotation.reseal()
    except BrokenSeal as error:
        raise ProvisionError(f"{error} lies under a master key that is in no setting") from None
    await note("keys.rotate", None, rows=count)
    print(f"{count} secrets lie under MOTCUA_MASTER_KEY; the former keys are needed no longer")


async def _password(asked: argparse.Namespace) -> None:
    """A new password for a tenant's database."""
    await rotation.new_password(await lifecycle.named(asked.slug))
    await note("keys.password", asked.slug)
    print(f"the database role of {asked.slug} has a new password")


async def _end_sessions(asked: argparse.Namespace) -> None:
    """Sign everybody of a tenant out."""
    tenant = await lifecycle.named(asked.slug)
    with acting_for(tenant):
        count = await session_store.remove_all("session")
    await session_store.close()
    await note("tenant.end_sessions", asked.slug, sessions=count)
    print(f"{count} sessions of {asked.slug} have ended; people sign in again")


async def _reopen(asked: argparse.Namespace) -> None:
    """Let somebody locked out try again."""
    with acting_for(await lifecycle.named(asked.slug)):
        officer_id = await db.tenant.fetch_value(
            "select id from officer where username = $1", asked.username
        )
        if officer_id is None:
            raise NoSuchOfficer
        async with work():
            await service.reopen(SYSTEM, officer_id)
    await note("officer.reopen", asked.slug, username=asked.username)
    print(f"{asked.username} may sign in at {asked.slug} again")


def add_verbs(verbs: Verbs) -> None:
    """`rotate`, `password`, `end-sessions` and `reopen`."""
    add_verb(verbs, "rotate", _rotate)
    add_verb(verbs, "password", _password, "slug")
    add_verb(verbs, "end-sessions", _end_sessions, "slug")
    add_verb(verbs, "reopen", _reopen, "slug", "username")
