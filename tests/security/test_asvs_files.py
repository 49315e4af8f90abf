"""Files made to harm: archives and pictures that grow, entities, programs, names, formulas."""

import io
import struct
import zipfile
from pathlib import Path

import pytest

from app.doors.csv_answer import csv_of
from storage import archives, inspect, pictures
from storage.kinds import ALLOWED
from storage.shapes import FileRefused
from tests.storage import samples

LIMIT = 20 * 1024 * 1024
BOMB = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
THIEF = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'


def refused(folder: Path, content: bytes, name: str) -> str:
    """Why a file is not taken."""
    path = folder / "upload"
    path.write_bytes(content)
    with pytest.raises(FileRefused) as caught:
        inspect.look(path, name, LIMIT)
    return caught.value.code


def docx(**members: str | bytes) -> bytes:
    """A Word document with these members besides its own."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"}.items():
            archive.writestr(name, members.pop(name, text))
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.asvs("5.2.3")
def test_an_archive_that_would_grow_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    grows = bytearray(docx(**{"word/media/a.xml": b"0" * 9}))
    last = grows.rindex(b"PK\x01\x02")
    grows[last + 24 : last + 28] = struct.pack("<I", archives.MOST_UNPACKED + 1)
    assert refused(tmp_path, bytes(grows), "to-khai.docx") == "wrong_extension"
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(archives.MOST_MEMBERS + 1):
            archive.writestr(f"word/{number}", "")
    assert refused(tmp_path, many.getvalue(), "to-khai.docx") == "wrong_extension"
    lying = bytearray(docx())
    at = lying.rindex(b"PK\x05\x06")
    lying[at + 12 : at + 16] = struct.pack("<I", 0xFFFFFFF0)  # A list of four gigabytes.
    assert refused(tmp_path, bytes(lying), "to-khai.docx") == "wrong_extension"
    (tmp_path / "good").write_bytes(docx())
    assert inspect.look(tmp_path / "good", "to-khai.docx", LIMIT).file_name == "to-khai.docx"


@pytest.mark.asvs("1.5.1", "5.2.2")
@pytest.mark.parametrize(
    "text", [BOMB, THIEF, BOMB.encode("utf-16"), b"\xef\xbb\xbf" + THIEF.encode()]
)
def test_a_document_with_entities_is_refused(tmp_path: Path, text: str | bytes) -> None:
    for part in ("word/document.xml", "[Content_Types].xml", "word/_rels/document.xml.rels"):
        assert refused(tmp_path, docx(**{part: text}), "to-khai.docx") == "wrong_extension"


@pytest.mark.asvs("5.2.2", "5.3.2")
@pytest.mark.parametrize(
    "name",
    ["word/vbaProject.bin", "word/VBAPROJECT.BIN", "xl/macrosheets/a.xml", "word/activeX/a.bin",
     "../../etc/cron.d/x", "/etc/passwd", "word\\..\\x", "C:/x"],
)  # fmt: skip
def test_a_document_with_programs_or_outside_paths_is_refused(tmp_path: Path, name: str) -> None:
    assert refused(tmp_path, docx(**{name: b"x"}), "to-khai.docx") == "wrong_extension"


def test_a_document_with_a_link_in_it_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO(docx())
    with zipfile.ZipFile(out, "a") as archive:
        link = zipfile.ZipInfo("word/media/x")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert refused(tmp_path, out.getvalue(), "to-khai.docx") == "wrong_extension"


@pytest.mark.asvs("1.3.4", "1.3.5", "5.2.2")
@pytest.mark.parametrize("name", ["a.svg", "a.html", "a.xml", "a.md", "a.js", "a.png", "a.pdf"])
def test_what_could_run_in_a_browser_is_never_taken(tmp_path: Path, name: str) -> None:
    for content in (
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"<!DOCTYPE html><script>alert(1)</script>",
        b'<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="x"?><x/>',
    ):
        assert refused(tmp_path, content, name) in {"unknown_type", "wrong_extension"}
    texts = [kind.media_type for kind in ALLOWED if "text" in kind.media_type.partition("/")[0]]
    assert texts == [] and "image/svg+xml" not in {kind.media_type for kind in ALLOWED}


@pytest.mark.asvs("5.2.1")
def test_a_picture_of_too_many_dots_is_refused(tmp_path: Path) -> None:
    png = samples.PNG[:16] + struct.pack(">II", 50_000, 50_000) + samples.PNG[24:]
    assert refused(tmp_path, png, "anh.png") == "too_many_dots"
    frame = b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", 65_000, 65_000) + b"\x03" + b"\0" * 20
    jpeg = b"\xff\xd8\xff\xe0\x00\x10JFIF\0" + b"\0" * 9 + frame
    assert refused(tmp_path, jpeg, "anh.jpg") == "too_many_dots"
    modest = jpeg.replace(struct.pack(">HH", 65_000, 65_000), b"\x10\0\x10\0")
    assert pictures.dots(modest) == 4096**2
    for broken in (
        b"",
        b"\xff\xd8",
        b"\xff\xd8" + b"\xff" * 9,
        b"\xff\xd8\xff\xe0\0\0" * 9,
        png[:20],
    ):
        assert pictures.dots(broken) == 0


@pytest.mark.asvs("1.1.2", "1.3.3")
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＠", "  =", " \t="])
def test_a_spreadsheet_runs_nothing_somebody_typed(start: str) -> None:
    cell = f'{start}cmd|"/c calc"!A1'
    text = csv_of([[cell, "Lê An", 7]]).decode("utf-8-sig")
    assert text.startswith(("'", "\"'"))
    assert text.rstrip("\r\n").endswith("Lê An,7")
