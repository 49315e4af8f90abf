"""Piccolo's map of partners and of the work they send; migrations own the tables' shape."""

from piccolo.columns import UUID, Boolean, Text, Timestamptz
from piccolo.table import Table

from tenants.db import TENANT_DB


class Partner(Table, tablename="partner", db=TENANT_DB):
    """Another system that takes part (hệ thống liên thông)."""

    id = UUID(primary_key=True)
    slug = Text()
    name = Text()
    address = Text()
    public_key = Text()
    active = Boolean(default=True)
    added_at = Timestamptz()
    added_by = UUID(null=True, default=None)


class Errand(Table, tablename="errand", db=TENANT_DB):
    """Work another system has sent here (việc nhận liên thông), and the dossier it became."""

    dossier_id = UUID(primary_key=True)
    partner_id = UUID()
    work_id = UUID()
    their_code = Text()
    role = Text()
    title = Text()
    wanted_by = Timestamptz(null=True, default=None)
    came_at = Timestamptz()
    withdrawn_at = Timestamptz(null=True, default=None)
