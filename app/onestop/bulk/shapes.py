"""An order for many dossiers and what became of it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from app.onestop.dossiers.rules import Act

MOST = 500

# What may be done to many at once, with its words.
BULK_ACTS = {
    Act.RECEIVE: "Tiếp nhận hồ sơ trực tuyến",
    Act.HAND_OVER: "Chuyển hồ sơ đến bộ phận chuyên môn",
    Act.ASSIGN: "Phân công xử lý",
    Act.APPROVE: "Phê duyệt kết quả",
    Act.SIGN_OFF: "Ký duyệt kết quả",
}


class ItemState(StrEnum):
    """What became of one dossier of an order."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"


class Chosen(msgspec.Struct, frozen=True):
    """One dossier of an order; `version` as the officer saw it, None where it was not seen."""

    code: str
    version: int | None = None


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One dossier with its outcome; `message` says why it was refused."""

    code: str
    state: ItemState
    message: str | None


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """An order with its progress (tiến độ)."""

    id: UUID
    act: Act
    note: str | None
    ordered_at: datetime
    finished_at: datetime | None
    items: list[Item]

    def count(self, state: ItemState) -> int:
        """How many dossiers stand so."""
        return sum(item.state is state for item in self.items)
