"""Mergers and splits while either province is exported, backed up and restored, all of them killed.

    python -m tests.merging.races [ROUNDS] [DOSSIERS]

In each round a merger, then a split, and other verbs of one of the two provinces run side by side,
each killed at a random moment, until the merger or split has come to its end. The bag must be whole
and of one moment, and both provinces as before after each round.
"""

import os
import random
import shutil
import sys
from functools import partial
from pathlib import Path

from app import backups
from app.leaving import exporting, reading
from app.merging import comparing, planning, running, splitting
from infra.clock import now
from infra.settings import settings
from tenants.backup import dumps
from tenants.shapes import Tenant
from tests.bench.house import House, house, run
from tests.leaving.dying import begun, ended
from tests.merging.conftest import decided
from tests.merging.kills import Doing, bearing, dossiers_of, is_done
from tests.merging.size import PREFIXES, digests, province, sealed


def main(rounds: int = 10, dossiers: int = 300) -> None:
    """All of it; ends with status 1 at the first thing that is not as it should be."""
    chance = random.Random(rounds)
    with house() as here:
        _with_places(here)
        both = [run(province(slug, dossiers)) for slug in PREFIXES]
        into, joining = both
        run(sealed(both))
        for each in both:
            run(dumps.take(each))
        before = run(digests(both))
        for number in range(rounds):
            plan = decided(run(planning.plan(joining, into)))
            merge = partial(running.run, joining, into, plan, by="kills")
            split = partial(splitting.split, joining, into, by="kills")
            for doing, step in ((merge, "whole"), (split, "parted")):
                other = chance.choice(both)
                told = _beside(here.place / "bag", doing, step, other, both, chance)
                print(f"round {number}, {step}, {other.slug}: {told}", flush=True)
            after = run(digests(both))
            wrong = [comparing.differing(*pair) for pair in zip(before, after, strict=True)]
            _must(not any(wrong), f"differing: {wrong}")


def _with_places(here: House) -> None:
    for name, value in {
        "BACKUP_PLACES": f"gan=file://{here.place}/gan",
        "BACKUP_KEYS": f"file://{here.place}/khoa",
        "BACKUP_ROOT": f"{here.place}/viec",
    }.items():
        os.environ[f"MOTCUA_{name}"] = value
    settings.cache_clear()


def _beside(
    bag: Path, doing: Doing, step: str, other: Tenant, both: list[Tenant], chance: random.Random
) -> str:
    """One merger or split, and verbs of `other` beside it; how often which, and how many kills."""
    shutil.rmtree(bag, ignore_errors=True)
    alone = run(dossiers_of(both[1]))
    verbs: dict[str, Doing] = {
        "export": partial(_export, other, bag),
        "backup": partial(dumps.take, other),
        "restore": partial(_restored, other),
    }
    kills, tries = 0, dict.fromkeys(verbs, 0)
    while not run(is_done(step, both[1])):
        name = chance.choice(list(verbs))
        tries[name] += 1
        children = [begun(bearing(doing)), begun(bearing(verbs[name]))]
        for child in chance.sample(children, 2):
            kills += not ended(child, chance.uniform(0, 3) * (1 + kills / 6))
        count = run(dossiers_of(both[0]))
        _must(count in (alone, 2 * alone), f"{count} dossiers")
    if not _is_whole(bag):
        run(_export(other, bag))
    rows = {each.table: each.rows for each in reading.checked(bag).tables}
    _must(rows["dossier"] in (alone, 2 * alone), f"{rows['dossier']} dossiers in the bag")
    return f"{kills} kills, {tries}"


async def _export(tenant: Tenant, bag: Path) -> None:
    if not _is_whole(bag):
        await exporting.export(tenant, bag, resume=True, share=100)


def _is_whole(bag: Path) -> bool:
    return (bag / "bagit.txt").exists()


async def _restored(tenant: Tenant) -> None:
    """What it was before the first round takes its place, unless that would lose anything."""
    await backups.restore(tenant.slug, now(), own=True)
    await backups.switch(tenant.slug, "kills", "races")


def _must(holds: bool, otherwise: str) -> None:
    if not holds:
        sys.exit(otherwise)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
