"""Papers of a statement: PDF from dated forms, a spreadsheet that adds up, e-invoice data."""

import random
import re
from datetime import date
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

import msgspec
import pypdf
import pytest

from billing import rules, service
from billing.agreed import Vat
from billing.papers import filling, invoices, pdf, sheets
from billing.papers.shapes import Table
from billing.refusals import RateUnknown
from tests.billing.contracts import CLAUSE, MONTHS, TAX, contract, counted, fixed
from tests.billing.made import random_contract
from tests.billing.test_recompute import random_export

DAY = date(2026, 11, 23)
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def text_of(document):
    pages = pypdf.PdfReader(BytesIO(document)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def test_every_form_fills_for_every_shipped_contract_and_leaves_no_brace():
    forms = filling.in_force(DAY)
    assert set(forms) == {"bang-ke", "nghiem-thu", "de-nghi", "m1", "m2", "m3", "m4"}
    for found in service.shipped():
        made = rules.statement(found, {}, date(2026, 11, 1))
        for form in forms.values():
            paper = filling.fill(form, found, made, DAY)
            assert not re.search(r"{[a-z_]+}", msgspec.json.encode(paper).decode())


def test_forms_of_the_circular_hold_from_its_day():
    assert not {"m1", "m2", "m3", "m4"} & set(filling.in_force(date(2026, 6, 30)))
    assert {"m1", "m2", "m3", "m4"} <= set(filling.in_force(date(2026, 7, 1)))
    numbered = [form for code, form in filling.in_force(DAY).items() if code[0] == "m"]
    assert all("41/2026" in form.basis for form in numbered)


def test_the_statement_as_pdf_has_its_digits_its_words_and_every_clause():
    found = next(each for each in service.shipped() if each.id == "BD-2023")
    made = rules.statement(found, {}, date(2026, 11, 1))
    paper = filling.fill(filling.in_force(DAY)["bang-ke"], found, made, DAY, "Chốt ngày 01/12/2026")
    drawn = pdf.draw(paper)
    text = text_of(drawn)
    assert drawn == pdf.draw(paper)
    assert filling.money(made.total) in text and made.total_in_words in text
    for line in made.lines:
        assert line.clause.quote[:40] in text


def test_the_spreadsheet_holds_the_same_digits_and_formulas_over_them():
    chance = random.Random(3)
    found = random_contract(chance)
    export = random_export(chance, found, date(2026, 3, 1))
    made = sheets.workbook(export)
    assert made == sheets.workbook(export)
    book = ZipFile(BytesIO(made))
    assert book.testzip() is None
    cells = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml")).iter(f"{SHEET}c")
    sums = [
        int(cell.findtext(f"{SHEET}v"))
        for cell in cells
        if cell.get("r", "").startswith("H") and cell.find(f"{SHEET}f") is not None
    ]
    statement = export.statement
    rows = [each.amount for each in [*statement.lines, *statement.adjustments]]
    assert sums == [*rows, sum(rows), statement.total]
    facts = ElementTree.fromstring(book.read("xl/worksheets/sheet2.xml")).iter(f"{SHEET}row")
    assert len(list(facts)) == len(export.facts) + 1


@pytest.mark.parametrize("treatment", ["added", "included"])
def test_the_invoice_draft_adds_up_to_what_is_to_be_paid(treatment):
    vat = Vat(from_on=date(2026, 1, 1), treatment=treatment, rate_bp=1000, clause=CLAUSE)
    lines = [fixed(36 * 1001), counted("notice.part", 300)]
    found = contract(lines=lines, vat=[vat], rounding=[MONTHS, TAX])
    made = rules.statement(found, {}, date(2026, 5, 1))
    root = ElementTree.fromstring(invoices.PlainXml().write(found, made))
    amounts = [int(each.text) for each in root.iter("ThTien")]
    net, tax = (int(root.findtext(f".//{name}")) for name in ("TgTCThue", "TgTThue"))
    assert sum(amounts) == net
    assert net + tax == made.total == int(root.findtext(".//TgTTTBSo"))
    assert root.findtext(".//TgTTTBChu") == made.total_in_words
    assert {each.text for each in root.iter("TSuat")} == {"10%"}


def test_without_a_rate_of_tax_no_invoice_is_drafted():
    found = contract()
    with pytest.raises(RateUnknown):
        invoices.PlainXml().write(found, rules.statement(found, {}, date(2026, 5, 1)))


def test_the_lines_of_the_paper_are_the_lines_of_the_statement():
    chance = random.Random(11)
    for _ in range(200):
        found = random_contract(chance)
        made = random_export(chance, found, date(2026, 2, 1)).statement
        table = filling.lines_table(made, DAY)
        assert isinstance(table, Table)
        told = [row[-1] for row in table.rows]
        rows = [*made.lines, *made.adjustments]
        assert told == [filling.money(row.amount) for row in rows]
        assert table.foot[-1][1] == filling.money(made.total)
