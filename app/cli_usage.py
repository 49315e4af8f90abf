"""`motcua usage`: tokens of outside meters, and corrections that two people answer for."""

import argparse
from uuid import UUID

from app import lifecycle
from app.cli_parts import Verbs, add_verb, note, who
from billing import corrections, sources
from billing.shapes import OURS
from tenants import provision
from tenants.work import work


def add_verbs(verbs: Verbs) -> None:
    """What can be asked under `motcua usage`."""
    issue = add_verb(verbs, "issue", _issue, "slug", "source")
    issue.add_argument("meters", nargs="+")
    add_verb(verbs, "revoke", _revoke, "slug", "source")
    correct = add_verb(verbs, "correct", _correct, "slug", "fact", "reason")
    correct.add_argument("--quantity", type=int, help="the right one; left out: take it away")
    correct.add_argument("--source", default=OURS)
    correct.add_argument("--by", required=True, help="who asks for it")
    for name in ("approve", "reject"):
        decide = add_verb(verbs, name, _decide)
        decide.add_argument("id", type=UUID)
        decide.add_argument("--by", required=True, help="who decides, not the one who asked")
        decide.set_defaults(approved=name == "approve")


async def _issue(asked: argparse.Namespace) -> None:
    tenant = await lifecycle.named(asked.slug)
    token = await sources.issue(who(), tenant.id, asked.source, asked.meters)
    await note("usage.issue", asked.slug, source=asked.source, meters=asked.meters)
    print(f"{token}\nThis is shown once. {asked.source} may now send usage of {asked.slug}.")


async def _revoke(asked: argparse.Namespace) -> None:
    tenant = await lifecycle.named(asked.slug)
    ended = await sources.revoke(who(), tenant.id, asked.source)
    await note("usage.revoke", asked.slug, source=asked.source)
    print(f"{ended} tokens of {asked.source} are no longer good")


async def _correct(asked: argparse.Namespace) -> None:
    tenant = await lifecycle.named(asked.slug)
    found = await corrections.propose(
        asked.by, tenant.id, asked.source, asked.fact, asked.quantity, asked.reason
    )
    await note("usage.correct", asked.slug, fact=asked.fact, proposal=found)
    print(f"{found}: somebody else has to approve it")


async def _decide(asked: argparse.Namespace) -> None:
    async with work():
        await corrections.decide(asked.by, asked.id, approved=asked.approved)
        detail = {"proposal": asked.id, "approved": asked.approved}
        await provision.note(asked.by, "usage.decide", None, **detail)
    print(f"{asked.id} is decided")
