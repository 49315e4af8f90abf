"""The trail (nhật ký): one row for every act, only ever added to."""

from piccolo.columns import JSONB, BigInt, Bytea, Integer, Text, Timestamptz
from piccolo.columns import UUID as Uuid
from piccolo.table import Table

from tenants.db import TENANT_DB


class Trail(Table, db=TENANT_DB, tablename="trail"):
    """Who did what to which thing, when, from where and under which rule."""

    id = Uuid(primary_key=True)
    at = Timestamptz()
    actor_kind = Text()
    actor_id = Text(null=True)
    actor_name = Text()
    on_behalf_of = Text(null=True)
    act = Text()
    subject_kind = Text()
    subject_id = Text()
    detail = JSONB()
    basis = Text(null=True)
    request_id = Text(null=True)
    address = Text(null=True)
    port = Integer(null=True)
    cluster = BigInt()
    tx = BigInt()


class TrailSeal(Table, db=TENANT_DB, tablename="trail_seal"):
    """One batch of rows sealed (niêm phong), chained to the one before."""

    seq = BigInt(primary_key=True)
    previous = Bytea()
    cluster = BigInt()
    after_tx = BigInt()
    after_id = Uuid()
    to_tx = BigInt()
    to_id = Uuid()
    rows = Integer()
    total = BigInt()
    first_at = Timestamptz()
    last_at = Timestamptz()
    sealed_at = Timestamptz()
    leaves = Bytea()
    public_key = Bytea()
    digest = Bytea()
    signature = Bytea()
