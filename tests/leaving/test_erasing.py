"""Erased only after the hand-over was proved, wholly, and with a certificate that stays."""

import hashlib
import io
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pypdf import PdfReader

from app import lifecycle
from app.leaving import bag, erasing, exporting, removing
from app.leaving.certificate import Document, HandOver
from app.leaving.refusals import LeavingRefused
from app.onestop.dossiers import service
from infra import clock
from infra.settings import settings
from tenants import db, registry
from tenants.backup import copies
from tenants.clusters import owner
from tenants.provision import ProvisionError
from tenants.shapes import Tenant
from tenants.work import work
from tests import cast
from tests.leaving.dying import killed
from tests.onestop.dossiers.story import on_paper

AFTER = clock.now() + timedelta(days=365 * 20)
GIVEN = {"to": "Nguyễn Thị Bình, Sở KH&CN", "on": date(2026, 11, 20), "paper": "BB 12/2026"}


async def test_a_tenant_is_erased_with_a_certificate(worked: Tenant, tmp_path: Path) -> None:
    with pytest.raises(ProvisionError, match="contract on the books"):
        await lifecycle.drop(worked.slug)
    with pytest.raises(LeavingRefused, match="is not closed"):
        await given(worked, tmp_path)
    await copies.name_place(worked, f"file://{tmp_path}/trung-tam", 24)
    await removing.close(worked)
    made = await exporting.export(await reread(worked), tmp_path / "bag", share=100)
    lan = await cast.officer(cast.LAN)
    async with work():
        later = await service.intake(lan, on_paper())
    await given(worked, tmp_path)
    with pytest.raises(LeavingRefused, match="still runs"):
        await erasing.erase(worked.slug, tmp_path / "bag", "Vân Anh")
    with clock.frozen(AFTER):
        with pytest.raises(LeavingRefused, match="dossier is not as it was handed over"):
            await erasing.erase(worked.slug, tmp_path / "bag", "Vân Anh")
        assert later.code  # Nothing is gone: what came after the bag is still here.
        assert await db.tenant.fetch_value("select true from dossier where id = $1", later.id)
        made = await exporting.export(await reread(worked), tmp_path / "last" / "bag", share=100)
        await given(worked, tmp_path / "last")
        again = partial(erasing.erase, worked.slug, tmp_path / "last/bag", "Vân Anh")
        for seconds in (0.1, 0.3, 0.5):
            killed(again, seconds)
        proof = await again()
        assert await again() == proof, "who asks once more gets the same certificate"
    await assert_gone(worked)
    assert_certified(proof, made)
    assert await erasing.issued(worked.slug) == proof
    assert await db.control.fetch_value("select true from usage where tenant_id = $1", worked.id)


async def given(tenant: Tenant, place: Path) -> None:
    digest = bag.digest_of(place / "bag") if (place / "bag").exists() else "00" * 32
    await erasing.hand_over(tenant.slug, HandOver(bag_digest=digest, **GIVEN), by="Vân Anh")


async def reread(tenant: Tenant) -> Tenant:
    await registry.reload()
    found = await registry.by_slug(tenant.slug)
    assert found is not None
    return found


async def assert_gone(tenant: Tenant) -> None:
    await registry.reload()
    assert await registry.by_slug(tenant.slug) is None
    assert not (Path(settings().storage_root) / tenant.bucket).exists()
    async with owner(tenant.cluster) as admin:
        for query in (
            "select 1 from pg_database where datname = $1",
            "select 1 from pg_roles where rolname = $1",
        ):
            assert await admin.fetchval(query, tenant.database) is None


def assert_certified(proof: erasing.Certificate, made: exporting.Exported) -> None:
    digest = hashlib.sha256(proof.document.encode()).digest()
    Ed25519PublicKey.from_public_bytes(proof.public_key).verify(proof.signature, digest)
    told = msgspec.json.decode(proof.document, type=Document)
    assert told.handed_over.bag_digest == made.digest
    steps = {done.step: done.detail for done in told.steps}
    assert list(steps) == [
        "contract_ended", "reconciled", "removal_begun", "files_erased", "database_dropped",
        "backups_shredded", "backups_removed",
    ]  # fmt: skip
    assert steps["reconciled"]["rows"] == made.summary.rows
    paper = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(proof.pdf)).pages)
    assert "Nguyễn Thị Bình" in paper and proof.number in paper
    assert steps["backups_removed"] == {"places": []}
    assert "nơi lưu riêng của đơn vị" in " ".join(paper.split())
