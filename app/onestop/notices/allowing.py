"""When messages may go out in this deployment, and what of them is counted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.onestop.notices import rules
from app.onestop.notices.limits import network_of
from billing.shapes import Fact
from infra.settings import settings


def allowed(moment: datetime, *, urgent: bool = False) -> datetime:
    """When a message due at `moment` may go out in this deployment."""
    return rules.next_allowed(moment, urgent=urgent or settings().sms_at_night)


def parts_of(notice: Mapping[str, Any], moment: datetime) -> list[Fact]:
    """Each part that was handed to the operator, as a fact to be counted.

    Of the notice it reads id, parts and phone. The network is the one the number was allotted to:
    a number carried to another operator keeps its digits, and nobody tells us.
    """
    network = (network_of(notice["phone"] or "") or "").lower()
    return [
        Fact(
            id=f"notice:{notice['id']}:part:{number}", meter="notice.part", quantity=1,
            subject=str(notice["id"]), occurred_at=moment, network=network,
        )
        for number in range(1, notice["parts"] + 1)
    ]  # fmt: skip
