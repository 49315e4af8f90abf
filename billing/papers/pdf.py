"""A paper as PDF/A-2b, drawn by typst with the fonts inside its wheel; nothing is fetched."""

import asyncio
from pathlib import Path

import msgspec
import typst

from billing.papers.shapes import Paper

_TEMPLATE = Path(__file__).with_name("paper.typ")


async def pdf_of(paper: Paper) -> bytes:
    """The PDF of a paper, drawn in a thread."""
    return await asyncio.to_thread(draw, paper)


def draw(paper: Paper) -> bytes:
    """The PDF at once; the same paper gives the same letters on any machine."""
    return typst.compile(
        _TEMPLATE,
        format="pdf",
        ignore_system_fonts=True,
        pdf_standards="a-2b",
        sys_inputs={"paper": msgspec.json.encode(paper).decode()},
    )
