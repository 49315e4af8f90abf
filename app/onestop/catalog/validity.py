"""Is a procedure's record sound enough to be published? Pure; answers, never raises."""

import re
from datetime import date

from app.onestop.catalog.shapes import Level, Limit, PaperCase, Procedure, Unit

_CODE = re.compile(r"\d\.\d{6}")
_BULLET = re.compile(r"^[-–—*+•]")
SMS_NAME_LENGTH = 36


def in_force(procedure: Procedure, day: date) -> bool:
    """Whether the procedure may be asked for on `day` (còn hiệu lực)."""
    begun = procedure.valid_from is None or procedure.valid_from <= day
    return begun and (procedure.valid_to is None or day <= procedure.valid_to)


def public_on(procedure: Procedure, day: date) -> bool:
    """Whether citizens may see it on `day`: in force and not internal between agencies."""
    return in_force(procedure, day) and not procedure.internal


def faults(procedure: Procedure) -> list[str]:
    """What is wrong with the record, as English sentences; empty when it is sound."""
    found = [*_name_faults(procedure), *_flow_faults(procedure), *_time_faults(procedure)]
    for case in procedure.cases:
        found += _case_faults(case)
    if len({case.id for case in procedure.cases}) != len(procedure.cases):
        found.append("two cases share an id")
    return found


def _name_faults(procedure: Procedure) -> list[str]:
    found = []
    if not _CODE.fullmatch(procedure.code):
        found.append("the code has not the shape d.dddddd")
    if not procedure.name or _BULLET.match(procedure.name) or procedure.name.isupper():
        found.append("the name is empty, shouted or starts with a bullet")
    if not procedure.sms_name.isascii() or not 0 < len(procedure.sms_name) <= SMS_NAME_LENGTH:
        found.append("the SMS name has marks or does not fit")
    if not procedure.levels:
        found.append("nobody settles it")
    if procedure.levels == [Level.DISTRICT] and procedure.valid_to is None:
        found.append("a district procedure must have ended")
    return found


def _flow_faults(procedure: Procedure) -> list[str]:
    found = []
    if sum(step.share for step in procedure.flow) != 100:
        found.append("the steps do not share out the whole time")
    if len({step.id for step in procedure.flow}) != len(procedure.flow):
        found.append("two steps share an id")
    return found


def _time_faults(procedure: Procedure) -> list[str]:
    limits: list[Limit | None] = [channel.limit for channel in procedure.channels]
    limits += [case.limit for case in procedure.cases]
    found = []
    for limit in limits:
        if limit is not None and limit.qty < 1:
            found.append("a time limit is not positive")
        if limit is not None and limit.unit is Unit.SAME_DAY and limit.qty != 1:
            found.append("a same-day limit is not one day")
    if any(fee.amount < 0 for channel in procedure.channels for fee in channel.fees):
        found.append("a fee is negative")
    return found


def _case_faults(case: PaperCase) -> list[str]:
    found = []
    if len({paper.id for paper in case.papers}) != len(case.papers):
        found.append(f"two papers of {case.id} share an id")
    for paper in case.papers:
        if not paper.name or _BULLET.match(paper.name):
            found.append(f"paper {paper.id} is empty or starts with a bullet")
        if paper.originals < 0 or paper.copies < 0 or paper.originals + paper.copies == 0:
            found.append(f"paper {paper.id} is asked for in no copies")
    return found
