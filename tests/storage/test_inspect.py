"""Files looked at before they are stored."""

import hashlib
from pathlib import Path

import pytest

from storage import inspect, pdf
from storage.shapes import FileRefused
from tests.storage import samples

LIMIT = 20 * 1024 * 1024
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def put(folder: Path, content: bytes) -> Path:
    path = folder / "upload"
    path.write_bytes(content)
    return path


def refusal(folder: Path, content: bytes, name: str, limit: int = LIMIT) -> str:
    with pytest.raises(FileRefused) as caught:
        inspect.look(put(folder, content), name, limit)
    return caught.value.code


@pytest.mark.asvs("5.2.2")
@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (samples.pdf(), "Giấy khai sinh.pdf", "application/pdf"),
        (b"\xef\xbb\xbf" + samples.pdf(), "a.pdf", "application/pdf"),
        (samples.JPEG, "IMG_0001.JPG", "image/jpeg"),
        (samples.PNG, "anh.png", "image/png"),
        (samples.HEIC, "IMG_0002.heic", "image/heic"),
        (samples.office("word/document.xml"), "Tờ khai.docx", DOCX),
        (samples.office("xl/workbook.xml"), "bang.xlsx", XLSX),
        (samples.old_word(), "To khai.doc", "application/msword"),
    ],
)
def test_honest_files_are_taken_with_their_true_type(
    tmp_path: Path, content: bytes, name: str, media_type: str
) -> None:
    found = inspect.look(put(tmp_path, content), name, LIMIT)
    assert (found.media_type, found.file_name, found.size) == (media_type, name, len(content))
    assert found.sha256 == hashlib.sha256(content).digest()


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"", "anh.jpg") == "empty"


@pytest.mark.asvs("5.2.1")
def test_one_byte_above_the_limit_is_refused(tmp_path: Path) -> None:
    content = samples.JPEG.ljust(1025, b"\0")
    assert refusal(tmp_path, content, "anh.jpg", limit=1024) == "too_large"
    assert inspect.look(put(tmp_path, content[:1024]), "anh.jpg", 1024).size == 1024


@pytest.mark.asvs("5.2.2")
def test_a_program_named_pdf_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, samples.EXE, "don-xin.pdf") == "wrong_extension"


def test_a_program_under_its_own_name_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, samples.EXE, "setup.exe") == "unknown_type"
    with pytest.raises(FileRefused, match="unknown_type"):
        inspect.check_name("setup.exe")


def test_a_program_hidden_by_a_right_to_left_mark_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, samples.EXE, "don\u202efdp.exe") == "unknown_type"


def test_a_picture_named_pdf_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, samples.PNG, "anh.pdf") == "wrong_extension"


@pytest.mark.asvs("5.2.2")
def test_a_page_of_text_that_mentions_a_pdf_is_no_pdf(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"<html>%PDF-1.7</html>", "trang.pdf") == "wrong_extension"


@pytest.mark.parametrize("content", [samples.office("other.xml"), b"PK\x03\x04 not an archive"])
def test_an_archive_named_docx_is_refused(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path, content, "to-khai.docx") == "wrong_extension"


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, samples.damaged_archive(), "to-khai.odt") == "wrong_extension"


def test_a_document_with_macros_is_refused(tmp_path: Path) -> None:
    content = samples.office("word/document.xml", "word/vbaProject.bin")
    assert refusal(tmp_path, content, "to-khai.docx") == "wrong_extension"


@pytest.mark.parametrize(
    "content", [samples.pdf(password="mat-khau"), samples.pdf(owner="chu-so-huu")]
)
def test_an_encrypted_pdf_is_refused(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path, content, "don.pdf") == "encrypted"


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7\n", b"%PDF-1.7\n" + b"\x00\xff" * 5000, samples.pdf()[:100]]
)
def test_a_broken_pdf_is_refused(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path, content, "don.pdf") == "broken"


def test_a_pdf_without_pages_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, samples.pdf(pages=0), "don.pdf") == "no_pages"


def test_a_pdf_that_keeps_its_reader_busy_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path, samples.pdf())
    with pytest.raises(FileRefused, match="broken"):
        pdf.check(path, seconds=-1)
    assert pdf.check(path) == 1


def test_a_camera_picture_without_extension_gets_one(tmp_path: Path) -> None:
    assert inspect.look(put(tmp_path, samples.JPEG), "image", LIMIT).file_name == "image.jpg"
