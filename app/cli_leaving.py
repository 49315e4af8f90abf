"""`motcua tenant export`, and what follows when a tenant leaves or arrives."""

import argparse
import os
from pathlib import Path

from app import lifecycle
from app.cli_parts import Verbs, add_verb, note, who
from app.leaving import arriving, exporting, reading
from infra.settings import settings


def add_verbs(verbs: Verbs) -> None:
    """What can be asked under `motcua tenant` of a tenant that leaves or arrives."""
    out = add_verb(verbs, "export", _export, "slug")
    out.add_argument("--to", required=True, type=Path, metavar="DIR", help="an empty folder")
    out.add_argument("--resume", action="store_true", help="go on with one that was cut short")
    out.add_argument(
        "--share", type=_share, default=exporting.SHARE, help="percent of time to work"
    )
    arrive = add_verb(verbs, "import", _import, "slug")
    arrive.add_argument("--from", dest="bag", required=True, type=Path, metavar="BAG")
    arrive.add_argument("--resume", action="store_true", help="go on with one that was cut short")
    arrive.add_argument("--cluster", default="main")
    arrive.add_argument("--host", action="append", default=[], help="may be repeated")
    add_verb(verbs, "open", _open, "slug")
    add_verb(verbs, "check-bag", _check).add_argument("bag", type=Path)


async def _export(asked: argparse.Namespace) -> None:
    tenant = await lifecycle.named(asked.slug)
    os.nice(10)
    made = await exporting.export(tenant, asked.to, resume=asked.resume, share=asked.share)
    found = made.summary
    await note("tenant.export", asked.slug, bag=made.digest, rows=found.rows, files=found.files)
    for each in found.lost:
        print(f"not found in the store: {each}")
    print(f"{found.tables} tables, {found.rows} rows, {found.files} files, {found.bytes} bytes")
    print(f"{asked.to} is whole; its digest is {made.digest}")


async def _import(asked: argparse.Namespace) -> None:
    came = await arriving.take_in(
        *(asked.slug, asked.bag),
        by=who(), resume=asked.resume, cluster=asked.cluster, hosts=tuple(asked.host),
    )  # fmt: skip
    await note("tenant.import", asked.slug, rows=came.rows, files=came.files)
    for line in came.trail:
        print(f"the trail: {line}")
    print(f"{came.rows} rows and {came.files} files have arrived; {asked.slug} is still closed")
    print(f"once it is open, {came.waiting} messages that wait are sent: motcua tenant open")


async def _open(asked: argparse.Namespace) -> None:
    tenant = await arriving.open_doors(asked.slug)
    await note("tenant.open", asked.slug)
    print(f"{asked.slug} is open at {settings().origin(tenant.host)}")


async def _check(asked: argparse.Namespace) -> None:
    package = reading.checked(asked.bag)
    print(f"{asked.bag} is whole: {len(package.tables)} tables; its digest is {package.digest}")


def _share(text: str) -> int:
    if text.isdigit() and 1 <= int(text) <= 100:
        return int(text)
    raise argparse.ArgumentTypeError("a share is a percentage from 1 to 100")
