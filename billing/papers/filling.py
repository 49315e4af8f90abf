"""Fills a form with a statement and its contract. Pure."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import msgspec

from billing.agreed import Condition, Contract
from billing.measures import MEAN, days_of, is_daily, of_line, shown_lines, size
from billing.months import shifted
from billing.papers.shapes import Form, FormBlock, Heading, Paper, Signs, Table, Text
from billing.shapes import METERS, Clause, Statement, StatementLine
from infra.dates import month_in_words

_FORMS = Path(__file__).parent / "forms"
_KNOWN = re.compile(r"{([a-z_]+)}")


@cache
def shipped() -> list[Form]:
    """The forms that ship with the product."""
    return [msgspec.json.decode(p.read_bytes(), type=Form) for p in sorted(_FORMS.glob("*.json"))]


def in_force(day: date) -> dict[str, Form]:
    """The forms that hold on a day, by code."""
    return {
        form.code: form
        for form in shipped()
        if form.valid_from <= day and (form.valid_to is None or day <= form.valid_to)
    }


def money(amount: int) -> str:
    """Whole đồng, or any count, with a point after each three digits."""
    return f"{amount:,}".replace(",", ".")


def fill(form: Form, contract: Contract, made: Statement, made_on: date, number: str = "") -> Paper:
    """A paper from a form; `number` says how the statement stands. Raises KeyError for a fact
    that no statement knows."""
    facts = known(contract, made, number)
    return Paper(
        title=_filled(form.title, facts),
        subtitle=_filled(form.subtitle, facts),
        issuer=made.supplier,
        made_on=made_on,
        blocks=[_block(block, contract, made, facts, made_on) for block in form.blocks],
    )


def known(contract: Contract, made: Statement, standing: str) -> dict[str, str]:
    """What forms may name, as text."""
    start_on, end_on = contract.term.start_on, contract.term.end_on
    last = shifted(made.month, 1) - timedelta(days=1)
    vat = made.vat
    net = made.total if vat is None or vat.net is None else vat.net
    told = "Không tách thuế" if vat is None or vat.amount is None else f"{money(vat.amount)} đồng"
    pay = contract.payment
    due = f"trong {pay.due_days} ngày kể từ ngày nhận hóa đơn" if pay else "theo hợp đồng"
    supplier, customer = contract.party("supplier"), contract.party("customer")
    return {
        "account": (supplier and supplier.account) or "…………………………",
        "address": (customer and customer.address) or "…………………………",
        "contract": made.contract_id,
        "customer": made.customer,
        "due": due,
        "fixed_total": money(made.fixed_total),
        "month": month_in_words(made.month),
        "net": money(net),
        "number": str(made.month_number or 0),
        "months": str(made.months),
        "period": f"từ ngày 01/{made.month:%m/%Y} đến hết ngày {last:%d/%m/%Y}",
        "sites": money(sum(site.count or 0 for site in contract.sites)),
        "standing": standing,
        "supplier": made.supplier,
        "term": f"từ ngày {start_on:%d/%m/%Y} đến hết ngày {end_on:%d/%m/%Y}",
        "title": made.contract_title,
        "to_date": money(made.to_date),
        "total": money(made.total),
        "vat": told,
        "version": str(made.contract_version),
        "words": made.total_in_words,
    }


def _filled(text: str, facts: dict[str, str]) -> str:
    return _KNOWN.sub(lambda found: facts[found[1]], text)


def _block(
    block: FormBlock, contract: Contract, made: Statement, facts: dict[str, str], made_on: date
) -> Text | Heading | Table | Signs:
    if block.kind == "signs":
        return Signs([_filled(name, facts) for name in block.names])
    if block.kind == "heading":
        return Heading(_filled(block.text, facts))
    if block.kind == "text":
        return Text(_filled(block.text, facts))
    return _table(block.of or "lines", contract, made, made_on)


def _table(of: str, contract: Contract, made: Statement, made_on: date) -> Table:
    if of == "lines":
        return lines_table(made, made_on)
    if of == "clauses":
        return _quotes(
            [
                (f"{n}. {line.name}", line.clause)
                for n, line in enumerate(shown_lines(made.lines), 1)
            ]
        )
    if of == "counted":
        return _counted(made, made_on)
    if of == "sla":
        return _quotes([(promise.name, promise.clause) for promise in contract.sla])
    if of == "sites":
        return _sites(contract)
    return _conditions([each for each in contract.acceptance if each.when == of])


def lines_table(made: Statement, made_on: date) -> Table:
    """The lines, what is adjusted, the tax and the total."""
    rows = [
        [
            *(str(n), line.name, *_units(line, made.month, made_on)),
            *map(money, (line.unit_price, line.amount)),
        ]
        for n, line in enumerate(shown_lines(made.lines), 1)
    ]
    for n, row in enumerate(made.adjustments, len(rows) + 1):
        what = f"Điều chỉnh tháng {row.month:%m/%Y}: {row.name}. {row.reason}"
        counts = [money(row.quantity), money(row.quantity)]
        rows.append([str(n), what, row.unit, *counts, money(row.unit_price), money(row.amount)])
    vat = made.vat
    foot = [["Tổng cộng (đồng)", money(made.total)]]
    if vat is not None and vat.amount is not None and vat.net is not None:
        rate = "không chịu thuế" if vat.rate_bp is None else f"{vat.rate_bp / 100:g}%"
        told = f"Thuế giá trị gia tăng ({rate})"
        foot = [["Tiền trước thuế", money(vat.net)], [told, money(vat.amount)], *foot]
    return Table(
        headings=["STT", "Hạng mục", "Đơn vị", "Số lượng", "Tính tiền", "Đơn giá", "Thành tiền"],
        widths=[3, 15, 7, 9, 9, 9, 10],
        aligns=["centre", "left", "left", "right", "right", "right", "right"],
        rows=rows,
        foot=foot,
    )


def _units(line: StatementLine, month: date, made_on: date) -> tuple[str, str, str]:
    """Unit, quantity, and what is charged of it."""
    quantity, unit = of_line(line, month, made_on)
    return unit, quantity, quantity if is_daily(line) else money(line.charged)


def _quotes(rules: Sequence[tuple[str, Clause]]) -> Table:
    return Table(
        headings=["Nội dung", "Điều khoản nguyên văn", "Nguồn"],
        widths=[4, 8, 5],
        aligns=["left", "left", "left"],
        rows=[[name, f"“{clause.quote}”", clause.source] for name, clause in rules],
    )


def _counted(made: Statement, made_on: date) -> Table:
    return Table(
        headings=["Chỉ số", "Đơn vị", "Số ghi nhận", "Số lần ghi nhận"],
        widths=[8, 4, 5, 4],
        aligns=["left", "left", "right", "right"],
        rows=[
            _counted_row(line, made.month, made_on)
            for line in shown_lines(made.lines)
            if line.meter in METERS and line.meter
        ],
    )


def _counted_row(line: StatementLine, month: date, made_on: date) -> list[str]:
    meter = METERS[line.meter or ""]
    if not meter.daily:
        return [meter.name, meter.unit, money(line.counted), money(line.facts)]
    mean = (line.counted - line.late_quantity) // days_of(month, made_on)
    return [meter.name, MEAN, size(mean), money(line.facts)]


def _sites(contract: Contract) -> Table:
    return Table(
        headings=["Địa điểm", "Số lượng", "Địa chỉ"],
        widths=[8, 3, 8],
        aligns=["left", "right", "left"],
        rows=[
            [site.name, "" if site.count is None else money(site.count), site.address]
            for site in contract.sites
        ],
    )


def _conditions(conditions: list[Condition]) -> Table:
    return Table(
        headings=["Điều kiện", "Điều khoản nguyên văn", "Kết quả (đạt, không đạt)"],
        widths=[6, 8, 4],
        aligns=["left", "left", "left"],
        rows=[
            [each.name, f"“{each.clause.quote}” ({each.clause.source})", ""] for each in conditions
        ],
    )
