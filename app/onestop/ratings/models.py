"""Piccolo's map of ratings; rows are only added."""

from piccolo.columns import UUID, SmallInt, Text, Timestamptz
from piccolo.table import Table

from tenants.db import TENANT_DB


class Rating(Table, tablename="rating", db=TENANT_DB):
    """One citizen's word on one dossier (đánh giá): score 1 to 3."""

    dossier_id = UUID(primary_key=True)
    score = SmallInt()
    comment = Text(null=True, default=None)
    rated_at = Timestamptz()
