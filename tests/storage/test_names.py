"""File names as phones and computers send them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import names


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Giấy khai sinh.pdf", "Giấy khai sinh.pdf"),
        (unicodedata.normalize("NFD", "Giấy tờ đất.pdf"), "Giấy tờ đất.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\fakepath\\đơn.docx", "đơn.docx"),
        ("..", "tep"),
        ("", "tep"),
        (".pdf", "pdf"),
        ("  hai   khoảng\ttrắng .PDF", "hai khoảng trắng.PDF"),
        ("a\x00b\r\nc.pdf", "ab c.pdf"),
        ("don\u202efdp.exe", "donfdp.exe"),
        ('bản "sao" <1>.pdf', "bản sao 1.pdf"),
        ("ảnh 😀.jpg", "ảnh 😀.jpg"),
        ("tên không có đuôi", "tên không có đuôi"),
    ],
)
def test_a_name_is_kept_as_people_read_it_and_nothing_else(sent: str, kept: str) -> None:
    assert names.clean(sent) == kept


def test_a_name_of_four_hundred_characters_is_cut_before_its_extension() -> None:
    kept = names.clean("ữ" * 400 + ".pdf")
    assert kept.endswith("ữ.pdf")
    assert len(kept.encode()) <= names.LONGEST_BYTES


@pytest.mark.asvs("5.3.2", "1.3.3")
@given(st.text(max_size=500))
def test_no_name_escapes_or_outgrows_its_bounds(sent: str) -> None:
    kept = names.clean(sent)
    assert 1 <= len(kept) <= names.LONGEST
    assert len(kept.encode()) <= names.LONGEST_BYTES
    assert not set(kept) & set('/\\\0\r\n"')
    assert kept not in {".", ".."}
    assert names.clean(kept) == kept


@pytest.mark.asvs("5.4.2", "1.2.1")
@given(st.text(max_size=300))
def test_a_header_made_from_any_name_is_one_plain_line(sent: str) -> None:
    header = names.attachment(names.clean(sent))
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2


def test_an_old_browser_gets_the_name_without_marks() -> None:
    assert names.attachment("Đơn xin.pdf") == (
        "attachment; filename=\"Don xin.pdf\"; filename*=UTF-8''%C4%90%C6%A1n%20xin.pdf"
    )
