"""When messages may go out in this deployment, and what of them is counted."""

from datetime import datetime
from uuid import UUID

from app.onestop.notices import rules
from billing.shapes import Fact
from infra.settings import settings


def allowed(moment: datetime, *, urgent: bool = False) -> datetime:
    """When a message due at `moment` may go out in this deployment."""
    return rules.next_allowed(moment, urgent=urgent or settings().sms_at_night)


def parts_of(notice_id: UUID, parts: int, moment: datetime) -> list[Fact]:
    """Each part that was handed to the operator, as a fact to be counted."""
    return [
        Fact(
            id=f"notice:{notice_id}:part:{number}", meter="notice.part", quantity=1,
            subject=str(notice_id), occurred_at=moment,
        )
        for number in range(1, parts + 1)
    ]  # fmt: skip
