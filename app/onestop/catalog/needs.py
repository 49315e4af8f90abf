"""What one citizen's dossier needs: papers, time and fees by channel (kênh) and case. Pure."""

from app.onestop.catalog.shapes import (
    Channel,
    ChannelKind,
    Fee,
    Limit,
    Paper,
    PaperCase,
    Procedure,
    Unit,
)

_UNIT_WORDS = {
    Unit.WORKING_DAYS: "ngày làm việc",
    Unit.DAYS: "ngày",
    Unit.WORKING_HOURS: "giờ làm việc",
    Unit.HOURS: "giờ",
    Unit.MONTHS: "tháng",
}


def choosable_cases(procedure: Procedure) -> list[PaperCase]:
    """The cases (trường hợp) the citizen must choose among; empty when there is no choice."""
    return [case for case in procedure.cases if not case.always]


def papers_for(procedure: Procedure, kind: ChannelKind, case_id: str | None) -> list[Paper]:
    """The papers (giấy tờ) of a dossier handed in by `kind` under the chosen case, each once.

    Papers only to be shown are included; an unknown `case_id` counts as none chosen.
    """
    papers: dict[str, Paper] = {}
    for case in procedure.cases:
        if case.always or case.id == case_id:
            for paper in case.papers:
                if not paper.channels or kind in paper.channels:
                    papers.setdefault(paper.id, paper)
    return list(papers.values())


def papers_to_upload(procedure: Procedure, kind: ChannelKind, case_id: str | None) -> list[Paper]:
    """Those of `papers_for` that are handed in: as files online, laid down at the counter.

    Papers only to be shown are left out, and online also those our electronic form makes.
    """
    made = kind is ChannelKind.ONLINE
    return [
        paper
        for paper in papers_for(procedure, kind, case_id)
        if not paper.shown_only and not (made and paper.made_by_form)
    ]


def limit_for(procedure: Procedure, kind: ChannelKind, case_id: str | None) -> Limit | None:
    """The time limit (thời hạn giải quyết); the case's own goes before the channel's.

    None when nothing is published: the deadline is then set by the officer, with a reason.
    """
    for case in procedure.cases:
        if case.id == case_id and case.limit is not None:
            return case.limit
    channel = channel_of(procedure, kind)
    return channel.limit if channel else None


def fees_for(procedure: Procedure, kind: ChannelKind) -> list[Fee]:
    """What is paid to the State when handing in by `kind`; empty when nothing is published."""
    channel = channel_of(procedure, kind)
    return channel.fees if channel else []


def channel_of(procedure: Procedure, kind: ChannelKind) -> Channel | None:
    """The first published row of that channel (cách thức thực hiện), None when it is not open."""
    return next((channel for channel in procedure.channels if channel.kind is kind), None)


def limit_words(limit: Limit | None) -> str:
    """The limit as people read it: "15 ngày", "03 ngày làm việc", "Trong ngày làm việc"."""
    if limit is None:
        return "Theo thông báo của cơ quan giải quyết"
    if limit.unit is Unit.SAME_DAY:
        return "Trong ngày làm việc; nhận sau 15 giờ thì trả vào ngày làm việc tiếp theo"
    return f"{limit.qty:02d} {_UNIT_WORDS[limit.unit]}"
