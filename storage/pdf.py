"""Whether a PDF can be opened by anyone who gets it, decided without trusting the file."""

import io
import time
from pathlib import Path

from pypdf import PdfReader

from storage.shapes import FileRefused

SECONDS = 20


class _TooSlow(Exception):
    """The file keeps its reader busy for longer than any honest one does."""


class _Hurried(io.BytesIO):
    """The file's bytes for a reader that must be done by a deadline.

    A thread cannot be stopped from outside, but a parser going round in circles keeps reading.
    """

    def __init__(self, content: bytes, seconds: float) -> None:
        super().__init__(content)
        self._deadline = time.monotonic() + seconds

    def read(self, size: int | None = -1, /) -> bytes:
        if time.monotonic() > self._deadline:
            raise _TooSlow
        return super().read(size)


def check(path: Path, seconds: float = SECONDS) -> int:
    """The number of pages; raises FileRefused as encrypted, broken or no_pages. Blocks.

    A PDF that only forbids printing counts as encrypted too: it can be neither stamped nor kept.
    """
    try:
        reader = PdfReader(_Hurried(path.read_bytes(), seconds))
        encrypted = reader.is_encrypted
        pages = 0 if encrypted else len(reader.pages)
    except Exception as error:
        # A parser fed with rubbish fails in every way there is; each means the same to a person.
        raise FileRefused("broken") from error
    if encrypted:
        raise FileRefused("encrypted")
    if not pages:
        raise FileRefused("no_pages")
    return pages
