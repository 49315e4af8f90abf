"""Changed calendars on their way: drafted, then approved or discarded, then applied."""

from piccolo.columns import JSONB, UUID, Array, Integer, Text, Timestamptz
from piccolo.table import Table

from tenants.db import TENANT_DB


class CalendarDraft(Table, db=TENANT_DB, tablename="calendar_draft"):
    """A draft (dự thảo lịch làm việc) and what became of it."""

    id = UUID(primary_key=True)
    agency_id = UUID(null=True, default=None)
    change = JSONB()
    decision = Text()
    drafted_at = Timestamptz()
    drafted_by = UUID()
    approved_at = Timestamptz(null=True, default=None)
    approved_by = UUID(null=True, default=None)
    discarded_at = Timestamptz(null=True, default=None)
    recounted_at = Timestamptz(null=True, default=None)
    versions = Array(base_column=Integer())
