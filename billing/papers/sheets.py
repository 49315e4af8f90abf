"""A statement as a spreadsheet: amounts are formulas over their lines, so a reader sees the sum."""

from datetime import date, datetime, timedelta
from io import BytesIO

from xlsxwriter import Workbook  # type: ignore[import-untyped]

from billing.exporting import Export
from billing.measures import is_daily, of_line
from billing.months import last_day
from billing.shapes import StatementLine

_HEAD = ["STT", "Mã", "Hạng mục", "Đơn vị", "Số lượng", "Tính tiền", "Đơn giá", "Thành tiền"]
_WIDTHS = [5, 14, 46, 14, 18, 18, 14, 18, 60, 60]
_MOST_FACTS = 200_000


def workbook(made: Export) -> bytes:
    """The sheets "Bảng kê" and "Ghi nhận" (its facts, at most 200,000) as an XLSX file."""
    out = BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    # The month, not the moment of drawing: the same statement is the same file.
    book.set_properties({"created": datetime.combine(made.statement.month, datetime.min.time())})
    _lines(book, made)
    _facts(book, made)
    book.close()
    return out.getvalue()


def _lines(book: Workbook, made: Export) -> None:
    bold, count = book.add_format({"bold": True, "text_wrap": True}), _count(book)
    statement, sheet = made.statement, book.add_worksheet("Bảng kê")
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    month = statement.month
    sheet.write(0, 0, f"Bảng kê sử dụng dịch vụ tháng {month:%m/%Y}", bold)
    sheet.write(1, 0, f"{statement.contract_title} ({statement.contract_id})")
    sheet.write(2, 0, f"Bên thuê: {statement.customer}. Bên cho thuê: {statement.supplier}.")
    sheet.write_row(4, 0, [*_HEAD, "Điều khoản nguyên văn", "Nguồn"], bold)
    row = 5
    for line in statement.lines:
        texts = [row - 4, line.code, _name(line, statement.month), line.unit]
        numbers = [line.quantity, line.charged, line.unit_price]
        _row(sheet, row, texts, numbers, line.amount, count)
        sheet.write_row(row, 8, [line.clause.quote, line.clause.source])
        row += 1
    for each in statement.adjustments:
        name = f"Điều chỉnh tháng {each.month:%m/%Y}: {each.name}. {each.reason}"
        numbers = [each.quantity, each.quantity, each.unit_price]
        _row(sheet, row, [row - 4, each.code, name, each.unit], numbers, each.amount, count)
        sheet.write_row(row, 8, [each.clause.quote, each.clause.source])
        row += 1
    _foot(book, sheet, made, row)


def _name(line: StatementLine, month: date) -> str:
    """A line's name; one in byte-days says what they come to, its figures stay exact."""
    if not is_daily(line):
        return line.name
    mean, unit = of_line(line, month, last_day(month) + timedelta(days=1))
    return f"{line.name} ({unit} cả tháng: {mean})"


def _row(sheet, row, texts, numbers, amount, count) -> None:  # type: ignore[no-untyped-def]
    sheet.write_row(row, 0, texts)
    sheet.write_row(row, 4, numbers, count)
    sheet.write_formula(row, 7, f"=F{row + 1}*G{row + 1}", count, amount)


def _foot(book: Workbook, sheet, made: Export, at: int) -> None:  # type: ignore[no-untyped-def]
    statement, vat = made.statement, made.statement.vat
    strong = book.add_format({"bold": True, "num_format": "#,##0"})
    net = sum(line.amount for line in statement.lines)
    net += sum(row.amount for row in statement.adjustments)
    tax = statement.total - net
    sheet.write(at, 2, "Cộng", strong)
    sheet.write_formula(at, 7, f"=SUM(H6:H{at})", strong, net)
    sheet.write(at + 1, 2, "Thuế giá trị gia tăng cộng thêm", strong)
    sheet.write(at + 1, 7, tax, strong)
    if vat is not None:
        sheet.write_row(at + 1, 8, [vat.clause.quote, vat.clause.source])
    sheet.write(at + 2, 2, "Tổng cộng", strong)
    sheet.write_formula(at + 2, 7, f"=H{at + 1}+H{at + 2}", strong, statement.total)
    sheet.write(at + 3, 2, f"Bằng chữ: {statement.total_in_words}.")


def _facts(book: Workbook, made: Export) -> None:
    bold, count = book.add_format({"bold": True}), _count(book)
    sheet = book.add_worksheet("Ghi nhận")
    sheet.set_column(0, 6, 26)
    names = ["Nguồn", "Mã ghi nhận", "Chỉ số", "Số lượng", "Đối tượng", "Thời điểm", "Tính vào"]
    sheet.write_row(0, 0, names, bold)
    for row, fact in enumerate(made.facts[:_MOST_FACTS], 1):
        sheet.write_row(row, 0, [fact.source, fact.id, fact.meter])
        sheet.write_number(row, 3, fact.quantity, count)
        told = [fact.subject, fact.occurred_at.isoformat(), f"{fact.billed_in:%Y-%m}"]
        sheet.write_row(row, 4, told)
    if len(made.facts) > _MOST_FACTS:
        sheet.write(_MOST_FACTS + 1, 0, "Còn nữa: xem tệp dữ liệu để tính lại.")


def _count(book: Workbook) -> object:
    return book.add_format({"num_format": "#,##0"})
