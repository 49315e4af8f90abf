"""What the books hold: contracts, countable facts and statements, as values."""

from datetime import date, datetime

import msgspec


class Meter(msgspec.Struct, frozen=True):
    """Something that is counted (chỉ số): its name and unit as statements print them."""

    name: str
    unit: str


METERS = {
    "dossier.received": Meter("Hồ sơ được tiếp nhận", "hồ sơ"),
    "notice.part": Meter("Tin nhắn SMS", "phần tin"),
    "storage.byte_day": Meter("Dung lượng lưu trữ", "byte-ngày"),
}


class Clause(msgspec.Struct, frozen=True):
    """The sentence of the contract (điều khoản) a line rests on, word for word.

    `reading` says how the sentence is understood where it does not speak for itself.
    """

    quote: str
    source: str
    reading: str = ""


class FixedTotal(msgspec.Struct, frozen=True, tag_field="kind", tag="fixed_total"):
    """One amount in đồng for the whole term, spread evenly over its months."""

    total: int


class PerUnit(msgspec.Struct, frozen=True, tag_field="kind", tag="per_unit"):
    """A price in đồng for each unit counted; zero where the contract includes it."""

    unit: str
    unit_price: int


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """How long a contract runs: whole calendar months; `end_on` is its last day."""

    months: int
    start_on: date
    end_on: date
    basis: str = ""
    clause: Clause | None = None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a contract (hạng mục): what is rented, how it is priced, and the clause."""

    code: str
    name: str
    pricing: FixedTotal | PerUnit
    meter: str | None = None
    clause: Clause | None = None


class Obligation(msgspec.Struct, frozen=True, kw_only=True):
    """A duty of the supplier (nghĩa vụ) beside the priced lines."""

    code: str
    rule: str
    quote: str
    source: str
    reading: str = ""


class Sites(msgspec.Struct, frozen=True, kw_only=True):
    """Places of one kind where the service is used (địa điểm sử dụng)."""

    kind: str
    name: str
    count: int | None = None
    address: str = ""
    quote: str = ""


class Contract(msgspec.Struct, frozen=True, kw_only=True):
    """A contract (hợp đồng thuê dịch vụ) with one tenant."""

    id: str
    tenant_slug: str
    title: str
    customer: str
    supplier: str
    term: Term
    lines: list[Line]
    currency: str = "VND"
    version: int = 1
    supplier_basis: str = ""
    vat_note: str = ""
    obligations: list[Obligation] = []
    sites: list[Sites] = []


class Fault(msgspec.Struct, frozen=True):
    """Why a contract cannot be taken: where in the document, and the reason."""

    place: str
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One countable fact; `id` is derived from the business row that causes it."""

    id: str
    meter: str
    quantity: int
    subject: str  # a code or an id, never a person
    occurred_at: datetime


class Used(msgspec.Struct, frozen=True, kw_only=True):
    """What one meter shows for one month: sums and how many facts are behind them.

    The late part is of facts that happened in an earlier month, closed before they arrived.
    """

    quantity: int = 0
    facts: int = 0
    late_quantity: int = 0
    late_facts: int = 0


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """One month's part of a fixed total; `to_date` is the sum from the first month on."""

    number: int
    month: date
    amount: int
    to_date: int


class StatementLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a statement: whole đồng, and the clause it rests on."""

    code: str
    name: str
    unit: str
    quantity: int
    unit_price: int
    amount: int
    clause: Clause
    meter: str | None = None
    facts: int = 0
    late_quantity: int = 0
    late_facts: int = 0


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What a tenant owes for one month (bảng kê).

    `month` is its first day; `month_number` counts from 1 within the term and is None outside of
    it. The period is from `start_at` (included) to `end_at` (excluded), in UTC.
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

    @property
    def empty(self) -> bool:
        """Whether nothing was used in the month."""
        return all(line.facts == 0 for line in self.lines)

    def line(self, code: str) -> StatementLine | None:
        """The line of that code, or None."""
        return next((line for line in self.lines if line.code == code), None)
