"""A plain form with files, read as it comes: nothing larger than a chunk is held in memory.

Files go to the staging directory; what a handler does not move away is removed at the end. A file
above the limit is read to its end but not kept, so that the browser sees our answer and not a cut
connection.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec
from litestar.exceptions import InternalServerException
from multipart import (
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
)
from multipart import parse_options_header as options_of

from app.doors.asked import Asked
from app.onestop.papers.refusals import StoreDown
from app.refusals import Malformed, Refusal
from infra.ids import uuid7
from infra.settings import settings
from storage import staging

MOST_FILES = 40
MOST_TEXT = 1_000_000  # bytes of all fields that are not files
BODY_LIMITS = 10  # a form may be this many times the limit of one file


class FormTooLarge(Refusal):
    """More than any honest form holds."""

    status = 413
    code = "form_too_large"
    message = "Nội dung gửi lên quá lớn. Vui lòng gửi ít tệp hơn trong một lần."


class SentFile(msgspec.Struct, kw_only=True):
    """One file of a form; `path` holds its bytes unless it was too large."""

    field: str
    file_name: str
    path: Path
    size: int = 0
    too_large: bool = False


class SentForm(msgspec.Struct):
    """A form's fields, each with every value sent for it, and its files."""

    fields: dict[str, list[str]]
    files: list[SentFile]

    def text(self, name: str, default: str = "") -> str:
        """The first value of a field."""
        return self.fields.get(name, [default])[0]


@asynccontextmanager
async def sent_form(request: Asked) -> AsyncIterator[SentForm]:
    """The form of this request; its files exist until the end of the block.

    The route needs `own_work` and `request_max_body_size=None`. Raises Malformed, FormTooLarge.
    """
    form = SentForm({}, [])
    try:
        await _Reader(form).read(request)
        yield form
    finally:
        for file in form.files:
            await asyncio.to_thread(file.path.unlink, missing_ok=True)


class _Reader:
    """The parser's events put in their places."""

    def __init__(self, form: SentForm) -> None:
        self._form = form
        self._limit = settings().upload_limit_bytes
        self._text = bytearray()
        self._texts = 0
        self._field = ""
        self._file: SentFile | None = None
        self._open: BinaryIO | None = None

    async def read(self, request: Asked) -> None:
        """Read the whole body."""
        kind, options = options_of(request.headers.get("content-type", ""))
        if kind != "multipart/form-data" or "boundary" not in options:
            raise Malformed("Nội dung gửi lên chưa đúng. Ông/bà vui lòng tải lại trang.")
        try:
            with PushMultipartParser(options["boundary"], max_segment_count=400) as parser:
                await self._feed(parser, request)
        except OSError as error:
            raise StoreDown from error
        except (MultipartError, UnicodeDecodeError, InternalServerException):
            raise Malformed("Nội dung gửi lên bị ngắt. Ông/bà vui lòng gửi lại.") from None
        finally:
            if self._open:
                self._open.close()

    async def _feed(self, parser: PushMultipartParser, request: Asked) -> None:
        total = 0
        async for chunk in request.stream():
            total += len(chunk)
            if total > self._limit * BODY_LIMITS:
                raise FormTooLarge
            for event in parser.parse(chunk) if chunk else ():
                if isinstance(event, MultipartSegment):
                    await self._begin(event)
                elif event is None:
                    self._end()
                else:
                    await self._add(event)

    async def _begin(self, segment: MultipartSegment) -> None:
        self._field, self._file = segment.name or "", None
        # A file field left empty comes with an empty name.
        if not segment.filename:
            return
        if len(self._form.files) >= MOST_FILES:
            raise FormTooLarge
        path = staging.folder() / str(uuid7())
        self._file = SentFile(field=self._field, file_name=segment.filename, path=path)
        self._form.files.append(self._file)
        self._open = await asyncio.to_thread(_create, path)

    async def _add(self, data: bytes | bytearray) -> None:
        if self._file is None:
            self._texts += len(data)
            if self._texts > MOST_TEXT:
                raise FormTooLarge
            self._text += data
            return
        self._file.size += len(data)
        self._file.too_large = self._file.size > self._limit
        if not self._file.too_large and self._open:
            await asyncio.to_thread(self._open.write, data)

    def _end(self) -> None:
        if self._file is None:
            text = self._text.decode()
            self._form.fields.setdefault(self._field, []).append(text)
        if self._open:
            self._open.close()
        self._text, self._open = bytearray(), None


def _create(path: Path) -> BinaryIO:
    path.parent.mkdir(0o700, parents=True, exist_ok=True)
    return path.open("xb")
