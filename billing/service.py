"""What is done with the books: take a contract, close a month."""

import hashlib
from datetime import date
from pathlib import Path
from uuid import UUID

import msgspec

from billing import checks, queries, rules
from billing.agreed import FixedTotal
from billing.months import period
from billing.refusals import ContractRefused, MonthNotOver, UnknownTenant
from billing.shapes import Contract, Fault, Statement
from infra import clock
from tenants import db, provision
from tenants.work import WorkError, current_work

SHIPPED = Path(__file__).parent / "contracts"


def shipped() -> list[Contract]:
    """The contracts that ship with the product; raises ContractRefused for one that is wrong."""
    return [read(path.read_bytes(), path.name) for path in sorted(SHIPPED.glob("*.json"))]


def read(document: bytes, name: str) -> Contract:
    """A contract out of its JSON; raises ContractRefused naming every fault with its place."""
    found = checks.read(document)
    if isinstance(found, list):
        raise ContractRefused(name, found)
    return found


async def load_shipped(slug: str) -> list[str]:
    """Take the shipped contracts of one tenant into the books; their ids."""
    mine = [contract for contract in shipped() if contract.tenant_slug == slug]
    for contract in mine:
        await load(contract)
    return [contract.id for contract in mine]


async def load(contract: Contract) -> None:
    """Take a contract (hợp đồng) into the books; the same version again changes nothing.

    Raises ContractRefused when it is faulty, when the version is known with another content, or
    when its term overlaps another contract of the tenant; UnknownTenant when there is none.
    """
    if found := checks.faults(contract):
        raise ContractRefused(contract.id, found)
    tenant_id = await db.control.fetch_value(
        "select id from tenant where slug = $1", contract.tenant_slug
    )
    if tenant_id is None:
        raise UnknownTenant(contract.tenant_slug)
    await _refuse_overlap(tenant_id, contract)
    await _refuse_unsettled(tenant_id, contract)
    await _insert(tenant_id, contract)


async def runs(tenant_id: UUID, today: date) -> bool:
    """Whether a contract of the tenant runs today or is still to begin."""
    return any(contract.term.end_on >= today for contract in await queries.contracts(tenant_id))


async def close(closed_by: str, tenant_id: UUID, month: date) -> Statement:
    """Freeze a month's statement (chốt bảng kê) as it stands; a closed one is returned as it is.

    Facts that arrive later are stated in the first month that is still open. Raises MonthNotOver,
    NoContract, and WorkError outside of a unit of work.
    """
    if current_work() is None:
        raise WorkError("a month is closed in one transaction, which holds the collectors off")
    if clock.now() < period(month)[1]:
        raise MonthNotOver
    await db.control.execute(
        "select pg_advisory_xact_lock(hashtextextended($1, 0))", f"books:{tenant_id}"
    )
    view = await queries.statement(tenant_id, month)
    if view.closed_at is not None:
        return view.statement
    made = view.statement
    await db.control.execute(
        "insert into statement (tenant_id, month, contract_id, contract_version, total, document,"
        " closed_by, closed_at) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        *(tenant_id, month, made.contract_id, made.contract_version, made.total),
        *(msgspec.json.encode(made).decode(), closed_by, clock.now()),
    )
    slug = await db.control.fetch_value("select slug from tenant where id = $1", tenant_id)
    await provision.note(closed_by, "statement.close", slug, month=month, total=made.total)
    return made


async def _refuse_overlap(tenant_id: UUID, contract: Contract) -> None:
    for other in await queries.contracts(tenant_id):
        apart = (
            other.term.end_on < contract.term.start_on or other.term.start_on > contract.term.end_on
        )
        if other.id != contract.id and not apart:
            reason = f"{other.id} runs from {other.term.start_on} to {other.term.end_on}"
            raise ContractRefused(contract.id, [Fault("$.term", reason)])


async def _refuse_unsettled(tenant_id: UUID, contract: Contract) -> None:
    """An amendment keeps exactly what the months before it came to, so no đồng is lost."""
    made = contract.amendment
    earlier = [v for v in await queries.versions(tenant_id) if v.version < contract.version]
    known = [v for v in earlier if v.id == contract.id]
    if made is None or not known:
        return
    closed = [row.month for row in await queries.closed_months(tenant_id)]
    if closed and made.effective_on <= max(closed):
        late = Fault("$.amendment.effective_on", f"{max(closed)} is closed; it holds from later on")
        raise ContractRefused(contract.id, [late])
    for index, line in enumerate(contract.lines):
        place = f"$.lines[{index}].pricing.settled"
        if isinstance(line.pricing, FixedTotal) and (
            reason := rules.unsettled(known, line.code, line.pricing, made.effective_on)
        ):
            raise ContractRefused(contract.id, [Fault(place, reason)])


async def _insert(tenant_id: UUID, contract: Contract) -> None:
    document = msgspec.json.encode(contract)
    digest = hashlib.sha256(document).digest()
    await db.control.execute(
        "insert into contract (id, version, tenant_id, tenant_slug, start_on, end_on, document,"
        " digest, loaded_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing",
        *(contract.id, contract.version, tenant_id, contract.tenant_slug),
        *(contract.term.start_on, contract.term.end_on),
        *(document.decode(), digest, clock.now()),
    )
    held = await db.control.fetch_value(
        "select digest from contract where tenant_id = $1 and id = $2 and version = $3",
        *(tenant_id, contract.id, contract.version),
    )
    if held != digest:
        reason = f"version {contract.version} was taken with another content"
        raise ContractRefused(contract.id, [Fault("$.version", reason)])
