"""Piccolo's map of workflows as they are kept; migrations own the table's shape."""

from piccolo.columns import JSONB, UUID, Date, Integer, Text, Timestamptz
from piccolo.table import Table

from tenants.db import TENANT_DB


class WorkflowVersion(Table, tablename="workflow", db=TENANT_DB):
    """One version of a procedure's workflow (quy trình): a draft, published or retired."""

    id = UUID(primary_key=True)
    procedure_code = Text()
    version = Integer()
    document = JSONB()
    state = Text()
    valid_from = Date()
    saved_at = Timestamptz()
    saved_by = UUID(null=True, default=None)
    published_at = Timestamptz(null=True, default=None)
    published_by = UUID(null=True, default=None)
