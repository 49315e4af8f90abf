"""What an invoicing system (hóa đơn điện tử) is given: behind one adapter, so another fits in."""

from typing import Protocol
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from billing.agreed import Contract
from billing.refusals import RateUnknown
from billing.shapes import Statement


class InvoiceWriter(Protocol):
    """Writes one statement for one invoicing system."""

    suffix: str

    def write(self, contract: Contract, made: Statement) -> bytes:
        """The file to hand over; raises RateUnknown when the contract gives no rate of tax."""
        ...


class PlainXml:
    """The draft of an invoice with the element names of the tax authority's format (HDon).

    No number, code or signature: those the invoicing system gives.
    """

    suffix = "xml"

    def write(self, contract: Contract, made: Statement) -> bytes:
        """The draft as XML in UTF-8."""
        vat = made.vat
        if vat is None or vat.net is None or vat.amount is None:
            raise RateUnknown
        rate = "KCT" if vat.rate_bp is None else f"{vat.rate_bp / 100:g}%"
        root = Element("HDon")
        data = SubElement(root, "DLHDon")
        _texts(SubElement(data, "TTChung"), {"DVTTe": made.currency, "THDon": made.contract_title})
        body = SubElement(data, "NDHDon")
        _party(SubElement(body, "NBan"), contract, "supplier", made.supplier)
        _party(SubElement(body, "NMua"), contract, "customer", made.customer)
        _goods(SubElement(body, "DSHHDVu"), made, rate)
        sums = SubElement(body, "TToan")
        _texts(sums, {"TgTCThue": vat.net, "TgTThue": vat.amount, "TgTTTBSo": made.total})
        _texts(sums, {"TgTTTBChu": made.total_in_words})
        indent(root)
        return bytes(tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _party(into: Element, contract: Contract, role: str, name: str) -> None:
    side = contract.party(role)
    _texts(
        into,
        {
            "Ten": name,
            "MST": side.tax_code if side else "",
            "DChi": side.address if side else "",
            "STKNHang": side.account if side else "",
        },
    )


def _goods(into: Element, made: Statement, rate: str) -> None:
    """One row for everything that is charged; what costs nothing is in the statement alone."""
    for number, row in enumerate(_rows(made), 1):
        goods = SubElement(into, "HHDVu")
        _texts(goods, {"STT": number, "THHDVu": row[0], "DVTinh": row[1], "SLuong": row[2]})
        _texts(goods, {"DGia": row[3], "ThTien": row[4], "TSuat": rate})


def _rows(made: Statement) -> list[tuple[str, str, int, int, int]]:
    month = f"{made.month:%m/%Y}"
    if made.vat and made.vat.treatment == "included" and made.vat.net is not None:
        # Prices with tax inside cannot be told apart line by line without losing đồng.
        name = f"{made.contract_title}, theo bảng kê tháng {month}"
        return [(name, "kỳ", 1, made.vat.net, made.vat.net)]
    rows = [
        (f"{line.name}, tháng {month}", line.unit, line.charged, line.unit_price, line.amount)
        for line in made.lines
        if line.amount
    ]
    for each in made.adjustments:
        name = f"Điều chỉnh tháng {each.month:%m/%Y}: {each.name}"
        rows.append((name, each.unit, each.quantity, each.unit_price, each.amount))
    return rows


def _texts(into: Element, texts: dict[str, object]) -> None:
    for name, value in texts.items():
        SubElement(into, name).text = str(value)
