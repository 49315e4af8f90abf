"""Two provinces are merged and parted by processes that are killed again and again.

    python -m tests.merging.kills [ROUNDS] [DOSSIERS]

Each round kills a merger and then a split at random moments until each has come to its end. After
every kill the receiving province must have none of the dossiers or all of them; after every round
both must be as before the first.
"""

import random
import sys
import time
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from app.merging import comparing, journal, planning, running, splitting
from tenants.backup.shapes import BackupError
from tenants.clusters import owner
from tenants.provision import ProvisionError
from tenants.shapes import Tenant
from tests.bench.house import house, run
from tests.leaving.dying import killed
from tests.merging.conftest import decided
from tests.merging.size import PREFIXES, digests, province, sealed

Doing = Callable[[], Coroutine[Any, Any, object]]


def main(rounds: int = 20, dossiers: int = 500) -> None:
    """All of it; ends with status 1 at the first thing that is not as it should be."""
    chance = random.Random(rounds)
    with house():
        into, joining = [run(province(slug, dossiers)) for slug in PREFIXES]
        run(sealed([into, joining]))
        before = run(digests([into, joining]))
        longest, kills = 6.0, 0
        for number in range(rounds):
            plan = decided(run(planning.plan(joining, into)))
            merge = partial(running.run, joining, into, plan, by="kills")
            split = partial(splitting.split, joining, into, by="kills")
            for doing, step in ((merge, "whole"), (split, "parted")):
                began = time.monotonic()
                kills += _until(step, doing, (into, joining), dossiers, chance, longest)
                longest = max(2.0, min(longest, time.monotonic() - began))
            after = run(digests([into, joining]))
            wrong = [comparing.differing(*pair) for pair in zip(before, after, strict=True)]
            print(f"round {number}: {kills} kills so far, differing: {wrong}", flush=True)
            if any(wrong):
                sys.exit(1)


def _until(
    step: str,
    doing: Doing,
    both: tuple[Tenant, Tenant],
    dossiers: int,
    chance: random.Random,
    longest: float,
) -> int:
    kills = 0
    while not run(is_done(step, both[1])):
        kills += not killed(bearing(doing), chance.uniform(0, longest) * (1 + kills / 4))
        count = run(dossiers_of(both[0]))
        if count not in (dossiers, 2 * dossiers):
            sys.exit(f"{count} dossiers after a kill")
    return kills


def bearing(doing: Doing) -> Doing:
    """Say a refusal, and end as if nothing had been."""

    async def borne() -> None:
        try:
            await doing()
        except (ProvisionError, BackupError) as refused:
            print(f"refused: {refused}", flush=True)

    return borne


async def is_done(step: str, joining: Tenant) -> bool:
    """Whether the latest merger of a tenant has come to `whole` or to `parted`."""
    book = await journal.last(joining, "kills")
    return book is not None and step in book.done and (step != "whole" or not book.over)


async def dossiers_of(tenant: Tenant) -> int:
    """How many it has."""
    async with owner(tenant.cluster, tenant.database) as connection:
        return int(await connection.fetchval("select count(*) from dossier"))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
