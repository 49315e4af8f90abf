"""A slip or a register as PDF/A-2b."""

import asyncio
from pathlib import Path

import msgspec

from app.onestop.slips.printing import Print
from infra.typeset import drawn

_TEMPLATE = Path(__file__).with_name("paper.typ")


async def pdf_of(shown: Print) -> bytes:
    """The PDF of a paper; drawn in a thread, some 20 ms for a slip and longer for a register."""
    return await asyncio.to_thread(draw, shown)


def draw(shown: Print) -> bytes:
    """The PDF at once, for threads and tests."""
    # The tags of a register's cells would make it fifteen times as large.
    return drawn(_TEMPLATE, data_of(shown), tags=not shown.landscape)


def data_of(shown: Print) -> str:
    """What the template reads: everything but the slip itself, as JSON."""
    return msgspec.json.encode(msgspec.structs.replace(shown, slip=None)).decode()
