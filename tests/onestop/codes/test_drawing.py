import re
import xml.etree.ElementTree as ET

import pytest
import segno
from barcode.codex import Code128

from app.onestop.codes.drawing import code128_svg, qr_svg
from app.onestop.codes.rules import number_of

NUMBER = number_of("H08.21583-261122-0007")
URL = "http://binhdinh.localhost:8080/tra-cuu/H08.21583-261122-0007"


def test_a_qr_code_is_drawn_module_for_module() -> None:
    drawing = ET.fromstring(qr_svg(URL, label="Mã QR"))
    path = drawing[0].get("d") or ""
    matrix = [
        list(row) for row in segno.make(URL, error="m", micro=False, boost_error=False).matrix
    ]
    drawn = [[0] * len(matrix) for _ in matrix]
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)", path):
        for step in range(int(width)):
            drawn[int(y)][int(x) + step] = 1
    assert drawn == matrix


def test_a_bar_code_is_drawn_module_for_module() -> None:
    drawing = ET.fromstring(code128_svg(NUMBER, label="Mã vạch"))
    modules = Code128(NUMBER).build()[0]
    drawn = ["0"] * len(modules)
    for x, width in re.findall(r"M(\d+) 0h(\d+)", drawing[0].get("d") or ""):
        drawn[int(x) : int(x) + int(width)] = ["1"] * int(width)
    assert "".join(drawn) == modules


@pytest.mark.parametrize("code", ["000.00.01.H26-261122-0007", "G09.20-20260609-0092637"])
def test_a_bar_code_fits_an_a5_page_at_a_readable_width(code: str) -> None:
    modules = len(Code128(number_of(code)).build()[0]) + 20
    assert modules * 0.25 < 80  # millimetres


def test_a_bar_code_of_letters_is_refused() -> None:
    with pytest.raises(ValueError, match="digits"):
        code128_svg("H08", label="")


def test_a_label_cannot_break_out_of_the_drawing() -> None:
    drawing = ET.fromstring(qr_svg(URL, label='"><script>'))
    assert drawing.get("aria-label") == '"><script>'
