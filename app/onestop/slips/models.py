"""Issued slips: rows are only added."""

from piccolo.columns import JSONB, UUID, Text, Timestamptz
from piccolo.table import Table

from tenants.db import TENANT_DB


class Slip(Table, db=TENANT_DB, tablename="slip"):
    """One slip (giấy, phiếu) as it was issued; `form` is its number in the circular."""

    id = UUID(primary_key=True)
    dossier_id = UUID()
    form = Text()
    form_version = Text()
    content = JSONB()
    issued_at = Timestamptz()
    issued_by = UUID()
