"""What a contract says, as values: every rule beside the clause it rests on."""

from datetime import date
from typing import Literal

import msgspec

Rounded = Literal["floor_of_sum", "half_up", "down", "up"]


class Clause(msgspec.Struct, frozen=True):
    """The sentence of the contract (điều khoản) a line rests on, word for word.

    `reading` says how the sentence is understood where it does not speak for itself.
    """

    quote: str
    source: str
    reading: str = ""


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """One side of the contract (bên thuê, bên cho thuê); `basis` says where it is assumed."""

    role: Literal["customer", "supplier"]
    name: str
    tax_code: str = ""
    address: str = ""
    account: str = ""
    represented_by: str = ""
    clause: Clause | None = None
    basis: str = ""


class Settled(msgspec.Struct, frozen=True):
    """What the first `months` of a fixed total came to under the versions before this one."""

    months: int
    amount: int


class FixedTotal(msgspec.Struct, frozen=True, tag_field="kind", tag="fixed_total"):
    """One amount in đồng for the whole term, spread evenly over its months.

    In an amendment (phụ lục), `settled` keeps what was stated before; the rest is spread anew.
    """

    total: int
    settled: Settled | None = None


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """A unit price in đồng from its first day to its last; open when `to_on` is missing."""

    from_on: date
    unit_price: int
    clause: Clause
    to_on: date | None = None


class PerUnit(msgspec.Struct, frozen=True, tag_field="kind", tag="per_unit"):
    """A price in đồng for each unit counted; zero where the contract includes it.

    A unit is `size` of what the meter counts (a block), begun ones counting whole; `daily_mean`
    measures the average day of the month, for meters that count every day. The first `included`
    units of each month are free. `prices` replaces `unit_price` where it changes with time.
    """

    unit: str
    unit_price: int
    included: int = 0
    size: int = 1
    daily_mean: bool = False
    prices: list[Price] = []


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """How long a contract runs: whole calendar months; `end_on` is its last day.

    `decided_from` and `decided_to` are the days in the document, where ours continue them.
    """

    months: int
    start_on: date
    end_on: date
    basis: str = ""
    clause: Clause | None = None
    decided_from: date | None = None
    decided_to: date | None = None


class Lot(msgspec.Struct, frozen=True, kw_only=True):
    """A part of what is rented (gói thuê), which its lines belong to."""

    code: str
    name: str
    kind: Literal["software", "storage", "sms", "other"]
    clause: Clause


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a contract (hạng mục): what is rented, how it is priced, and the clause."""

    code: str
    name: str
    pricing: FixedTotal | PerUnit
    meter: str | None = None
    clause: Clause | None = None
    lot: str | None = None


class Included(msgspec.Struct, frozen=True, kw_only=True):
    """A volume the fixed price includes (khối lượng đã gồm), in the document's own unit."""

    line: str
    quantity: int
    unit: str
    per: Literal["month", "year", "term"]
    clause: Clause


class FairUse(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a meter a month may use (mức sử dụng hợp lý), and what happens beyond.

    Of `storage.byte_day` it is how many bytes may be kept at a time.
    """

    meter: str
    quantity: int
    beyond: Literal["warn", "refuse"]
    clause: Clause


class NoExtra(msgspec.Struct, frozen=True, kw_only=True):
    """What must not be charged beside the price (không thu thêm): meters, and other matters."""

    code: str
    name: str
    clause: Clause
    meters: list[str] = []
    matters: list[str] = []


class Vat(msgspec.Struct, frozen=True, kw_only=True):
    """How value added tax is treated from a day on; `rate_bp` in hundredths of one percent.

    `included` without a rate: the document gives no rate, so the tax is not told apart.
    """

    from_on: date
    treatment: Literal["included", "added", "exempt"]
    clause: Clause
    to_on: date | None = None
    rate_bp: int | None = None


class Rounding(msgspec.Struct, frozen=True, kw_only=True):
    """How an amount becomes whole đồng, and the clause that lets us."""

    what: Literal["month_share", "vat", "credit"]
    rule: Rounded
    clause: Clause


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """When is paid: each `every_months`, at the start or end; the invoice by a day of the month."""

    every_months: int
    at: Literal["start", "end"]
    invoice_by_day: int
    due_days: int
    clause: Clause


class Sla(msgspec.Struct, frozen=True, kw_only=True):
    """A promised level of service (mức cam kết) as a number."""

    code: str
    name: str
    measure: Literal["hours_per_day", "restore_minutes", "availability_bp", "response_ms"]
    value: int
    clause: Clause


class Penalty(msgspec.Struct, frozen=True, kw_only=True):
    """What a breach costs the supplier (giảm trừ): a part of the month's fixed amount.

    `rate_bp` in hundredths of one percent for each case, together at most `cap_bp`.
    """

    code: str
    name: str
    sla: str
    rate_bp: int
    cap_bp: int
    clause: Clause


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """What must be so before a period or the whole is accepted (điều kiện nghiệm thu)."""

    code: str
    name: str
    when: Literal["start", "period", "end"]
    clause: Clause


class Obligation(msgspec.Struct, frozen=True, kw_only=True):
    """A duty of the supplier (nghĩa vụ) beside the priced lines."""

    code: str
    rule: str
    quote: str
    source: str
    reading: str = ""
    value: dict[str, int | list[str]] | None = None


class Sites(msgspec.Struct, frozen=True, kw_only=True):
    """Places of one kind where the service is used (địa điểm sử dụng)."""

    kind: str
    name: str
    count: int | None = None
    address: str = ""
    quote: str = ""


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """The paper the contract was entered from."""

    issuer: str
    dated: str
    number: str | None = None
    note: str = ""


class EstimatePart(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the approved estimate (dự toán)."""

    code: str
    name: str
    amount: int
    clause: Clause


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """The approved estimate; its parts add up to the total."""

    total: int
    parts: list[EstimatePart]
    clause: Clause


class Amendment(msgspec.Struct, frozen=True, kw_only=True):
    """What made this version (phụ lục); it holds from the first day of a month."""

    number: str
    signed_on: date
    effective_on: date
    clause: Clause


class Cited(msgspec.Struct, frozen=True, kw_only=True):
    """A clause that no rule computes with, kept because it explains the others."""

    code: str
    name: str
    clause: Clause


class Contract(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A contract (hợp đồng thuê dịch vụ) with one tenant."""

    id: str
    tenant_slug: str
    title: str
    customer: str
    supplier: str
    term: Term
    lines: list[Line]
    vat: list[Vat] = []
    rounding: list[Rounding] = []
    currency: str = "VND"
    version: int = 1
    supplier_basis: str = ""
    parties: list[Party] = []
    document: Document | None = None
    amendment: Amendment | None = None
    lots: list[Lot] = []
    included: list[Included] = []
    no_extra: list[NoExtra] = []
    fair_use: list[FairUse] = []
    estimate: Estimate | None = None
    payment: Payment | None = None
    sla: list[Sla] = []
    penalties: list[Penalty] = []
    acceptance: list[Condition] = []
    obligations: list[Obligation] = []
    sites: list[Sites] = []
    cited: list[Cited] = []

    def line(self, code: str) -> Line | None:
        """The line of that code, or None."""
        return next((line for line in self.lines if line.code == code), None)

    def party(self, role: str) -> Party | None:
        """The side of that role, or None where only its name is known."""
        return next((party for party in self.parties if party.role == role), None)
