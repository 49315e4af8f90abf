"""Verifying the trail: every row against its seal, every seal against the one before.

Memory is bounded: one batch is looked at at a time, read from any copy of the database, also one
that was restored for a drill.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

import asyncpg
import msgspec

from app.trail import rules, signing
from app.trail.chain import Chain, Finding, SealRow, named
from app.trail.guard import guard_faults
from app.trail.lapsing import Lapsed
from app.trail.rows import COLUMNS, SEAL_COLUMNS, seal_of
from app.trail.rules import Seal
from infra.clock import now
from tenants import db

Fetch: TypeAlias = Callable[..., Awaitable[Sequence[asyncpg.Record]]]
# How far a row may be dated before those sealed before it: the longest transaction, generously.
_EARLIER = timedelta(hours=1)
_LATE = timedelta(minutes=10)
_PAGE = 5000
_SEALS = 20
MOST = 1000

# Served by the primary keys and trail_by_position.
_SEALS_PAGE = f"""
select {SEAL_COLUMNS}, (select l.leaves from trail_leaf l where l.seq = s.seq) as kept
from trail_seal s where seq between $1 and $2 order by seq limit $3
"""  # noqa: S608
_ROWS = f"""
select {COLUMNS} from trail
where cluster = $1 and (tx, id) > ($2, $3::text::uuid) and (tx, id) <= ($4, $5::text::uuid)
order by trail.tx, trail.id limit $6
"""  # noqa: S608
_HEAD = "select max(seq) as seq from trail_seal"
_UNSEALED = """
with recursive place (cluster) as (
    (select cluster from trail order by cluster limit 1)
    union all
    select (select t.cluster from trail t where t.cluster > p.cluster order by t.cluster limit 1)
    from place p where p.cluster is not null)
select count(*) as rows, min(t.at) as since from place p left join lateral (
    select to_tx, to_id from trail_seal
    where cluster = p.cluster order by seq desc limit 1) s on true
join trail t on t.cluster = p.cluster
 and (t.tx, t.id) > (coalesce(s.to_tx, $1), coalesce(s.to_id, $2::uuid))
