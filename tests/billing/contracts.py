"""Contracts for the tests of the books, made of little."""

from datetime import date

import msgspec

from billing.agreed import Amendment, Rounding, Vat
from billing.months import last_day, shifted
from billing.shapes import Clause, Contract, FixedTotal, Line, PerUnit, Term

CLAUSE = Clause(quote="Chi phí thuê dịch vụ trọn gói.", source="Hợp đồng, Điều 1")


MONTHS = Rounding(what="month_share", rule="floor_of_sum", clause=CLAUSE)
TAX = Rounding(what="vat", rule="half_up", clause=CLAUSE)
INCLUDED = Vat(from_on=date(1990, 1, 1), treatment="included", clause=CLAUSE)


def term(start_on: date = date(2026, 1, 1), months: int = 36) -> Term:
    return Term(months=months, start_on=start_on, end_on=last_day(shifted(start_on, months - 1)))


def counted(meter: str, unit_price: int = 0, code: str | None = None) -> Line:
    pricing = PerUnit(unit="phần", unit_price=unit_price)
    code = code or meter.replace(".", "-")
    return Line(code=code, name=meter, meter=meter, pricing=pricing, clause=CLAUSE)


def fixed(total: int, code: str = "OSS") -> Line:
    return Line(code=code, name="Thuê phần mềm", pricing=FixedTotal(total=total), clause=CLAUSE)


def amendment(effective_on: date) -> Amendment:
    """What made a later version, from that day on."""
    return Amendment(
        number="PL-01", signed_on=effective_on, effective_on=effective_on, clause=CLAUSE
    )


def contract(**changes: object) -> Contract:
    """A contract of 36 months from January 2026 with a fixed line and three included ones."""
    plain = Contract(
        id="HD-1",
        tenant_slug="thu",
        title="Thuê dịch vụ",
        customer="Văn phòng",
        supplier="Bên cho thuê",
        term=term(),
        lines=[
            fixed(3_600_000_001),
            counted("dossier.received"),
            counted("notice.part"),
            counted("storage.byte_day"),
        ],
        vat=[INCLUDED],
        rounding=[MONTHS],
    )
    return msgspec.structs.replace(plain, **changes)
