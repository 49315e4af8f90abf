"""Every form on paper: as the page an officer prints, and as the PDF that is kept."""

import html
import re
import shutil
import subprocess
import unicodedata
from datetime import date
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from pypdf import PdfReader

from app.doors import render
from app.doors.desk.slips import print_page
from app.onestop.slips import pdf, source
from app.onestop.slips.filling import frame
from app.onestop.slips.layout import Values
from app.onestop.slips.printing import Print, copies_of
from app.onestop.slips.queries import view_of
from app.onestop.slips.shapes import SlipPerson, SupplementLine
from tests.onestop.slips.made import CODE, EVENING, VERSION, papers, slip

ISSUED = ["01", "02", "03", "04", "05"]
ALL = [*ISSUED, "06", "07"]
CSS = Path(__file__).parents[3] / "app/doors/static/css"
A5, A4_ACROSS = (420, 595), (842, 595)
LONG_NAME = "Công ty trách nhiệm hữu hạn một thành viên Tư vấn, Thiết kế và Xây dựng " * 3
MARKUP = '#panic() $x^2$ *đậm* _nghiêng_ <b>đậm</b> <script>alert(1)</script> {code} \\ @a [b] "c"'


def _drawn(form: str, rows: int = 3) -> Print:
    """Forms 06 and 07, which are drawn from rows and not from a slip."""
    document = source.document(form, VERSION)
    words = dict.fromkeys(source_words(form), "") | frame(
        document, "Ủy ban nhân dân phường Quy Nhơn", "Bộ phận Tiếp nhận và Trả kết quả",
        "Bình Định", EVENING,
    )  # fmt: skip
    said = {"code": CODE, "procedure": "Đăng ký khai sinh", "applicant_name": "Bùi Thị Ngọc",
            "mark": "Đúng hạn", "first_day": "01/11/2026", "last_day": "30/11/2026",
            "year": "2026", "total": str(rows), "printed_by": "Nguyễn Thị Lan"}  # fmt: skip
    words |= {name: text for name, text in said.items() if name in words}
    tables = {name: [_row(keys, n) for n in range(1, rows + 1)] for name, keys in _tables(form)}
    return Print(
        form=form, title=f"{document.name} {CODE}", size=document.size,
        landscape=document.landscape, made_on=EVENING.date(),
        copies=copies_of(document, Values(words=words, tables=tables)),
        bar_svg=view_of(slip()).bar_svg, bar_digits="0784047105783542611200000709",
    )  # fmt: skip


def source_words(form):
    from app.onestop.slips.known import WORDS

    return WORDS[form]


def _tables(form):
    from app.onestop.slips.known import TABLES

    return TABLES[form].items()


def _row(keys, n):
    texts = {
        "n": str(n), "code": f"H08.21583-261120-{n:04}", "procedure": "Đăng ký khai sinh",
        "applicant": "Nguyễn Thị Phương Thảo", "sets": "01", "signed": "",
        "contact": "25 Nguyễn Huệ, phường Quy Nhơn, 0905 000 301", "way": "Bưu chính công ích",
        "agency": "Ủy ban nhân dân phường Quy Nhơn", "giver": "Nguyễn Thị Lan, Cán bộ tiếp nhận",
        "receiver": "Phạm Thị Hoa, Công chức tư pháp - hộ tịch", "mark": "Đúng hạn",
        "at": "09 giờ 30 phút, ngày 23/11/2026", "note": "Thẩm định",
    }  # fmt: skip
    return {key: texts.get(key, "23/11/2026") for key in keys}


def _print(form: str, **changes) -> Print:
    return _drawn(form) if form in ("06", "07") else view_of(slip(form, **changes))


def _page(shown: Print) -> str:
    return print_page(shown, "/").content.decode()


def _plain(text: str) -> str:
    """What is there to read, whatever the case and the spaces."""
    visible = unicodedata.normalize("NFC", text).replace("\N{ZERO WIDTH SPACE}", "")
    return "".join(visible.split()).casefold()


