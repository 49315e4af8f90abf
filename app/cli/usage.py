"""`motcua usage`: tokens of outside meters.

Corrections are made on the vendor's pages only: they are the act of two accounts that are signed
in, and nobody at a command line is.
"""

import argparse

from app import lifecycle
from app.cli.parts import Verbs, add_verb, who
from billing import sources


def add_verbs(verbs: Verbs) -> None:
    """What can be asked under `motcua usage`."""
    issue = add_verb(verbs, "issue", _issue, "slug", "source")
    issue.add_argument("meters", nargs="+")
    add_verb(verbs, "revoke", _revoke, "slug", "source")


async def _issue(asked: argparse.Namespace) -> None:
    """A key for an outside meter."""
    tenant = await lifecycle.named(asked.slug)
    token = await sources.issue(who(), tenant.id, asked.source, asked.meters)
    print(f"{token}\nThis is shown once. {asked.source} may now send usage of {asked.slug}.")


async def _revoke(asked: argparse.Namespace) -> None:
    """Take an outside meter's key back."""
    tenant = await lifecycle.named(asked.slug)
    ended = await sources.revoke(who(), tenant.id, asked.source)
    print(f"{ended} tokens of {asked.source} are no longer good")
