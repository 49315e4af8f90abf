"""What every slip has in common: the facts it names, its row, its line in the trail."""

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

import msgspec

from app.onestop.catalog import queries as catalog
from app.onestop.codes.rules import number_of
from app.onestop.slips import rules, source
from app.onestop.slips.service.numbers import take_number, year_of
from app.onestop.slips.shapes import SlipContent, SlipPerson
from app.people.shapes import Actor
from app.trail.service import record
from infra.clock import VIETNAM, now
from infra.ids import uuid7
from infra.settings import settings
from tenants import db
from tenants.current import current

_DOSSIER = """
select d.id, d.code, d.channel, d.applicant::text as applicant, d.applicant_name, d.phone,
       d.summary, d.received_at, d.due_at, d.wanted_way, d.procedure_id, d.agency_id, d.case_id,
       d.desk_agency_id, d.competent_received_at, a.name as agency, b.name as desk_agency
from dossier d join agency a on a.id = d.agency_id left join agency b on b.id = d.desk_agency_id
where d.id = $1
"""
_INSERT = """
insert into slip (id, dossier_id, form, form_version, content, issued_at, issued_by,
                  agency_id, year, number, replaces)
values ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, $9, $10, $11)
"""


class HasId(Protocol):
    """Anything that knows the id of its dossier's row."""

    @property
    def id(self) -> UUID:
        """The dossier's id."""


async def facts_of(dossier: HasId) -> dict[str, Any]:
    """What slips name of a dossier. Raises LookupError when there is none."""
    row = await db.tenant.fetch_row(_DOSSIER, dossier.id)
    if row is None:
        raise LookupError("a slip is issued for a dossier that is there")
    return dict(row)


async def common(officer: Actor, row: Mapping[str, Any]) -> dict[str, Any]:
    """The values of `SlipContent` for a dossier."""
    tenant = current()
    procedure = await catalog.document(row["procedure_id"])
    code = row["code"]
    return {
        "agency": row["agency"],
        "desk": rules.desk_name(row["agency"]),
        "place": rules.place_name(tenant.site.name),
        "code": code,
        "number": number_of(code),
        "tracking_url": f"{settings().origin(tenant.host)}/tra-cuu?ma={code}",
        "officer": officer.name if officer.kind == "officer" else rules.BY_ITSELF,
        "applicant": _person(row),
        "request": rules.request_line(procedure, row["summary"]),
        "hotline": tenant.site.hotline,
    }


async def write(
    officer: Actor,
    row: Mapping[str, Any],
    form: str,
    content: SlipContent,
    *,
    replaces: UUID | None = None,
) -> UUID:
    """Add the slip under the form in force today, with the agency's next number; its id.

    The trail says who issued it, with what number, and instead of which other slip.
    """
    moment = now()
    template = source.in_force(form, moment.astimezone(VIETNAM).date())
    year = year_of(moment)
    number = await take_number(row["agency_id"], form, year) if template.number else None
    slip_id, text = uuid7(), msgspec.json.encode(content).decode()
    await db.tenant.execute(
        _INSERT,
        *(slip_id, row["id"], form, template.version, text, moment, officer.officer_id),
        *(row["agency_id"], year, number, replaces),
    )
    await record(
        officer,
        rules.ACTS[form],
        ("dossier", row["id"]),
        detail={"form": form, "slip": slip_id, "number": number},
        basis=template.basis,
    )
    return slip_id


def _person(row: Mapping[str, Any]) -> SlipPerson:
    said: dict[str, Any] = msgspec.json.decode(row["applicant"])
    return SlipPerson(
        name=row["applicant_name"],
        address=said.get("address") or "",
        phone=rules.phone_text(row["phone"]),
        email=said.get("email") or "",
        id_number=said.get("id_number") or "",
    )
