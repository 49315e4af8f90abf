"""`motcua audit`: whether a trail is as it was sealed, and who answers for a lawful break."""

import argparse
import asyncio
from datetime import date
from typing import Any

import msgspec
from asyncpg.exceptions import PostgresError

from app import lifecycle
from app.cli.parts import Verbs, add_verb, note, who
from app.trail import heads, joined
from app.trail.checking import Verdict
from billing.months import day_start
from tenants import db, registry
from tenants.current import acting_for
from tenants.provision import ProvisionError
from tenants.shapes import Tenant

# Served by the primary key: a chain has some hundred thousand seals a year.
_SEALS_OF = {
    "first": "select min(seq) from trail_seal where last_at >= $1",
    "last": "select max(seq) from trail_seal where first_at < $1 + interval '1 day'",
}


def add_verbs(verbs: Verbs) -> None:
    """What can be asked under `motcua audit`."""
    verify = add_verb(verbs, "verify", _verify)
    verify.add_argument("slug", nargs="?", help="the tenant")
    verify.add_argument("--all", action="store_true", help="every tenant")
    verify.add_argument("--from", dest="first", type=_place, help="a seal's number or a day")
    verify.add_argument("--to", dest="last", type=_place, help="a seal's number or a day")
    accept = add_verb(verbs, "accept", _accept, "slug")
    accept.add_argument("seal", type=int, help="the last seal that stays as it was published")
    accept.add_argument("reason", help="why the chain goes on differently after it")
    accept.add_argument("--key", type=bytes.fromhex, help="a former public key to be trusted")


async def _verify(asked: argparse.Namespace) -> None:
    """Find rows changed, removed or put in."""
    if bool(asked.slug) == asked.all:
        raise ProvisionError("name one tenant, or say --all")
    await registry.reload()
    chosen = await registry.active() if asked.all else [await lifecycle.named(asked.slug)]
    # Each in a context of its own: one process acts for several tenants.
    broken = [
        tenant.slug
        for tenant in chosen
        if not await asyncio.create_task(_one(tenant, asked.first, asked.last))
    ]
    if broken:
        raise ProvisionError(f"not as it was sealed: the trail of {', '.join(broken)}")


async def _one(tenant: Tenant, first: int | date | None, last: int | date | None) -> bool:
    with acting_for(tenant):
        try:
            bounds = await _seal("first", first) or 1, await _seal("last", last)
            found = [(tenant.slug, await heads.verify_here(*bounds))]
            if bounds == (1, None):
                found += [(f"{tenant.slug}/{s}", v) for s, v in await joined.verify_joined()]
                await _note([verdict for _, verdict in found])
        except (OSError, PostgresError) as error:
            print(f"{tenant.slug}: cannot be read: {type(error).__name__}: {error}")
            return False
    for name, verdict in found:
        _tell(name, verdict)
    return all(verdict.whole for _, verdict in found)


async def _note(found: list[Verdict]) -> None:
    """Alerts ask for the latest verification of a whole trail, and this is one."""
    whole = msgspec.structs.replace(found[0], findings=list(found[0].findings))
    for theirs in found[1:]:
        whole.add(theirs.findings)
    await heads.note_check(whole)


def _tell(name: str, verdict: Verdict) -> None:
    for finding in verdict.findings:
        print(f"{name}: {finding.line}")
    if verdict.faults > len(verdict.findings):
        print(f"{name}: and {verdict.faults - len(verdict.findings)} more")
    told = f"{verdict.seals} seals, {verdict.rows} rows, {verdict.unsealed} not sealed yet"
    state = "whole" if verdict.whole else f"{verdict.faults} findings"
    print(f"{name}: {state}: {told}, head {verdict.head} {verdict.digest.hex()}")


async def _accept(asked: argparse.Namespace) -> None:
    """Go on from a seal after a loss that is explained."""
    tenant = await lifecycle.named(asked.slug)
    await heads.accept_break(tenant, asked.seal, who(), asked.reason, key=asked.key)
    await note("trail.accept_break", asked.slug, seal=asked.seal, reason=asked.reason)
    print(f"what was published of {asked.slug} after seal {asked.seal} is answered for")


async def _seal(side: str, place: int | date | None) -> Any:
    """The number of the first or last seal meant."""
    if not isinstance(place, date):
        return place
    return await db.tenant.fetch_value(_SEALS_OF[side], day_start(place))


def _place(text: str) -> int | date:
    return int(text) if text.isdigit() else date.fromisoformat(text)