"""


class Published(NamedTuple):
    """What the control plane knows of a tenant's seals: digests by number, and the newest number;
    `of` gives those of a range."""

    newest: int
    of: Callable[[int, int], Awaitable[Mapping[int, Collection[bytes]]]]


class Verdict(msgspec.Struct, kw_only=True):
    """What a verification found; `findings` are the first MOST, `faults` all of them."""

    seals: int = 0
    rows: int = 0
    dropped: int = 0  # seals whose rows were old enough to go
    unsealed: int = 0
    head: int = 0
    digest: bytes = b""
    faults: int = 0
    findings: list[Finding] = []

    @property
    def whole(self) -> bool:
        """Whether nothing was changed, removed or inserted (nhật ký nguyên vẹn)."""
        return self.faults == 0

    def add(self, found: Collection[Finding]) -> None:
        """Keep what was found, as far as there is room for it."""
        self.faults += len(found)
        self.findings += list(found)[: max(0, MOST - len(self.findings))]


async def verify(
    fetch: Fetch | None = None,
    *,
    keys: Collection[bytes] | None = None,
    published: Published | None = None,
    first: int = 1,
    last: int | None = None,
    at: datetime | None = None,
) -> Verdict:
    """Look through the seals from `first` to `last` and all their rows.

    `fetch` reads the database (asyncpg's call), the current tenant's own when left out; `keys` are
    the public keys to be trusted, the current tenant's when left out; `published` are the heads in
    the control plane (`app.trail.heads.published`), not compared when left out. `at` is when the
    database stood like this, where that is long ago: what waited for its seal then is not late.
    """
    read: Fetch = fetch or db.tenant.fetch
    trusted = keys if keys is not None else [signing.public_key()]
    lapsed = await Lapsed.read(read, trusted)
    verdict = await _look(read, Chain(trusted, first), lapsed, published, (first, last))
    later = await Lapsed.read(read, trusted)
    if verdict.faults and later != lapsed:
        # Rows that were taken away meanwhile, and with right, looked like removed ones.
        verdict = await _look(read, Chain(trusted, first), later, published, (first, last))
    if last is None:
        verdict.add(await _tail(read, verdict, published, at or now()))
    return verdict


async def _look(
    read: Fetch,
    chain: Chain,
    lapsed: Lapsed,
    published: Published | None,
    span: tuple[int, int | None],
) -> Verdict:
    verdict = Verdict()
    verdict.add(lapsed.faults)
    async for row, kept, there in _seals(read, *span, published):
        before = chain.places.get(row.seal.cluster)
        verdict.add(chain.follow(row, there))
        rows = await _rows(read, row.seal)
        verdict.add(_batch(row.seal, kept, rows, before, lapsed))
        verdict.seals, verdict.rows = verdict.seals + 1, verdict.rows + len(rows)
        verdict.dropped += lapsed.covers(row.seal.seq)
        verdict.head, verdict.digest = row.seal.seq, row.digest
    return verdict


async def _seals(
    read: Fetch, first: int, last: int | None, published: Published | None
) -> AsyncIterator[tuple[SealRow, bytes | None, Mapping[int, Collection[bytes]]]]:
    (head,) = await read(_HEAD)
    upto = min(last or head["seq"] or 0, head["seq"] or 0)
    while first <= upto:
        page = await read(_SEALS_PAGE, first, upto, _SEALS)
        if not page:
            return
        there = await published.of(first, page[-1]["seq"]) if published else {}
        for row in page:
            yield SealRow(seal_of(row), row["digest"], row["signature"]), row["kept"], there
        first = page[-1]["seq"] + 1


async def _rows(read: Fetch, seal: Seal) -> list[tuple[Any, ...]]:
    """The rows there are between the seal's two positions; a batch of them, more when somebody
    put them there."""
    found: list[tuple[Any, ...]] = []
    after = seal.after
    while True:
        page = await read(_ROWS, seal.cluster, *after, *seal.to, _PAGE)
        found += [tuple(row) for row in page]
        if len(page) < _PAGE:
            return found
        after = int(found[-1][-1]), found[-1][0]


def _batch(
    seal: Seal,
    kept: bytes | None,
    rows: Sequence[tuple[Any, ...]],
    before: Seal | None,
    lapsed: Lapsed,
) -> list[Finding]:
    if lapsed.covers(seal.seq):
        return lapsed.judge(seal, [row[0] for row in rows])
    found = b"".join(map(rules.leaf, rows))
    return [*named(seal.seq, kept, found, seal.leaves), *_backdated(seal, rows, before)]


def _backdated(seal: Seal, rows: Sequence[tuple[Any, ...]], before: Seal | None) -> list[Finding]:
    if before is None:
        return []
    least = datetime.fromisoformat(before.last_at) - _EARLIER
    if datetime.fromisoformat(seal.first_at) >= least:
        return []
    told = f"{least:%Y-%m-%dT%H:%M:%S.%fZ}"
    return [
        Finding(what="backdated", seq=seal.seq, row_id=UUID(row[0]))
        for row in rows
        if row[1] < told
    ]


async def unsealed(fetch: Fetch) -> int:
    """How many rows no seal covers yet."""
    (row,) = await fetch(_UNSEALED, *rules.NOWHERE)
    return int(row["rows"])


async def _tail(
    read: Fetch, verdict: Verdict, published: Published | None, at: datetime
) -> list[Finding]:
    """What is wrong after the last seal."""
    (row,) = await read(_UNSEALED, *rules.NOWHERE)
    verdict.unsealed = row["rows"]
    found = await guard_faults(read)
    if row["since"] and row["since"] < at - _LATE:
        found.append(Finding(what="late", more=f"{row['rows']} rows since {row['since']:%F %T}Z"))
    if published and published.newest > verdict.head:
        found.append(Finding(what="tail_cut", seq=verdict.head, more=f"up to {published.newest}"))
    return found
