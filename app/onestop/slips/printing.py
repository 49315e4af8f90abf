"""What is sent to a renderer: the copies of one paper laid out, its codes drawn. Pure."""

from datetime import date

from msgspec import Struct

from app.onestop.codes.drawing import code128_svg, qr_svg
from app.onestop.slips.documents import Document
from app.onestop.slips.filling import values_of
from app.onestop.slips.layout import Laid, Values, lay_out
from app.onestop.slips.moments import moment
from app.onestop.slips.rules import day_of
from app.onestop.slips.shapes import Slip

REPLACED = "ĐÃ ĐƯỢC THAY THẾ"


class Copy(Struct, frozen=True):
    """One copy (liên) of the paper; `name` says for whom, "" when there is only one."""

    name: str
    blocks: list[Laid]


class Print(Struct, frozen=True, kw_only=True):
    """A paper ready to draw, as HTML or as PDF. `stamp` is printed across every page.

    `slip` is None for what is never issued but drawn from today's rows (forms 06 and 07).
    """

    form: str
    title: str
    size: str  # A5 or A4
    landscape: bool
    made_on: date
    copies: list[Copy]
    qr_svg: str = ""
    bar_svg: str = ""
    bar_digits: str = ""
    stamp: str = ""
    stamp_note: str = ""
    slip: Slip | None = None


def print_of(slip: Slip, document: Document, copies: int | None = None) -> Print:
    """An issued slip; the first `copies` of its copies, all when not said."""
    content = slip.content
    return Print(
        form=slip.form,
        title=f"{document.name} {content.code}",
        size=document.size,
        landscape=document.landscape,
        made_on=day_of(slip.issued_at),
        copies=copies_of(document, values_of(slip, document))[:copies],
        qr_svg=qr_svg(content.tracking_url, label="Mã QR để tra cứu hồ sơ"),
        bar_svg=code128_svg(content.number, label=f"Mã vạch {content.number}"),
        bar_digits=content.number,
        stamp=REPLACED if slip.replaced_at else "",
        stamp_note=_replaced(slip),
        slip=slip,
    )


def _replaced(slip: Slip) -> str:
    if slip.replaced_at is None:
        return ""
    why = f"\nLý do: {slip.replaced_why}" if slip.replaced_why else ""
    return f"lúc {moment(slip.replaced_at)}{why}"


def copies_of(document: Document, values: Values) -> list[Copy]:
    """Every copy the form asks for, filled."""
    return [Copy(name, lay_out(document, values, name)) for name in document.copies]
