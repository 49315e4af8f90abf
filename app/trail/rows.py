"""Rows of the trail and its seals as texts: the spelling that is digested."""

from typing import Any

from app.trail.rules import Seal

_MOMENT = """to_char({0} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
# Every column of the table, id first and transaction last; a test compares them.
COLUMNS = f"""
    id::text, {_MOMENT.format("at")}, actor_kind, actor_id, actor_name, on_behalf_of, act,
    subject_kind, subject_id, detail::text, basis, request_id, address, port::text,
    cluster::text, tx::text
"""
SEAL_COLUMNS = f"""
    seq, previous, cluster, after_tx, after_id::text as after_id, to_tx, to_id::text as to_id,
    rows, total,
    {_MOMENT.format("first_at")} as first_at, {_MOMENT.format("last_at")} as last_at,
    {_MOMENT.format("sealed_at")} as sealed_at, leaves, public_key, digest, signature
"""
DROP_COLUMNS = f"""
    first_seq, last_seq, rows, months, {_MOMENT.format("dropped_at")} as dropped_at, signature
"""


def seal_of(row: Any) -> Seal:
    """The seal in a row read by SEAL_COLUMNS, without its digest and signature."""
    return Seal(**{name: row[name] for name in Seal.__struct_fields__})
