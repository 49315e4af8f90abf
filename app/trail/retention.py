"""Letting the oldest rows go after the months decided, whole seals at a time, and saying so."""

import msgspec

from app.people.shapes import SYSTEM
from app.trail import rules, signing
from app.trail.rules import Drop
from app.trail.sealing import told
from app.trail.service import record
from infra.clock import now
from infra.settings import settings
from tenants import db
from tenants.work import work

MOST = 20

# From the oldest seal that still has its rows; the last one of all always stays.
_OLD = """
with first as (select coalesce(max(last_seq), 0) + 1 as seq from trail_drop)
select s.seq, s.last_at < now() - make_interval(months => $1) as old from trail_seal s, first
where s.seq >= first.seq and s.seq < (select max(seq) from trail_seal)
order by s.seq limit $2
"""
_DROP = "select drop_sealed_trail($1, $2, $3, $4::text::timestamptz, $5)"


async def drop_old(most: int = MOST) -> int:
    """Take the rows of at most that many seals away, where the deployment keeps the trail for so
    many months only; how many rows. One transaction, which leaves a row about itself.

    The database judges the age by itself: `drop_sealed_trail` in the schema.
    """
    months = settings().trail_keep_months
    if not months:
        return 0
    async with work():
        old = await _old(months, most)
        if not old:
            return 0
        drop = Drop(first_seq=old[0], last_seq=old[-1], months=months, dropped_at=told(now()))
        signature = signing.sign(rules.signed_of(drop))
        gone: int = await db.tenant.fetch_value(_DROP, *msgspec.structs.astuple(drop), signature)
        subject = ("trail", f"{drop.first_seq}-{drop.last_seq}")
        detail = {"rows": gone, "months": months}
        await record(SYSTEM, "trail.drop", subject, detail=detail, basis="QCVN 12:2026/BCA")
    return gone


async def _old(months: int, most: int) -> list[int]:
    """The seals from the oldest on whose rows are all old enough, up to the first that is not."""
    found: list[int] = []
    for row in await db.tenant.fetch(_OLD, months, most):
        if not row["old"]:
            break
        found.append(row["seq"])
    return found
