"""Stored calendars: a version is written once and never changed."""

from piccolo.columns import JSONB, UUID, Date, Integer, Text
from piccolo.table import Table

from tenants.db import TENANT_DB


class WorkCalendar(Table, db=TENANT_DB, tablename="work_calendar"):
    """One version of the working calendar (lịch làm việc) and the decision behind it."""

    version = Integer(primary_key=True)
    document = JSONB()
    valid_from = Date()
    decision = Text()
    agency_id = UUID(null=True, default=None)
