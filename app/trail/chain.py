"""One seal after the other: what does not follow from the one before."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple
from uuid import UUID

import msgspec

from app.trail import rules
from app.trail.rules import NO_SEAL, NOWHERE, Seal
from app.trail.signing import signed


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is not as it was sealed. `seq` 0: no one seal is meant."""

    what: str  # a key of WORDS
    seq: int = 0
    row_id: UUID | None = None
    more: str = ""

    @property
    def line(self) -> str:
        """The finding in one line, for operators."""
        where = f"seal {self.seq}: " if self.seq else ""
        row = f"row {self.row_id} " if self.row_id else ""
        return f"{where}{row}{WORDS[self.what]}{self.more and f' ({self.more})'}"


WORDS = {
    "changed": "was changed",
    "removed": "was removed",
    "inserted": "was inserted",
    "backdated": "is dated long before the rows sealed before it",
    "batch_changed": "its rows are not those that were sealed",
    "leaves_changed": "the list of its rows was changed or removed",
    "seal_removed": "the seal was removed",
    "seal_changed": "the seal was changed",
    "not_ours": "the seal is not signed by this tenant's key",
    "chain_broken": "it does not follow from the seal before",
    "head_differs": "it is not the seal that was published",
    "tail_cut": "seals after it were published and are gone",
    "drop_unlawful": "rows were taken away without right",
    "late": "rows wait for a seal for too long",
    "guard": "the application may do more than add rows",
}


class SealRow(NamedTuple):
    """A seal as it is stored."""

    seal: Seal
    digest: bytes
    signature: bytes


class Chain:
    """Follows the seals in their order and says what does not fit."""

    def __init__(self, keys: Collection[bytes], first: int) -> None:
        self._keys = keys
        # A part of the chain is judged from its second seal on; the first one is only signed.
        self._before: SealRow | None = None
        self._from_start = first == 1
        self._next = first
        self.places: dict[int, Seal] = {}

    def follow(self, row: SealRow, published: Mapping[int, Collection[bytes]]) -> list[Finding]:
        """What is wrong with the next seal."""
        seal, wrong = row.seal, list(self._gap(row.seal.seq))
        if rules.digest_of(seal) != row.digest:
            wrong.append(Finding(what="seal_changed", seq=seal.seq))
        elif not signed(row.digest, row.signature, seal.public_key, self._keys):
            wrong.append(Finding(what="not_ours", seq=seal.seq))
        if not wrong and not self._follows(seal):
            wrong.append(Finding(what="chain_broken", seq=seal.seq))
        if row.digest not in published.get(seal.seq, (row.digest,)):
            wrong.append(Finding(what="head_differs", seq=seal.seq))
        self._before, self._next = row, seal.seq + 1
        self.places[seal.cluster] = seal
        return wrong

    def _gap(self, seq: int) -> Iterator[Finding]:
        for missing in range(self._next, min(seq, self._next + 100)):
            yield Finding(what="seal_removed", seq=missing)

    def _follows(self, seal: Seal) -> bool:
        place = self.places.get(seal.cluster)
        if self._before is None:
            at_start = seal.previous == NO_SEAL and seal.total == seal.rows
            return not self._from_start or (at_start and seal.after == NOWHERE)
        if place is None and not self._from_start:
            place_fits = True
        else:
            place_fits = seal.after == (place.to if place else NOWHERE)
        before = self._before
        total_fits = seal.total == before.seal.total + seal.rows
        return place_fits and total_fits and seal.previous == before.digest


def named(seq: int, kept: bytes | None, found: bytes, sealed: bytes) -> Iterable[Finding]:
    """What differs in one batch: `kept` are the leaves stored beside it, `found` those of the rows
    that are there, `sealed` the digest in the seal itself."""
    whole = kept is not None and rules.digest_over(kept) == sealed
    if not whole:
        yield Finding(what="leaves_changed", seq=seq)
    if rules.digest_over(found) == sealed:
        return
    if kept is None or not whole:
        yield Finding(what="batch_changed", seq=seq)
        return
    for one in rules.differences(kept, found):
        yield Finding(what=one.what, seq=seq, row_id=one.row_id)
