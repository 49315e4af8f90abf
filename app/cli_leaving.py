"""`motcua tenant export`, and what follows when a tenant leaves or arrives."""

import argparse
import os
from pathlib import Path

from app import lifecycle
from app.cli_parts import Verbs, add_verb, note
from app.leaving import exporting


def add_verbs(verbs: Verbs) -> None:
    """What can be asked under `motcua tenant` of a tenant that leaves or arrives."""
    out = add_verb(verbs, "export", _export, "slug")
    out.add_argument("--to", required=True, type=Path, metavar="DIR", help="an empty folder")
    out.add_argument("--resume", action="store_true", help="go on with one that was cut short")
    out.add_argument(
        "--share", type=_share, default=exporting.SHARE, help="percent of time to work"
    )


async def _export(asked: argparse.Namespace) -> None:
    tenant = await lifecycle.named(asked.slug)
    os.nice(10)
    made = await exporting.export(tenant, asked.to, resume=asked.resume, share=asked.share)
    await note("tenant.export", asked.slug, bag=made.digest, rows=made.rows, files=made.files)
    for each in made.lost:
        print(f"not found in the store: {each}")
    print(f"{made.tables} tables, {made.rows} rows, {made.files} files, {made.bytes} bytes")
    print(f"{asked.to} is whole; its digest is {made.digest}")


def _share(text: str) -> int:
    if text.isdigit() and 1 <= int(text) <= 100:
        return int(text)
    raise argparse.ArgumentTypeError("a share is a percentage from 1 to 100")
