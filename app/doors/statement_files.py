"""What can be saved of a statement: papers as PDF, the spreadsheet, the data behind it."""

import asyncio
from datetime import date
from uuid import UUID

from litestar import Response

from app.doors.words import gio_ngay
from app.refusals import NotFound
from billing import exporting, queries
from billing.papers import filling, invoices, pdf, sheets
from billing.queries import StatementView
from infra import clock
from storage.names import attachment
from tenants.shapes import Tenant

_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "xml": "application/xml",
}


async def saved(tenant: Tenant, month: date, name: str) -> Response[bytes]:
    """The file of that name, such as `bang-ke.pdf`; raises NotFound, RateUnknown, NoContract.

    It is saved under the tenant's name and the month: an accountant keeps those of many.
    """
    tenant_id = tenant.id
    stem, _, suffix = name.rpartition(".")
    view = await queries.statement(tenant_id, month)
    if suffix == "pdf":
        content = await _paper(tenant_id, view, stem)
    elif name in ("bang-ke.xlsx", "tinh-lai.json"):
        made = await exporting.export(tenant_id, month)
        draw = sheets.workbook if suffix == "xlsx" else exporting.encoded
        content = await asyncio.to_thread(draw, made)
    elif name == "hoa-don.xml":
        contract = await queries.contract_for(tenant_id, month)
        content = invoices.PlainXml().write(contract, view.statement)
    else:
        raise NotFound
    return Response(
        content,
        media_type=_TYPES[suffix],
        headers={
            "Content-Disposition": attachment(f"{stem}-{tenant.slug}-{month:%Y-%m}.{suffix}"),
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, no-store",
        },
    )


async def _paper(tenant_id: UUID, view: StatementView, code: str) -> bytes:
    made, today = view.statement, clock.now().astimezone(clock.VIETNAM).date()
    form = filling.in_force(today).get(code)
    contract = await queries.contract(tenant_id, made.contract_id, made.contract_version)
    if form is None or contract is None:
        raise NotFound
    closed = view.closed_at
    standing = f"Chốt lúc {gio_ngay(closed)}" if closed else "Bản tạm tính, chưa chốt"
    on = closed.astimezone(clock.VIETNAM).date() if closed else today
    return await pdf.pdf_of(filling.fill(form, contract, made, on, standing))