def _read(shown: Print) -> PdfReader:
    return PdfReader(BytesIO(pdf.draw(shown)))


def _pdf_text(shown: Print) -> str:
    return _plain("".join(page.extract_text() for page in _read(shown).pages))


def _page_text(shown: Print) -> str:
    sheets = _page(shown).partition("<main>")[2].partition("</main>")[0]
    return _plain(html.unescape(re.sub(r"<svg.*?</svg>|<[^>]*>", "", sheets, flags=re.S)))


def _texts(shown: Print) -> list[str]:
    """Every text the layout says is to be read."""
    found: list[str] = []

    def walk(value: object, key: str = "") -> None:
        if isinstance(value, dict):
            for name, inner in value.items():
                walk(inner, name)
        elif isinstance(value, list):
            for inner in value:
                walk(inner, key)
        elif isinstance(value, str) and key not in ("kind", "style", "align", "only_if"):
            found.append(value)

    for copy in shown.copies:
        walk(msgspec.to_builtins(copy.blocks))
    return [text for text in found if text]


@pytest.mark.parametrize("form", ALL)
def test_page_and_pdf_say_all_and_the_same(form):
    shown = _print(form)
    page, paper = _page_text(shown), _pdf_text(shown)
    texts = _texts(shown)
    assert len(texts) > 15
    for text in texts:
        assert _plain(text) in page, text
        assert _plain(text) in paper, text
    for text in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"):
        assert _plain(text) in page and _plain(text) in paper


@pytest.mark.parametrize("form", ISSUED)
def test_what_a_person_typed_is_printed_and_never_obeyed(form):
    person = SlipPerson(name=MARKUP, address=MARKUP, phone="0905 000 301", email="")
    shown = _print(form, applicant=person, request=MARKUP)
    page = _page(shown)
    assert "<script>alert" not in page and "<b>đậm" not in page
    assert _plain(MARKUP) in _page_text(shown)
    assert _plain(MARKUP) in _pdf_text(shown)


@pytest.mark.parametrize("form", ISSUED)
def test_what_is_not_known_is_a_dotted_line(form):
    shown = _print(form, applicant=SlipPerson(name="Trần Văn Hùng"))
    sheets = _page(shown)
    assert sheets.count('class="dots"') >= 2 * len(shown.copies)
    full = _print(form)
    assert _pdf_text(shown).count(".") > _pdf_text(full).count(".") + 40


@pytest.mark.parametrize("form", ISSUED)
def test_each_copy_is_one_page_of_a5(form):
    pages = _read(_print(form)).pages
    assert [_size(page) for page in pages] == [A5, A5]


def test_thirty_papers_go_on_over_the_page_with_numbers_and_headings():
    shown = view_of(slip("01", papers=papers(30), applicant=SlipPerson(name=LONG_NAME)))
    pages = [_plain(page.extract_text()) for page in _read(shown).pages]
    assert len(pages) == 4
    assert "trang1/2" in pages[0] and "trang2/2" in pages[1]
    assert "trang1/2" in pages[2] and "trang2/2" in pages[3]
    assert "têngiấytờ" in pages[0] and "giấytờthứ30tronghồsơ" in pages[0] + pages[1]
    assert _plain(LONG_NAME) in pages[0]


def test_words_without_end_stay_on_the_page():
    endless = "a" * 300
    shown = view_of(slip("03", detail=endless, applicant=SlipPerson(name=endless)))
    assert _pdf_text(shown).count(endless) >= 2
    reader = _read(shown)
    found: list[float] = []
    for page in reader.pages:
        page.extract_text(visitor_text=lambda text, _, at, *__: found.append(at[4]))
    assert max(found) < A5[0]


def test_a_code_copied_out_of_the_pdf_is_the_code():
    for form in ALL:
        text = "".join(page.extract_text() for page in _read(_print(form)).pages)
        if form != "07":
            assert CODE in text
    assert "H08.21583-261120-0001" in text


