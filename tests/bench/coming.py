"""Another system's dossiers come in: how many a second, with their history, at two sizes."""

import time
from pathlib import Path

from app.coming_in import service
from app.coming_in.shapes import SheetName
from tenants.current import acting_for
from tenants.shapes import Tenant
from tests.bench.house import House, province, run
from tests.bench.report import Figures, heading, table
from tests.coming_in import old_system

SIZES = {"2k": 2_000, "10k": 10_000}


def measure(house: House, *, quick: bool) -> Figures:
    """Both sizes into fresh provinces: judged alone, written, and looked through once more."""
    heading("Dossiers of another system come in")
    found: Figures = {}
    for name, size in SIZES.items():
        count = size // (20 if quick else 1)
        tenant = run(province(f"chuyen-den-{name}"))
        place = old_system.hand_over(house.place / name, _many(count))
        found[name] = {
            "dossiers": count,
            "dry_run_per_s": round(count / _seconds(tenant, place, dry_run=True)),
            "written_per_s": round(count / _seconds(tenant, place)),
            "again_per_s": round(count / _seconds(tenant, place)),
        }
    table(found)
    return found


def _many(count: int) -> list[tuple[str, ...]]:
    """Sound ones, each with a code of its own; one in twenty is still worked on."""
    sound, living = old_system.DOSSIERS, old_system.LIVING[0]
    rows = (living if at % 20 == 0 else sound[at % len(sound)] for at in range(count))
    return [(f"H08.99-260101-{at:06}", *row[1:]) for at, row in enumerate(rows)]


def _seconds(tenant: Tenant, place: Path, *, dry_run: bool = False) -> float:
    async def come() -> None:
        with acting_for(tenant):
            meanings = old_system.meanings()
            report = await service.receive(place, meanings, by="bench", dry_run=dry_run)
        assert report.tallies[SheetName.DOSSIERS].refused == 0

    began = time.perf_counter()
    run(come())
    return time.perf_counter() - began
