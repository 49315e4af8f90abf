"""How the trail is sealed: what is digested, in which order, and what a difference means. Pure.

A row's leaf is its id (16 bytes) and the SHA-256 of its columns as a JSON array of strings and
nulls in the canonical form of RFC 8785. A seal is such an array as well, so that anybody can
compute both anew from a copy of the tables; decision 80 gives the columns and their spelling.
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec

LEAF_BYTES = 48
NO_SEAL = bytes(32)
NOWHERE = (0, str(UUID(int=0)))
LEAST_MONTHS = 12  # QCVN 12:2026/BCA
_VERSION = "motcua trail seal 1"
_ID_BYTES = 16

Row = Sequence[str | None]


class Seal(msgspec.Struct, frozen=True, kw_only=True):
    """One batch of rows sealed (niêm phong): those after one position up to another.

    A position is a transaction's number in its cluster and a row's id. Moments are texts in UTC
    with microseconds, `2026-11-23T02:30:00.000000Z`.
    """

    seq: int  # from 1, without a gap
    previous: bytes  # digest of the seal before, NO_SEAL before the first
    cluster: int
    after_tx: int
    after_id: str
    to_tx: int
    to_id: str
    rows: int
    total: int  # rows sealed so far, these included
    first_at: str
    last_at: str
    sealed_at: str
    leaves: bytes  # SHA-256 over the leaves of the rows, in the order of their positions
    public_key: bytes  # Ed25519

    @property
    def after(self) -> tuple[int, str]:
        """The position its rows begin after."""
        return self.after_tx, self.after_id

    @property
    def to(self) -> tuple[int, str]:
        """The position of its last row."""
        return self.to_tx, self.to_id


class Drop(msgspec.Struct, frozen=True, kw_only=True):
    """Whole seals whose rows were old enough to go (hết thời hạn lưu)."""

    first_seq: int
    last_seq: int
    months: int
    dropped_at: str


class Difference(NamedTuple):
    """A row that is not as it was sealed: `changed`, `removed` or `inserted`."""

    what: str
    row_id: UUID


def leaf(row: Row) -> bytes:
    """A row's leaf; its first column is its id."""
    assert row[0] is not None
    identity = bytes.fromhex(row[0].replace("-", ""))
    return identity + hashlib.sha256(msgspec.json.encode(row)).digest()


def digest_over(leaves: bytes) -> bytes:
    """SHA-256 over the leaves of a batch."""
    return hashlib.sha256(leaves).digest()


def digest_of(seal: Seal) -> bytes:
    """SHA-256 of a seal's canonical form: what is signed, and what the next seal names."""
    return hashlib.sha256(_canonical(_VERSION, seal)).digest()


def signed_of(drop: Drop) -> bytes:
    """The canonical form of a drop, as it is signed."""
    return _canonical("motcua trail drop 1", drop)


def differences(kept: bytes, found: bytes) -> Iterator[Difference]:
    """Every row whose leaf differs between what was sealed and what is there."""
    if kept == found:
        return
    was, now = _leaves(kept), _leaves(found)
    for identity in was.keys() | now.keys():
        if was.get(identity) != now.get(identity):
            what = "inserted" if identity not in was else "changed"
            yield Difference(what if identity in now else "removed", UUID(bytes=identity))


def short(digest: bytes) -> str:
    """The first 80 bits of a digest in groups of four, to compare by eye or over the telephone."""
    text = digest.hex()[:20]
    return " ".join(text[n : n + 4] for n in range(0, 20, 4))


def _leaves(text: bytes) -> dict[bytes, bytes]:
    parts = (text[n : n + LEAF_BYTES] for n in range(0, len(text), LEAF_BYTES))
    return {part[:_ID_BYTES]: part[_ID_BYTES:] for part in parts}


def _canonical(version: str, record: msgspec.Struct) -> bytes:
    values = msgspec.structs.astuple(record)
    said = [value.hex() if isinstance(value, bytes) else str(value) for value in values]
    return msgspec.json.encode([version, *said])
