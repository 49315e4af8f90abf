"""The trail (nhật ký): one row for every act, only ever added to."""

from piccolo.columns import JSONB, Text, Timestamptz
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
