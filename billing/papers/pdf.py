"""A paper of a statement as PDF/A-2b."""

import asyncio
from pathlib import Path

import msgspec

from billing.papers.shapes import Paper
from infra.typeset import drawn

_TEMPLATE = Path(__file__).with_name("paper.typ")


async def pdf_of(paper: Paper) -> bytes:
    """The PDF of a paper, drawn in a thread."""
    return await asyncio.to_thread(draw, paper)


def draw(paper: Paper) -> bytes:
    """The PDF at once; the same paper gives the same letters on any machine."""
    return drawn(_TEMPLATE, msgspec.json.encode(paper).decode())
