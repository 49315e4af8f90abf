"""Published procedures: a version is written once; only its filing switch and its end change."""

from piccolo.columns import JSONB, UUID, Date, Integer, Text
from piccolo.table import Table

from tenants.db import TENANT_DB


class ProcedureRow(Table, tablename="procedure", db=TENANT_DB):
    """One version of a procedure (thủ tục); `document` is the whole record as published."""

    id = UUID(primary_key=True)
    code = Text()
    version = Integer()
    name = Text()
    normal = Text()
    field = Text()
    filing = Text()
    document = JSONB()
    valid_from = Date()
    valid_to = Date(null=True, default=None)
