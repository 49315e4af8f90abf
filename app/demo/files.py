"""Papers people would photograph or scan, made up on the spot."""

import hashlib
import io
import secrets

from pypdf import PdfWriter


def pdf(title: str, weight: int = 0) -> bytes:
    """A PDF of one empty page and about `weight` bytes; no two are alike."""
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    # Random text in the metadata: a scan's weight without a scan's picture.
    writer.add_metadata({"/Title": title, "/Subject": secrets.token_hex(8 + weight // 2)})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def digest(content: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()
