"""Issued slips and the register: rows are only added."""

from piccolo.columns import JSONB, UUID, Integer, SmallInt, Text, Timestamptz
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
    issued_by = UUID(null=True, default=None)
    agency_id = UUID(null=True, default=None)
    year = SmallInt(null=True, default=None)
    number = Integer(null=True, default=None)
    replaces = UUID(null=True, default=None)


class RegisterEntry(Table, db=TENANT_DB, tablename="register_entry"):
    """One line of the register of dossiers (sổ theo dõi hồ sơ), numbered through the year."""

    id = UUID(primary_key=True)
    agency_id = UUID()
    year = SmallInt()
    number = Integer()
    dossier_id = UUID()
    received_at = Timestamptz()
