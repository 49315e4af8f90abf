"""`motcua usage`: tokens of outside meters, and corrections that two people answer for."""

import argparse
import os
from collections.abc import Awaitable, Callable
from typing import TypeAlias
from uuid import UUID

from app import lifecycle
from billing import corrections, sources
from billing.shapes import OURS
from tenants import provision
from tenants.work import work

Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def add_verbs(verbs: Verbs) -> None:
    """What can be asked under `motcua usage`."""
    issue = _verb(verbs, "issue", _issue, "slug", "source")
    issue.add_argument("meters", nargs="+")
    _verb(verbs, "revoke", _revoke, "slug", "source")
    correct = _verb(verbs, "correct", _correct, "slug", "fact", "reason")
    correct.add_argument("--quantity", type=int, help="the right one; left out: take it away")
    correct.add_argument("--source", default=OURS)
    correct.add_argument("--by", required=True, help="who asks for it")
    for name in ("approve", "reject"):
        decide = _verb(verbs, name, _decide)
        decide.add_argument("id", type=UUID)
        decide.add_argument("--by", required=True, help="who decides, not the one who asked")
        decide.set_defaults(approved=name == "approve")


async def _issue(asked: argparse.Namespace) -> None:
    tenant = await lifecycle.named(asked.slug)
    token = await sources.issue(_who(), tenant.id, asked.source, asked.meters)
    await _note(asked, "usage.issue", source=asked.source, meters=asked.meters)
    print(f"{token}\nThis is shown once. {asked.source} may now send usage of {asked.slug}.")


async def _revoke(asked: argparse.Namespace) -> None:
    tenant = await lifecycle.named(asked.slug)
    ended = await sources.revoke(_who(), tenant.id, asked.source)
    await _note(asked, "usage.revoke", source=asked.source)
    print(f"{ended} tokens of {asked.source} are no longer good")


async def _correct(asked: argparse.Namespace) -> None:
    tenant = await lifecycle.named(asked.slug)
    found = await corrections.propose(
        asked.by, tenant.id, asked.source, asked.fact, asked.quantity, asked.reason
    )
    await _note(asked, "usage.correct", fact=asked.fact, proposal=found)
    print(f"{found}: somebody else has to approve it")


async def _decide(asked: argparse.Namespace) -> None:
    async with work():
        await corrections.decide(asked.by, asked.id, approved=asked.approved)
        detail = {"proposal": asked.id, "approved": asked.approved}
        await provision.note(asked.by, "usage.decide", None, **detail)
    print(f"{asked.id} is decided")


def _who() -> str:
    return os.environ.get("USER", "command line")


async def _note(asked: argparse.Namespace, act: str, **detail: object) -> None:
    await provision.note(_who(), act, asked.slug, **detail)


def _verb(
    verbs: Verbs, name: str, verb: Callable[[argparse.Namespace], Awaitable[None]], *words: str
) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name)
    parser.set_defaults(verb=verb)
    for word in words:
        parser.add_argument(word)
    return parser
