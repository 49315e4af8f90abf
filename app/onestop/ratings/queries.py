"""Reads of ratings."""

from datetime import datetime

import msgspec

from app.onestop.ratings.rules import dossier_of
from tenants import db
from tenants.current import current

# Served by dossier_pkey and rating_pkey.
_PAGE = """
select d.code, d.delivered_at, p.short_name as procedure_name, a.name as agency_name,
       r.score
from dossier d
join procedure p on p.id = d.procedure_id
join agency a on a.id = d.agency_id
left join rating r on r.dossier_id = d.id
where d.id = $1 and d.status = 10
"""


class RatingPage(msgspec.Struct, frozen=True, kw_only=True):
    """What stands above the three buttons; `score` is set once it was rated."""

    token: str
    code: str
    procedure_name: str
    agency_name: str
    delivered_at: datetime
    score: int | None


async def rating_page(token: str) -> RatingPage | None:
    """The dossier a rating link leads to; None for a link that is not ours."""
    dossier_id = dossier_of(current().keys, token)
    row = await db.tenant.fetch_row(_PAGE, dossier_id) if dossier_id else None
    return RatingPage(token=token, **dict(row)) if row else None
