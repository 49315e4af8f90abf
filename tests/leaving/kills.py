"""A tenant is carried out by a process that is killed again and again, into a foreign installation.

    python -m tests.leaving.kills [TIMES] [DOSSIERS]

Each time the export is killed at a random moment and gone on with; after every fifth kill somebody
files one more dossier. Whenever one comes to its end, its bag must be the one an uninterrupted
export writes. The last one arrives in another installation with other keys, by a process that is
killed as well, and what leaves from there must be the same bag.
"""

import random
import sys
import time
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from app.leaving import arriving, bag, exporting
from app.leaving.refusals import LeavingRefused
from app.onestop.dossiers import service
from infra.settings import settings
from tenants import registry
from tenants.current import acting_for
from tenants.shapes import Tenant
from tenants.work import work
from tests import cast
from tests.bench.filling import fill
from tests.bench.house import House, house, province, run
from tests.leaving.conftest import lived_in
from tests.leaving.dying import killed
from tests.leaving.test_export import differences
from tests.onestop.dossiers.story import on_paper

Doing = Callable[[], Coroutine[Any, Any, object]]


def main(times: int = 50, dossiers: int = 2000) -> None:
    """All of it; ends with status 1 when two bags differ."""
    chance = random.Random(times)
    with ExitStack() as stack:
        here = stack.enter_context(house())
        tenant = run(_prepared(dossiers))
        took = _timed(partial(exporting.export, tenant, here.place / "first", share=100))
        print(f"one export takes {took:.1f} s", flush=True)
        died, finished, last = 0, 0, here.place
        while died < times or not finished:
            killed_bag = here.place / f"killed-{finished}"
            going_on = partial(exporting.export, tenant, killed_bag, resume=True, share=100)
            over = killed(going_on, chance.uniform(0, took))
            # One killed after its last stroke has made the bag as well.
            if not over and not (killed_bag / bag.DECLARATION).exists():
                died += 1
                # Now and then, or the end is never reached.
                if died % 5 == 0:
                    run(_one_more(tenant))
                continue
            whole = here.place / f"whole-{finished}"
            run(exporting.export(tenant, whole, share=100))
            _say(f"after {died} kills", killed_bag, whole)
            finished, last = finished + 1, whole
        _point_at(stack.enter_context(house()))
        coming = partial(_arrive, last)
        while not killed(coming, chance.uniform(0.5, took * 3)):
            pass
        run(coming())
        again = here.place / "again"
        run(_leave(again))
        _say("from a foreign installation", last, again)


async def _prepared(dossiers: int) -> Tenant:
    made = await province("thu-kill")
    await fill(made, dossiers, everywhere=True)
    with acting_for(made):
        await lived_in(made)
    await registry.reload()
    return await registry.by_slug(made.slug) or made


async def _one_more(tenant: Tenant) -> None:
    with acting_for(tenant):
        lan = await cast.officer(cast.LAN)
        async with work():
            await service.intake(lan, on_paper())


async def _arrive(folder: Path) -> None:
    try:
        await arriving.take_in("noi-den", folder, by="kills", resume=True)
    except LeavingRefused as refused:
        if "has arrived" not in str(refused):
            raise


async def _leave(folder: Path) -> None:
    await registry.reload()
    tenant = await registry.by_slug("noi-den")
    assert tenant is not None
    await exporting.export(tenant, folder, share=100)


def _timed(doing: Doing) -> float:
    began = time.monotonic()
    run(doing())
    return time.monotonic() - began


def _point_at(other: House) -> None:
    """From here on the other installation is meant; `start` has set the environment."""
    assert other.environment
    settings.cache_clear()


def _say(what: str, one: Path, other: Path) -> None:
    same = bag.digest_of(one) == bag.digest_of(other)
    print(f"{what}: {'the same bag' if same else 'ANOTHER BAG'} {bag.digest_of(other)}", flush=True)
    if not same:
        sys.exit("\n".join(differences(one, other)[:20]))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
