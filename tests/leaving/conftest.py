"""A province that has worked: dossiers of several kinds, papers, messages, a bill, a draft."""

import asyncio
from collections.abc import AsyncIterator
from contextvars import Context
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.leaving import arriving
from app.leaving.arriving import Arrived
from app.onestop.dossiers import service
from app.onestop.workflows.source import shipped as workflows
from app.trail import sealing
from billing import collect
from billing import service as billing
from storage.store import store_of
from tenants import provision, registry
from tenants.shapes import Tenant
from tenants.work import work
from tests import cast
from tests.onestop.dossiers.linked import bound, taken_in, walk_out
from tests.onestop.dossiers.story import begun, on_paper, submitted, walked, with_paper
from tests.onestop.dossiers.test_processes import HOMES

ODD = 'Nhà "Đỗ", <b>số</b> \\ ;=1+1'


async def lived_in(tenant: Tenant) -> None:
    """Let the current tenant do some work of every kind."""
    lan, hoa, minh = [await cast.officer(name) for name in (cast.LAN, cast.HOA, cast.MINH)]
    hung = await cast.citizen()
    filed = await submitted(hung, ks_noi_sinh=ODD)
    async with work():
        await service.receive(lan, filed.code, None)
    await walked(lan, hoa, minh, filed.code)
    async with work():
        await service.intake(lan, on_paper(full_name="Bùi Thị Ngọc"))
    await with_paper(hung, await begun(hung))
    home = HOMES["karaoke-lien-thong"]
    walk = await taken_in(await bound(workflows()["karaoke-lien-thong"], home), home)
    await walk_out(walk.id)
    await sealing.seal_rows()
    async with work():
        (contract,) = [each for each in billing.shipped() if each.tenant_slug == "binhdinh"]
        await billing.load(msgspec.structs.replace(contract, tenant_slug=tenant.slug))
    await collect.collect(3)
    async with work():
        await billing.close("Kế toán", tenant.id, contract.term.start_on)


@pytest.fixture
async def worked(province: Tenant) -> Tenant:
    """Bình Định after some days of work; the test runs for it."""
    await lived_in(province)
    return province


class Away:
    """Takes tenants in elsewhere; all are dropped after the test."""

    def __init__(self) -> None:
        self._slugs: list[str] = []

    async def take_in(self, slug: str, folder: Path, **choices: Any) -> Arrived:
        """What `arriving.take_in` does, apart from the tenant the test runs for."""
        self._slugs.append(slug)
        coming = arriving.take_in(slug, folder, by="Người nhận", **choices)
        return await asyncio.create_task(coming, context=Context())

    async def leave(self) -> None:
        await dropped(self._slugs)


async def dropped(slugs: list[str]) -> None:
    """Take away what a test has let in."""
    for slug in slugs:
        await registry.reload()
        if tenant := await registry.by_slug(slug):
            await store_of(tenant).erase()
            await provision.drop(tenant)


@pytest.fixture
async def away(worked: Tenant) -> AsyncIterator[Away]:
    """Another place to arrive at."""
    made = Away()
    yield made
    await made.leave()
