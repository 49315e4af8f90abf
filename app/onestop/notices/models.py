"""Messages to people, one row each, kept for ever as proof."""

from piccolo.columns import UUID as Uuid
from piccolo.columns import SmallInt, Text, Timestamptz
from piccolo.table import Table

from tenants.db import TENANT_DB


class Notice(Table, db=TENANT_DB, tablename="notice"):
    """One text message (tin báo): what, to whom, how often tried, and what became of it."""

    id = Uuid(primary_key=True)
    dossier_id = Uuid(null=True)
    event = Text()
    template_version = SmallInt()
    fact = Text(unique=True)
    phone = Text()
    text = Text()
    encoding = Text()
    parts = SmallInt()
    state = Text()
    attempts = SmallInt()
    next_at = Timestamptz()
    claimed_until = Timestamptz(null=True)
    provider = Text(null=True)
    provider_ref = Text(null=True)
    error = Text(null=True)
    created_at = Timestamptz()
    sent_at = Timestamptz(null=True)
