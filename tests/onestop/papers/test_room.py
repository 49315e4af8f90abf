"""A store that is full by contract: the citizen is told what to do, and nothing is kept."""

from pathlib import Path
from uuid import UUID

import pytest

from app.onestop.papers import uploading
from app.onestop.papers.room import StoreFull
from app.people.shapes import Actor
from billing import quota, service
from billing.agreed import FairUse
from storage.queries import bytes_coming
from tenants.shapes import Tenant
from tests.billing.contracts import CLAUSE, contract


async def test_papers_are_refused_where_the_contract_says_so_and_the_store_is_full(
    hung: Actor, draft: UUID, slot: str, province: Tenant, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(quota, "_FRESH_SECONDS", -1.0)
    limit = FairUse(meter="storage.byte_day", quantity=1000, beyond="refuse", clause=CLAUSE)
    await service.load(contract(tenant_slug=province.slug, fair_use=[limit]))
    await uploading.begin(hung, f"draft:{draft}", slot, "a.pdf", 600)
    file = tmp_path / "b.pdf"
    file.write_bytes(b"x" * 401)
    with pytest.raises(StoreFull) as told:
        await uploading.take(hung, f"draft:{draft}", slot, file, "b.pdf")
    assert "nộp giấy tờ tại Bộ phận Một cửa" in told.value.fields[f"tep_{slot}"]
    with pytest.raises(StoreFull):
        await uploading.begin(hung, f"draft:{draft}", slot, "b.pdf", 401)
    assert await bytes_coming() == 600
