"""Which papers a dossier still lacks, and which nobody asked for. Pure."""

from collections.abc import Collection, Sequence

from app.onestop.catalog.needs import papers_to_upload
from app.onestop.catalog.shapes import ChannelKind, Paper, Procedure


def missing_papers(
    procedure: Procedure, kind: ChannelKind, case_id: str | None, slots: Collection[str]
) -> list[Paper]:
    """The required papers (giấy tờ bắt buộc) that are not among the filled `slots`, in order."""
    needed = papers_to_upload(procedure, kind, case_id)
    return [paper for paper in needed if paper.required and paper.id not in slots]


def unknown_slots(
    procedure: Procedure, kind: ChannelKind, case_id: str | None, slots: Sequence[str]
) -> list[str]:
    """Those of `slots` the procedure does not ask for in this case."""
    known = {paper.id for paper in papers_to_upload(procedure, kind, case_id)}
    return [slot for slot in slots if slot not in known]
