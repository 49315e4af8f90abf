"""Reading slips, as they were issued."""

from typing import Any

import msgspec

from app.onestop.codes.drawing import code128_svg, qr_svg
from app.onestop.slips import rules
from app.onestop.slips.shapes import Receipt, Slip, SlipView
from tenants import db

# Served by slip_by_dossier.
_NEWEST = """
select s.id, s.dossier_id, s.form, s.form_version, s.content::text as content, s.issued_at
from slip s join dossier d on d.id = s.dossier_id
where d.code = $1 and s.form = $2 order by s.issued_at desc limit 1
"""


async def slip_view(code: str, form: str = rules.RECEIPT) -> SlipView | None:
    """The newest slip of that form for the dossier of that code, ready to print; None without one.

    The caller has asked the access rule of the dossier before.
    """
    row = await db.tenant.fetch_row(_NEWEST, code, form)
    return view_of(_slip(dict(row))) if row else None


def view_of(slip: Slip) -> SlipView:
    """The slip with its codes drawn. Pure."""
    content = slip.content
    return SlipView(
        slip=slip,
        qr_svg=qr_svg(content.tracking_url, label="Mã QR để tra cứu hồ sơ"),
        bar_svg=code128_svg(content.number, label=f"Mã vạch {content.number}"),
    )


def _slip(row: dict[str, Any]) -> Slip:
    content = msgspec.json.decode(row.pop("content"), type=Receipt)
    template = rules.TEMPLATES[row["form"], row["form_version"]]
    return Slip(content=content, template=template, **row)
