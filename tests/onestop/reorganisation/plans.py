"""Plans that the tests carry out on Bình Định as it is today."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from app.onestop.reorganisation import service
from app.people.shapes import SYSTEM
from tenants.work import work

MONDAY = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
QUY_NHON, BAC = "ubnd-phuong-quy-nhon", "ubnd-phuong-quy-nhon-bac"
DONG, NEW = "ubnd-phuong-quy-nhon-dong", "ubnd-phuong-moi"
NUMBER = "Nghị quyết số 01/NQ-THU"


def new_agency(key: str = NEW, **choices: Any) -> dict[str, Any]:
    """A ward that begins on the day."""
    made = {
        "key": key, "name": "Ủy ban nhân dân phường Mới", "sms_name": "UBND P. Moi",
        "kind": "commune", "code_prefix": "H08.99999", "parent": "ubnd-tinh",
    }  # fmt: skip
    return {**made, **choices}


def merge(*agencies: str, into: str = NEW) -> dict[str, Any]:
    """Several become one."""
    return {"kind": "merge", "agencies": list(agencies), "into": into}


def described(*changes: dict[str, Any], **choices: Any) -> dict[str, Any]:
    """A plan that begins on that Monday."""
    plan = {
        "number": NUMBER, "title": "Sắp xếp thử", "decided_on": "2026-11-20", "on": "2026-11-23",
        "changes": list(changes), "holders": "follow",
    }  # fmt: skip
    return {**plan, **choices}


async def carried_out(*changes: dict[str, Any], **choices: Any) -> Any:
    """Plan it and do it to the end; its id."""
    async with work():
        planned = await service.plan(SYSTEM, msgspec.json.encode(described(*changes, **choices)))
    more = True
    while more:
        async with work():
            more = await service.advance(planned, limit=2)
    return planned
