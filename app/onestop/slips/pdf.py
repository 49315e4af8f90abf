"""A paper as PDF/A-2b, drawn by typst from data, with the fonts inside its wheel.

The same paper always gives the same letters: no font of the machine is looked at, no file but our
own template is read, and nothing is fetched.
"""

import asyncio
from pathlib import Path

import msgspec
import typst

from app.onestop.slips.printing import Print

_TEMPLATE = Path(__file__).with_name("paper.typ")


async def pdf_of(shown: Print) -> bytes:
    """The PDF of a paper; drawn in a thread, some 20 ms for a slip and longer for a register."""
    return await asyncio.to_thread(draw, shown)


def draw(shown: Print) -> bytes:
    """The PDF at once, for threads and tests."""
    return typst.compile(
        _TEMPLATE,
        format="pdf",
        ignore_system_fonts=True,
        pdf_standards="a-2b",
        # The tags of a register's cells would make it fifteen times as large.
        pdf_tags=not shown.landscape,
        sys_inputs={"paper": data_of(shown)},
    )


def data_of(shown: Print) -> str:
    """What the template reads: everything but the slip itself, as JSON."""
    return msgspec.json.encode(msgspec.structs.replace(shown, slip=None)).decode()
