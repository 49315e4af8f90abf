"""The kinds of file a dossier may hold, as data, and how each is told by its bytes.

The decision is made on content; the name only has to agree with it. Each kind is one that an
officer's machine can open and that keeps no program in it.
"""

import zipfile
from pathlib import Path
from typing import NamedTuple

from storage import archives

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis"}


class Kind(NamedTuple):
    """One kind of file: its media type and the extensions people give it."""

    media_type: str
    extensions: tuple[str, ...]


PDF = Kind("application/pdf", ("pdf",))
JPEG = Kind("image/jpeg", ("jpg", "jpeg", "jpe", "jfif"))
PNG = Kind("image/png", ("png",))
HEIC = Kind("image/heic", ("heic", "heif"))
DOCX = Kind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",))
XLSX = Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",))
ODT = Kind("application/vnd.oasis.opendocument.text", ("odt",))
DOC = Kind("application/msword", ("doc",))
XLS = Kind("application/vnd.ms-excel", ("xls",))
ALLOWED = (PDF, JPEG, PNG, HEIC, DOCX, XLSX, ODT, DOC, XLS)

_SIGNATURES = ((b"%PDF-", PDF), (b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG))
# An old Office file names its main stream in UTF-16 in its directory.
_OLE_STREAMS = {"WordDocument": DOC, "Workbook": XLS}


def sniff(path: Path) -> Kind | None:
    """The allowed kind the bytes at `path` are of, or None. Blocks; call it in a thread."""
    with path.open("rb") as file:
        head = file.read(4096)
    if head[4:8] == b"ftyp":
        return HEIC if head[8:12] in _HEIC_BRANDS else None
    if head.startswith(b"PK\x03\x04"):
        return _inside_zip(path)
    if head.startswith(_OLE):
        return _inside_ole(path)
    # Some programs put a byte order mark or an empty line before the PDF's own first line.
    bare = head.lstrip(b"\xef\xbb\xbf\r\n\t ")
    return next((kind for start, kind in _SIGNATURES if bare.startswith(start)), None)


def _inside_zip(path: Path) -> Kind | None:
    """Office files are archives; their parts say which."""
    try:
        if not archives.is_sound(path):
            return None
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
                return ODT if archive.read("mimetype") == ODT.media_type.encode() else None
    except Exception:
        # A damaged archive fails its reader in every way there is; each means the same.
        return None
    if "[Content_Types].xml" not in names:
        return None
    if "word/document.xml" in names:
        return DOCX
    return XLSX if "xl/workbook.xml" in names else None


def _inside_ole(path: Path) -> Kind | None:
    content = path.read_bytes()
    return next(
        (kind for name, kind in _OLE_STREAMS.items() if name.encode("utf-16-le") in content), None
    )
