"""Files such as people send, built on the spot."""

import io
import random
import zipfile

from pypdf import PdfWriter

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 64
JPEG = b"\xff\xd8\xff\xe1\x00\x10Exif\x00\x00" + b"\x11" * 400
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 64
EXE = b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 500
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def pdf(
    pages: int = 1, *, password: str | None = None, owner: str | None = None, weight: int = 0
) -> bytes:
    """A PDF of at least `weight` bytes; with `password` nobody opens it, with `owner` alone
    printing is forbidden.
    """
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if weight:
        writer.add_attachment("weight", random.Random(weight).randbytes(weight))
    if password is not None or owner is not None:
        writer.encrypt(password or "", owner, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def office(main: str, *others: str) -> bytes:
    """An Office file whose main part is `main`, such as `word/document.xml`."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("[Content_Types].xml", main, *others):
            archive.writestr(name, "<x/>")
    return out.getvalue()


def damaged_archive() -> bytes:
    """An archive whose only part cannot be unpacked."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    content = bytearray(out.getvalue())
    start = content.index(b"mimetype") + len("mimetype")
    content[start : start + 6] = b"\xff" * 6
    return bytes(content)


def old_word() -> bytes:
    """The beginning of a Word 97 file with its directory entry."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "WordDocument".encode("utf-16-le")
