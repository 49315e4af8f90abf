"""What the books hold: contracts, countable facts and statements, as values."""

from datetime import date, datetime
from typing import Literal

import msgspec

from billing.agreed import Clause as Clause
from billing.agreed import Contract as Contract
from billing.agreed import FixedTotal as FixedTotal
from billing.agreed import Line as Line
from billing.agreed import Obligation as Obligation
from billing.agreed import PerUnit as PerUnit
from billing.agreed import Sites as Sites
from billing.agreed import Term as Term


class Meter(msgspec.Struct, frozen=True):
    """Something that is counted (chỉ số): its name and unit as statements print them.

    `daily` is a level measured every day, such as bytes kept. `ours` is False where nothing in this
    system counts it: then only a meter outside may, by its token.
    """

    name: str
    unit: str
    daily: bool = False
    ours: bool = True


METERS = {
    "dossier.received": Meter("Hồ sơ được tiếp nhận", "hồ sơ"),
    "notice.part": Meter("Tin nhắn SMS", "phần tin"),
    "storage.byte_day": Meter("Dung lượng lưu trữ", "byte-ngày", daily=True),
    "officer.active": Meter("Cán bộ có thao tác trong tháng", "người-tháng"),
    "api.call": Meter("Lượt gọi giao diện kết nối", "lượt"),
    # Nothing here signs: results come in signed already, and the signatures on papers are by hand.
    # A signing service that stands beside the system counts its own.
    "signature.made": Meter("Chữ ký số", "chữ ký", ours=False),
    "job.done": Meter("Tác vụ hàng loạt", "tác vụ"),
}
OURS = "motcua"  # the source of the facts this system counts itself


class Fault(msgspec.Struct, frozen=True):
    """Why a contract cannot be taken: where in the document, and the reason."""

    place: str
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


class Fact(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One countable fact; `id` is derived from the business row that causes it.

    It is not looked through for cycles, which it cannot be in: facts come by the ten thousand.
    """

    id: str
    meter: str
    quantity: int
    subject: str  # a code or an id, never a person
    occurred_at: datetime
    network: str = ""  # the carrier a message went to


class Late(msgspec.Struct, frozen=True, kw_only=True):
    """Facts of one earlier month that arrived after it was closed.

    `before` is what that month had been stated with until now, late facts of then included.
    """

    month: date
    quantity: int
    facts: int
    before: int = 0


class Used(msgspec.Struct, frozen=True, kw_only=True):
    """What one meter shows for one month: sums and how many facts are behind them.

    The late part is of facts that happened in an earlier month, closed before they arrived;
    `late` tells it by month.
    """

    quantity: int = 0
    facts: int = 0
    late_quantity: int = 0
    late_facts: int = 0
    late: list[Late] = []


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """One month's part of a fixed total; `to_date` is the sum from the first month on."""

    number: int
    month: date
    amount: int
    to_date: int


class StatementLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a statement: whole đồng, and the clause it rests on.

    `quantity` is everything stated, in units; `charged` of them, at `unit_price`, make the
    amount: neither what the price includes nor what is adjusted for an earlier month.
    """

    code: str
    name: str
    unit: str
    quantity: int
    unit_price: int
    amount: int
    clause: Clause
    meter: str | None = None
    lot: str | None = None
    counted: int = 0  # what the meter shows, in its own unit
    included: int = 0
    charged: int = 0
    facts: int = 0
    late_quantity: int = 0
    late_facts: int = 0


class Adjustment(msgspec.Struct, frozen=True, kw_only=True):
    """A row that puts an earlier month right (điều chỉnh), or a credit (giảm trừ) for a breach.

    `quantity` units at `unit_price` make the amount, which may be below zero.
    """

    kind: Literal["late", "credit"]
    code: str
    name: str
    month: date
    unit: str
    quantity: int
    unit_price: int
    amount: int
    clause: Clause
    reason: str = ""


class Credit(msgspec.Struct, frozen=True, kw_only=True):
    """Breaches of one promise in a month, as entered: how many, which, by whom."""

    penalty: str
    cases: int
    reason: str
    entered_by: str
    entered_at: datetime


class StatementVat(msgspec.Struct, frozen=True, kw_only=True):
    """The tax of a statement; `net` and `amount` are None where no rate is given."""

    treatment: str
    clause: Clause
    rate_bp: int | None = None
    net: int | None = None
    amount: int | None = None


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What a tenant owes for one month (bảng kê).

    `month` is its first day; `month_number` counts from 1 within the term and is None outside of
    it. The period is from `start_at` (included) to `end_at` (excluded), in UTC. `total` is what is
    to be paid: the lines, the adjustments, and the tax where it comes on top.
    """

    contract_id: str
    contract_version: int
    contract_title: str
    customer: str
    supplier: str
    month: date
    month_number: int | None
    months: int
    start_at: datetime
    end_at: datetime
    lines: list[StatementLine]
    total: int
    total_in_words: str
    to_date: int  # the fixed lines from the first month of the term to this one
    fixed_total: int  # the fixed lines over the whole term
    currency: str = "VND"
    adjustments: list[Adjustment] = []
    vat: StatementVat | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing was used in the month."""
        return all(line.facts == 0 for line in self.lines)

    def line(self, code: str) -> StatementLine | None:
        """The line of that code, or None."""
        return next((line for line in self.lines if line.code == code), None)