def test_thirty_things_to_supply_keep_their_reasons():
    items = [
        SupplementLine(name=f"Giấy tờ {n}", form="Bản sao", reason=f"Lý do {n}", note=f"Lưu ý {n}")
        for n in range(1, 31)
    ]
    text = _pdf_text(view_of(slip("02", items=items, note="", reply_by=date(2026, 12, 5))))
    for n in (1, 15, 30):
        assert f"giấytờ{n}lưuý{n}" in text and f"lýdo{n}" in text


def test_the_register_lies_across_and_repeats_its_headings():
    pages = _read(_drawn("07", rows=120)).pages
    assert len(pages) > 4
    for number, page in enumerate(pages, 1):
        text = _plain(page.extract_text())
        assert _size(page) == A4_ACROSS
        assert f"trang{number}/{len(pages)}" in text
        assert "cơquanchủtrìgiảiquyết" in text or number == len(pages)


def test_a_replaced_receipt_is_stamped_on_every_page():
    shown = view_of(slip("01", replaced=True, papers=papers(30)))
    for page in _read(shown).pages:
        text = _plain(page.extract_text())
        assert _plain("ĐÃ ĐƯỢC THAY THẾ") in text and _plain("Lý do: Ghi sai tên") in text
    assert _page(shown).count('class="stamp"') == 2
    assert 'class="stamp"' not in _page(view_of(slip("01")))


def test_the_pdf_is_archival_reproducible_and_carries_its_fonts():
    first, second = pdf.draw(view_of(slip("04"))), pdf.draw(view_of(slip("04")))
    assert first == second
    reader = PdfReader(BytesIO(first))
    metadata = reader.xmp_metadata
    assert metadata is not None
    assert 'pdfaid:part="2"' in str(_xmp(reader)) or "<pdfaid:part>2<" in str(_xmp(reader))
    fonts = reader.pages[0]["/Resources"]["/Font"]
    for font in fonts.values():
        below = font.get_object()["/DescendantFonts"][0].get_object()
        descriptor = below["/FontDescriptor"].get_object()
        assert "Libertinus" in descriptor["/FontName"]
        assert any(key in descriptor for key in ("/FontFile2", "/FontFile3"))


def _xmp(reader):
    return reader.trailer["/Root"]["/Metadata"].get_object().get_data().decode()


def test_codes_are_on_the_page_of_who_scans_them():
    page = _page(view_of(slip("01")))
    assert page.count('class="qr"') == 4
    assert page.count('class="code128"') == 2
    assert _page(_drawn("07")).count("<svg") == 0


@pytest.mark.parametrize("form", ALL)
def test_chromium_prints_the_page_on_the_same_paper(form, tmp_path):
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium here to print with")
    reader = PdfReader(BytesIO(printed(chromium, _page(_print(form)), tmp_path)))
    sizes = [_size(page) for page in reader.pages]
    assert sizes == ([A4_ACROSS] if form == "07" else [A5] * len(_print(form).copies))


def printed(chromium: str, page: str, place: Path) -> bytes:
    """The page as Chromium prints it, with our styles in it."""
    style = "".join((CSS / name).read_text() for name in ("print.css", "slips.css"))
    page = re.sub(r'<link rel="stylesheet"[^>]*>', f"<style>{style}</style>", page)
    (place / "slip.html").write_text(re.sub(r"<script.*?</script>", "", page))
    subprocess.run(
        [
            chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
            f"--user-data-dir={place}/profile", f"--print-to-pdf={place}/slip.pdf",
            f"file://{place}/slip.html",
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    return (place / "slip.pdf").read_bytes()


def _size(page) -> tuple[int, int]:
    return round(float(page.mediabox.width)), round(float(page.mediabox.height))


def test_every_template_of_slips_compiles():
    assert "desk/slip.html" in render.warm()
