"""Issuing slips: what is printed is fixed at that moment and never computed again."""

from typing import Any, Protocol
from uuid import UUID

import msgspec

from app.onestop.catalog import queries as catalog
from app.onestop.catalog.shapes import ChannelKind, Limit, Unit
from app.onestop.codes.rules import number_of
from app.onestop.slips import rules
from app.onestop.slips.shapes import Receipt, SlipPaper, SlipPerson
from app.people.shapes import Actor
from app.trail.service import record
from infra.clock import now
from infra.ids import uuid7
from infra.settings import settings
from tenants import db
from tenants.current import current

_BASIS = "Thông tư số 03/2025/TT-VPCP, mẫu số 01"
_KINDS = {
    "online": ChannelKind.ONLINE,
    "counter": ChannelKind.DIRECT,
    "postal": ChannelKind.POSTAL,
}
_DOSSIER = """
select d.code, d.channel, d.applicant::text as applicant, d.applicant_name, d.phone, d.summary,
       d.received_at, d.due_at, d.wanted_way, d.procedure_id, a.name as agency,
       e.amount, e.unit, e.explanation::text as explanation
from dossier d
join agency a on a.id = d.agency_id
join deadline_entry e on e.dossier_id = d.id and e.kind = 'start'
where d.id = $1
"""
# Served by paper_by_dossier.
_PAPERS = """
select name, form, quantity from paper
where dossier_id = $1 and kind = 'submitted' order by added_at, id
"""
_INSERT = """
insert into slip (id, dossier_id, form, form_version, content, issued_at, issued_by)
values ($1, $2, $3, $4, $5::jsonb, $6, $7)
"""


class HasId(Protocol):
    """Anything that knows the id of its dossier's row."""

    @property
    def id(self) -> UUID:
        """The dossier's id."""


async def issue_receipt(officer: Actor, dossier: HasId) -> UUID:
    """Issue form 01 (giấy tiếp nhận hồ sơ và hẹn trả kết quả) for a dossier just received.

    Call it after the dossier, its papers and the first row of its deadline's ledger are written.
    Returns the slip's id. Raises LookupError when there is no such received dossier.
    """
    row = await db.tenant.fetch_row(_DOSSIER, dossier.id)
    if row is None:
        raise LookupError("form 01 is issued for a received dossier only")
    papers = await db.tenant.fetch(_PAPERS, dossier.id)
    content = await _receipt(officer, dict(row), [dict(paper) for paper in papers])
    slip_id = uuid7()
    text = msgspec.json.encode(content).decode()
    await db.tenant.execute(
        _INSERT,
        *(slip_id, dossier.id, rules.RECEIPT, rules.RECEIPT_VERSION, text, now(), officer.id),
    )
    await record(
        officer, "slip.issue", ("dossier", dossier.id), detail={"form": "01"}, basis=_BASIS
    )
    return slip_id


async def _receipt(officer: Actor, row: dict[str, Any], papers: list[dict[str, Any]]) -> Receipt:
    tenant = current()
    procedure = await catalog.document(row["procedure_id"])
    code = row["code"]
    return Receipt(
        agency=row["agency"],
        desk=rules.desk_name(row["agency"]),
        place=_place(tenant.site.name),
        code=code,
        number=number_of(code),
        tracking_url=f"{settings().origin(tenant.host)}/tra-cuu?ma={code}",
        officer=officer.name,
        applicant=_person(row),
        request=rules.request_line(procedure, row["summary"]),
        papers=[
            SlipPaper(name=each["name"], form=rules.FORMS[each["form"]], quantity=each["quantity"])
            for each in papers
        ],
        sets=1,
        limit=rules.limit_line(Limit(row["amount"], Unit(row["unit"]))),
        received_at=row["received_at"],
        due_at=row["due_at"],
        return_at=rules.return_place(row["wanted_way"], row["agency"]),
        fees=rules.fee_lines(procedure, _KINDS[row["channel"]]),
        explanation=msgspec.json.decode(row["explanation"], type=list[str]),
        hotline=tenant.site.hotline,
    )


def _person(row: dict[str, Any]) -> SlipPerson:
    said: dict[str, Any] = msgspec.json.decode(row["applicant"])
    return SlipPerson(
        name=row["applicant_name"],
        address=said.get("address") or "",
        phone=rules.phone_text(row["phone"]),
        email=said.get("email") or "",
        id_number=said.get("id_number") or "",
    )


def _place(site_name: str) -> str:
    """The province's name for the line of place and date; "" when the site does not name one."""
    for word in ("tỉnh ", "thành phố "):
        if word in site_name:
            return site_name.partition(word)[2]
    return ""
