"""What the storage room hands out, and the troubles it knows."""

from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

import msgspec

Scan = Literal["clean", "unscanned"]
UploadState = Literal["open", "checking", "present", "refused", "abandoned", "expired"]


class _Row(msgspec.Struct, frozen=True, kw_only=True):
    """A struct that takes from a row of the database the columns it names."""

    @classmethod
    def of(cls, row: Any) -> Self:
        """The struct of one row, which may have more columns."""
        return cls(**{name: row[name] for name in cls.__struct_fields__})


class StoredObject(_Row, frozen=True, kw_only=True):
    """A file in the tenant's store: inspected, digested, with a row of its own."""

    id: UUID
    key: str
    sha256: bytes  # 32 bytes
    size: int  # bytes
    media_type: str
    file_name: str
    scan: Scan
    owner: str
    stored_at: datetime

    @property
    def digest(self) -> str:
        """SHA-256 in hexadecimal, as people compare it."""
        return self.sha256.hex()


class Upload(_Row, frozen=True, kw_only=True):
    """A file on its way in (tệp đang tải lên)."""

    id: UUID
    owner: str
    target: str
    slot: str
    file_name: str
    size: int  # bytes announced
    state: UploadState
    object_id: UUID | None
    refusal: str | None
    created_at: datetime
    expires_at: datetime

    @property
    def unfinished(self) -> bool:
        """Whether bytes or checks are still outstanding."""
        return self.state in {"open", "checking"}


class Stat(msgspec.Struct, frozen=True):
    """What a store knows of an object: its size in bytes."""

    size: int


class FileRefused(Exception):
    """A file that cannot be taken; `code` says why, in a word the caller turns into a sentence.

    Codes: empty, too_large, unknown_type, wrong_extension, encrypted, broken, no_pages, infected,
    unwanted, too_many, too_many_dots.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class StoreUnavailable(Exception):
    """The object store or the staging disk does not answer now; trying later is right."""


class ObjectMissing(Exception):
    """The store holds nothing under this key."""


class UploadMissing(Exception):
    """No such upload, or not this owner's, or no longer open: all look the same."""


class UploadBusy(Exception):
    """Another request is working on this upload at this moment."""


class WrongOffset(Exception):
    """The sender and we disagree how many bytes are here; `offset` is the truth."""

    def __init__(self, offset: int) -> None:
        self.offset = offset
        super().__init__(str(offset))
