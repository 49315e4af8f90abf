"""Erasing a tenant that has left (Circular 41/2026/TT-BKHCN, Article 15): reconciled, then gone.

Every step is a row, written when it is done; a run that was cut short goes on with the next one.
Nothing is removed before the bag was read whole and found to hold exactly what the tenant holds.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from app.leaving import certificate, going, removing
from app.leaving.certificate import Document, Done, HandOver
from app.leaving.reading import digest_or_refusal
from app.leaving.reconciling import reconcile
from app.leaving.refusals import LeavingRefused
from billing import service as billing
from billing.papers.pdf import pdf_of
from infra.clock import VIETNAM, now, today
from infra.ids import uuid7
from tenants import provision, registry
from tenants.backup.shredding import remove_blobs, shred
from tenants.db import control
from tenants.holding import held, must_be_settled
from tenants.shapes import Secrets, Site, Tenant

_BEGIN = """
insert into erasure (id, tenant_id, tenant_slug, tenant_name, place, bag_digest, handed_to,
                     handed_on, paper, begun_at, begun_by)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""
_OPEN = """
select e.* from erasure e where e.tenant_slug = $1 and not exists (
    select from erasure_certificate c join erasure o on o.id = c.erasure_id
    where o.tenant_id = e.tenant_id)
order by begun_at desc limit 1
"""
_STEPS = """
select step, done_at as at, done_by as by, detail from erasure_step
where erasure_id = $1 order by array_position('{contract_ended,reconciled,removal_begun,
    files_erased,database_dropped,backups_shredded,backups_removed}', step)
"""
_STEP = """
insert into erasure_step (erasure_id, step, detail, done_at, done_by) values ($1, $2, $3, $4, $5)
"""
_CERTIFY = """
insert into erasure_certificate (erasure_id, number, document, digest, signature, public_key, pdf,
                                 issued_at, issued_by)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing
"""
_ISSUED = """
select c.number, c.document, c.digest, c.signature, c.public_key, c.pdf
from erasure_certificate c join erasure e on e.id = c.erasure_id
where e.tenant_slug = $1 order by c.issued_at desc limit 1
"""
_OWN_PLACE = "select true from backup_place where tenant_id = $1"


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate as it is kept."""

    number: str
    document: str
    digest: bytes
    signature: bytes
    public_key: bytes
    pdf: bytes


class _Place(msgspec.Struct, frozen=True, kw_only=True):
    """What is to go; enough to go on when the registry has forgotten the tenant."""

    cluster: str
    database: str
    role: str
    bucket: str


async def hand_over(slug: str, given: HandOver, *, by: str) -> None:
    """Write down to whom a bag was handed over; the same said again is nothing.

    What is said anew takes the place of what was said before, until something was removed. Raises
    LeavingRefused for who is not closed.
    """
    known = await control.fetch_row(_OPEN, slug)
    if known is not None and _said(known) == given:
        return
    if known is not None and await going.is_going(known["tenant_id"]):
        raise LeavingRefused(f"{slug} is being erased under another hand-over; leave that out")
    await registry.reload()
    tenant = await registry.by_slug(slug)
    if tenant is None or tenant.status != "provisioning":
        raise LeavingRefused(f"{slug} is not closed: run motcua tenant close, then export again")
    place = _Place(
        cluster=tenant.cluster, database=tenant.database, role=tenant.role, bucket=tenant.bucket
    )
    await control.execute(
        _BEGIN,
        *(uuid7(), tenant.id, tenant.slug, tenant.site.name),
        msgspec.json.encode(place).decode(),
        *(bytes.fromhex(given.bag_digest), given.to, given.on, given.paper, now(), by),
    )


def _said(erasure: Any) -> HandOver:
    return HandOver(
        bag_digest=erasure["bag_digest"].hex(), to=erasure["handed_to"],
        on=erasure["handed_on"], paper=erasure["paper"],
    )  # fmt: skip


async def erase(slug: str, folder: Path, by: str) -> Certificate:
    """Carry the erasure of a handed-over tenant through to its certificate; safe to run again.

    Raises LeavingRefused when the bag is not what was handed over or the tenant holds anything
    else, and while a contract runs: then nothing was removed. Whoever was erased already has the
    certificate it got.
    """
    async with held(slug):
        return await _erase(slug, folder, by)


async def _erase(slug: str, folder: Path, by: str) -> Certificate:
    erasure = await control.fetch_row(_OPEN, slug)
    if erasure is None:
        return await _erased(slug)
    run = _Run(erasure, folder, by)
    if not await going.is_going(erasure["tenant_id"]):
        await run.look_again()
    for step in (
        run.contract_ended, run.reconciled, run.removal_begun, run.files_erased,
        run.database_dropped, run.backups_shredded, run.backups_removed,
    ):  # fmt: skip
        await run.do(step)
    return await _certify(erasure, by)


async def _erased(slug: str) -> Certificate:
    await registry.reload()
    row = await control.fetch_row(_ISSUED, slug)
    if row is None or await registry.by_slug(slug) is not None:
        raise LeavingRefused(f"nobody has written down to whom the data of {slug} was handed over")
    return Certificate(**dict(row))


async def issued(slug: str) -> Certificate:
    """The certificate of a tenant that was erased. Raises LeavingRefused."""
    row = await control.fetch_row(_ISSUED, slug)
    if row is None:
        raise LeavingRefused(f"{slug} was not erased")
    return Certificate(**dict(row))


class _Run:
    """One run over the steps; each says what it has found or done."""

    def __init__(self, erasure: Any, folder: Path, by: str) -> None:
        self._erasure = erasure
        self._folder = folder
        self._by = by

    async def do(self, step: Callable[[], Awaitable[dict[str, Any]]]) -> None:
        """Carry out a step that is not done yet, and write it down."""
        name = step.__name__
        if name in {done.step for done in await _steps(self._erasure["id"])}:
            return
        detail = msgspec.json.encode(await step()).decode()
        await control.execute(_STEP, self._erasure["id"], name, detail, now(), self._by)

    async def look_again(self) -> None:
        """What was equal when an earlier run ended may have been opened and worked on since."""
        if "reconciled" in {done.step for done in await _steps(self._erasure["id"])}:
            await self.reconciled()

    async def contract_ended(self) -> dict[str, Any]:
        if await billing.runs(self._erasure["tenant_id"], today()):
            slug = self._erasure["tenant_slug"]
            raise LeavingRefused(f"{slug} has a contract that still runs; end the contract first")
        return {"on": today()}

    async def reconciled(self) -> dict[str, Any]:
        await must_be_settled(self._erasure["tenant_id"])
        if bytes.fromhex(digest_or_refusal(self._folder)) != self._erasure["bag_digest"]:
            raise LeavingRefused(f"{self._folder} is not the bag that was handed over")
        found = await reconcile(await self._tenant(), self._folder)
        if found.differences:
            raise LeavingRefused(
                f"the bag does not hold what the tenant holds: {'; '.join(found.differences[:5])};"
                " export once more and hand that over"
            )
        own = await control.fetch_value(_OWN_PLACE, self._erasure["tenant_id"])
        return {**found._asdict(), "own_place": bool(own)}

    async def removal_begun(self) -> dict[str, Any]:
        """Written down before the first file goes: one that dies there leaves half a store."""
        tenant = await self._tenant()
        removing.refuse_open(tenant)
        await provision.must_be_alone(tenant.slug)
        return {}

    async def files_erased(self) -> dict[str, Any]:
        await removing.erase_files(await self._tenant())
        return {"bucket": self._place.bucket}

    async def database_dropped(self) -> dict[str, Any]:
        await removing.drop_database(await self._tenant())
        return {"cluster": self._place.cluster, "database": self._place.database}

    async def backups_shredded(self) -> dict[str, Any]:
        gone = await shred(await self._tenant())
        sets = {"sets": gone.own_sets, "shared_sets": gone.shared_sets}
        return {**sets, "fresh_bases": gone.fresh_bases}

    async def backups_removed(self) -> dict[str, Any]:
        return {"places": await remove_blobs(await self._tenant())}

    @property
    def _place(self) -> _Place:
        return msgspec.json.decode(self._erasure["place"], type=_Place)

    async def _tenant(self) -> Tenant:
        """The tenant, or what of it is still to go when the registry has forgotten it."""
        await registry.reload()
        known = await registry.by_slug(self._erasure["tenant_slug"])
        if known is not None and known.id == self._erasure["tenant_id"]:
            return known
        return Tenant(
            id=self._erasure["tenant_id"],
            slug=self._erasure["tenant_slug"],
            status="provisioning",
            **msgspec.structs.asdict(self._place),
            secrets=Secrets(password="", key=b""),
            site=Site(name=self._erasure["tenant_name"], office="", hotline="", colour="#000000"),
            host="",
            schema_version=0,
            created_at=self._erasure["begun_at"],
        )


async def _certify(erasure: Any, by: str) -> Certificate:
    issued_at = now()
    day = issued_at.astimezone(VIETNAM).date()
    number = certificate.number_of(erasure["tenant_slug"], day, erasure["id"])
    document = Document(
        number=number,
        tenant_id=str(erasure["tenant_id"]),
        tenant_slug=erasure["tenant_slug"],
        tenant_name=erasure["tenant_name"],
        handed_over=_said(erasure),
        steps=await _steps(erasure["id"]),
        issued_at=issued_at,
        issued_by=by,
    )
    made = certificate.signed(document)
    pdf = await pdf_of(certificate.paper_of(document, made.digest))
    await control.execute(_CERTIFY, erasure["id"], number, *made, pdf, issued_at, by)
    return await issued(erasure["tenant_slug"])


async def _steps(erasure_id: UUID) -> list[Done]:
    rows = await control.fetch(_STEPS, erasure_id)
    return [Done(**{**dict(row), "detail": msgspec.json.decode(row["detail"])}) for row in rows]
