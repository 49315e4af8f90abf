"""What a backup is (bản sao lưu), as the archive describes it and as the catalogue lists it."""

from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

import msgspec

from infra.archive import ArchiveUnavailable, BlobMissing
from infra.parts import PartDamaged

Kind = Literal["base", "wal", "dump"]


class BackupError(Exception):
    """Something about backups that cannot be done; its text tells the operator why."""


class KeyGone(BackupError):
    """The key of a set was destroyed or never came here: nobody can read the set."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a set is, kept beside it and written last: a set without one does not exist.

    It is enough, with the keys, to restore on a machine that knows nothing else.
    """

    id: UUID
    kind: Literal["base", "dump"]
    cluster: str
    system: str  # the cluster's own identifier, made by initdb
    tenant_id: UUID | None = None
    tenant_slug: str | None = None
    began_at: datetime
    reaches_at: datetime  # base: restorable from here on; dump: the moment of its snapshot
    digests: list[str]  # SHA-256 of each sealed part, in order
    bytes: int  # sealed
    plain_bytes: int
    first_segment: str = ""  # of the write-ahead log a base needs
    server: dict[str, str] = {}  # settings a recovering server has to share, and its version
    schema_version: int = 0  # dump: which migrations the database had
    tables: dict[str, tuple[int, str]] = {}  # dump: rows, and the sum of their digests


class BackupSet(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the catalogue."""

    id: UUID
    kind: Kind
    cluster: str
    tenant_id: UUID | None
    tenant_slug: str | None
    state: str  # running | whole | failed | retired | shredded
    began_at: datetime
    ended_at: datetime | None
    reaches_at: datetime | None
    parts: int
    bytes: int
    first_segment: str | None  # wal: the first file its key seals
    failure: str | None

    @classmethod
    def of(cls, row: Any) -> Self:
        """The line of one row, which may have more columns."""
        return cls(**{name: row[name] for name in cls.__struct_fields__})


class Shredded(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a tenant's backups, for the certificate of its erasure."""

    at: datetime
    own_sets: int  # of the tenant, whose keys were destroyed, now or by a run that was cut short
    shared_sets: int  # of whole clusters, whose keys were destroyed
    fresh_bases: list[UUID]  # taken after the tenant was gone; all restoring begins there


def cause(error: BaseException) -> str:
    """What may be written down of an error: our own words, or only its kind.

    A database's words, and its programs', may quote the row they stumbled over.
    """
    ours = isinstance(error, BackupError | ArchiveUnavailable | BlobMissing | PartDamaged)
    return f"{type(error).__name__}: {error}" if ours and str(error) else type(error).__name__
