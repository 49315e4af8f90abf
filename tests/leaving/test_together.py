"""An erasure, a restore, a backup and an arrival of one tenant never meet, nor follow wrongly."""

from pathlib import Path

import pytest

from app import backups
from app.leaving import arriving, erasing, exporting, removing
from app.leaving.refusals import LeavingRefused
from infra.clock import now
from tenants import db
from tenants.backup import dumps
from tenants.holding import Held, held
from tenants.shapes import Tenant
from tests import cast
from tests.leaving.test_erasing import given, reread

_STEP = """
insert into erasure_step (erasure_id, step, detail, done_at, done_by)
select id, $2, '{}', $3, 'Vân Anh' from erasure where tenant_id = $1
"""


async def test_whoever_takes_a_tenant_away_is_alone_with_it(tenant: Tenant, tmp_path: Path) -> None:
    async with held(tenant.slug, beside="restore"):
        async with held(tenant.slug, beside="dump"):
            with pytest.raises(Held):
                await erasing.erase(tenant.slug, tmp_path, "Vân Anh")
        with pytest.raises(Held):
            await backups.switch(tenant.slug, "Vân Anh", "nhầm")
    async with held(tenant.slug):
        for doing in (dumps.take(tenant), backups.bring_files_back(tenant.slug)):
            with pytest.raises(Held):
                await doing


async def test_what_was_equal_once_is_compared_again_and_what_is_going_stays_shut(
    tenant: Tenant, tmp_path: Path
) -> None:
    await removing.close(tenant)
    await exporting.export(await reread(tenant), tmp_path / "bag", share=100)
    await given(tenant, tmp_path)
    await db.control.execute(_STEP, tenant.id, "reconciled", now())
    await arriving.open_doors(tenant.slug)
    await cast.citizen()
    await removing.close(tenant)
    with pytest.raises(LeavingRefused, match="not as it was handed over"):
        await erasing.erase(tenant.slug, tmp_path / "bag", "Vân Anh")
    await db.control.execute(_STEP, tenant.id, "removal_begun", now())
    for doing in (
        arriving.open_doors(tenant.slug), backups.bring_files_back(tenant.slug),
        backups.restore(tenant.slug, now(), own=True),
    ):  # fmt: skip
        with pytest.raises(LeavingRefused, match="is being erased"):
            await doing
