"""Two provinces of many dossiers become one and part again: how long it takes, how long nobody can
write, and whether both are as before.

    python -m tests.merging.size [DOSSIERS [CLUSTERS]]

With two clusters the one that joins lies in another than the one that receives.
"""

import asyncio
import os
import resource
import sys
import time
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from app.chains import tenant_chain
from app.merging import comparing, planning, running, splitting
from app.provinces import loader
from app.provinces import service as provinces
from app.trail import sealing
from app.usage import ending
from infra.embedded.postgres import Postgres
from infra.settings import settings
from storage.store import store_of
from tenants import provision, registry
from tenants.current import acting_for
from tenants.shapes import Tenant
from tenants.work import work
from tests.bench.filling import fill
from tests.bench.house import House, house, run
from tests.bench.machine import cpu_seconds
from tests.merging.conftest import decided

T = TypeVar("T")
PREFIXES = {"binhdinh": "H08.21583", "laocai": "H38.02647"}


def main(dossiers: int = 100_000, clusters: int = 1) -> None:
    """All of it; ends with status 1 when the split is not the identity."""
    with house() as here:
        if clusters == 1:
            run(_play(here, dossiers, "main"))
        else:
            with second(here):
                run(_play(here, dossiers, "second"))


@contextmanager
def second(here: House) -> Iterator[Postgres]:
    """One more cluster beside a house's own, known to this process by the name `second`."""
    other = Postgres(here.place / "postgres2")
    other.start()
    other.ready()
    for name, dsn in (("CLUSTERS", other.dsn_for("", "", "")), ("CLUSTER_ADMINS", other.dsn)):
        os.environ[f"MOTCUA_{name}"] = f"{here.environment[f'MOTCUA_{name}']} second={dsn}"
    settings.cache_clear()
    try:
        yield other
    finally:
        other.erase()


async def _play(here: House, dossiers: int, cluster: str) -> None:
    into, joining = both = [
        await province(slug, dossiers, at)
        for slug, at in zip(PREFIXES, ("main", cluster), strict=True)
    ]
    await _told("seal what there is", here, sealed(both))
    before = await _told("digests", here, digests(both))
    plan = await _told("plan", here, planning.plan(joining, into))
    print(f"{len(plan.meetings)} to decide, {sum(plan.rows.values())} rows go along")
    merged = await _told("merge", here, running.run(joining, into, decided(plan), by="size"))
    print(merged)
    parted = await _told("split", here, splitting.split(joining, into, by="size"))
    print(parted)
    after = await _told("digests", here, digests(both))
    wrong = [comparing.differing(*pair) for pair in zip(before, after, strict=True)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"differing tables: {wrong}; most memory {peak:.0f} MB")
    sys.exit(any(map(bool, wrong)))


async def province(slug: str, dossiers: int, cluster: str = "main") -> Tenant:
    """A province that ships with the product, with a past."""
    found = loader.load(slug)
    made = await provision.create(slug, provinces.site_of(found), tenant_chain(), cluster=cluster)
    await store_of(made).prepare()
    await provision.activate(made)
    await asyncio.create_task(_load(made, slug))
    await fill(made, dossiers, everywhere=True, prefix=PREFIXES[slug])
    await registry.reload()
    return await registry.by_slug(slug) or made


async def _load(made: Tenant, slug: str) -> None:
    with acting_for(made):
        async with work():
            await provinces.load(loader.load(slug))


async def sealed(both: list[Tenant]) -> None:
    """What closing would do, so that it is not taken for the pause's work."""
    for each in both:
        await asyncio.create_task(_seal(each))


async def _seal(tenant: Tenant) -> None:
    with acting_for(tenant):
        while await sealing.seal_rows():
            pass
        await ending.count_up_to_now()


async def digests(both: list[Tenant]) -> list[comparing.Digests]:
    """What each table of each holds."""
    return [await comparing.digests(each) for each in both]


async def _told(what: str, here: House, doing: Awaitable[T]) -> T:
    began, cpu = time.perf_counter(), _cpu(here)
    found = await doing
    print(f"{what}: {time.perf_counter() - began:.1f} s, {_cpu(here) - cpu:.1f} s of processor")
    return found


def _cpu(here: House) -> float:
    assert here.postgres.running
    return time.process_time() + cpu_seconds(here.postgres.running.pid)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
