"""The sheet of decisions as a workbook (xlsx): drawn to be read and filled in, and read back."""

from io import BytesIO
from pathlib import Path

from openpyxl.reader.excel import load_workbook
from xlsxwriter import Workbook  # type: ignore[import-untyped]

from app.merging.refusals import MergeRefused
from app.merging.shapes import Plan
from app.merging.sheets import HEADINGS, MEANINGS, WORDS, Answer, lines
from storage import archives

_SHEET, _GUIDE = "Quyết định", "Cách điền"
_WIDTHS = (20, 26, 44, 44, 14, 14, 16, 12, 12)
_CHOICE = HEADINGS.index("Quyết định")
_STEPS = (
    "Mỗi dòng của trang “Quyết định” là một chỗ trùng nhau giữa hai đơn vị.",
    "Hai cột “Đơn vị nhận đang có” và “Đơn vị nhập vào đang có” chỉ nêu những chỗ khác nhau; "
    "để trống là giống hệt nhau.",
    "Chọn một từ ở cột tô màu “Quyết định”. Chỉ chọn trong các từ của cột “Được chọn”.",
    "Không sửa cột “Bảng” và “Dòng”: hệ thống nhận ra dòng bằng hai cột này.",
)


def drawn(plan: Plan) -> bytes:
    """The questions of a plan: one page to decide on, landscape, and one that says how."""
    out = BytesIO()
    book = Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"created": plan.made_at.replace(tzinfo=None)})
    _questions(book, plan)
    _guide(book)
    book.close()
    return out.getvalue()


def answers(place: Path) -> list[Answer]:
    """The filled lines of a workbook. Raises MergeRefused where it is none, or not a safe one."""
    if not archives.is_sound(place):
        raise MergeRefused(f"Không mở được {place.name}: không phải bảng tính xlsx an toàn.")
    try:
        book = load_workbook(place, read_only=True, data_only=True)
        try:
            rows = list(book[_SHEET].iter_rows(values_only=True, max_col=len(HEADINGS)))
        finally:
            book.close()
    except MemoryError:
        raise
    except Exception as error:  # A broken one makes its reader stumble in any way whatever.
        raise MergeRefused(f"Không đọc được trang “{_SHEET}” của {place.name}.") from error
    texts = [["" if cell is None else str(cell) for cell in row] for row in rows]
    return [dict(zip(texts[0], row, strict=False)) for row in texts[1:] if any(row)]


def _questions(book: Workbook, plan: Plan) -> None:
    sheet = book.add_worksheet(_SHEET)
    looks = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#C6CDD5"}
    plain, answer = book.add_format(looks), book.add_format(looks | {"bg_color": "#FFF1D6"})
    head = book.add_format(looks | {"bold": True, "bg_color": "#E8EEF2"})
    faint = book.add_format(looks | {"font_color": "#6B7682", "text_wrap": False})
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    for number, line in enumerate(lines(plan)):
        for column, text in enumerate(line):
            look = answer if column == _CHOICE else faint if column > _CHOICE else plain
            sheet.write_string(number, column, text, look if number else head)
    for number, meeting in enumerate(plan.meetings, 1):
        offered = [WORDS[offer] for offer in meeting.offers]
        sheet.data_validation(number, _CHOICE, number, _CHOICE, {
            "validate": "list", "source": offered, "error_title": "Chưa đúng từ",
            "error_message": f"Chọn một trong các từ: {', '.join(offered)}.",
        })  # fmt: skip
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&CTrang &P/&N")


def _guide(book: Workbook) -> None:
    sheet = book.add_worksheet(_GUIDE)
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    bold = book.add_format({"bold": True, "valign": "top"})
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 96)
    for row, step in enumerate(_STEPS):
        sheet.write_string(row, 0, f"{row + 1}.", bold)
        sheet.write_string(row, 1, step, wrap)
    for row, (decision, word) in enumerate(WORDS.items(), len(_STEPS) + 1):
        sheet.write_string(row, 0, word, bold)
        sheet.write_string(row, 1, MEANINGS[decision], wrap)
