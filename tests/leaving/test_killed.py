"""An export that is killed goes on, and what comes of it is what would have come without."""

import time
from functools import partial
from pathlib import Path

from app.leaving import exporting
from app.onestop.dossiers import service
from tenants.shapes import Tenant
from tenants.work import work
from tests import cast
from tests.leaving.dying import killed, moments
from tests.leaving.test_export import differences
from tests.onestop.dossiers.story import on_paper


async def test_kill_9_at_any_moment_changes_nothing(worked: Tenant, tmp_path: Path) -> None:
    began = time.monotonic()
    await exporting.export(worked, tmp_path / "whole", share=100)
    took = time.monotonic() - began
    again = partial(exporting.export, worked, tmp_path / "killed", resume=True, share=100)
    for seconds in moments(3, took, seed=7):
        killed(again, seconds)
    await exporting.export(worked, tmp_path / "killed", resume=True, share=100)
    assert differences(tmp_path / "whole", tmp_path / "killed") == []


async def test_what_happened_meanwhile_is_in_the_bag_and_nothing_of_before(
    worked: Tenant, tmp_path: Path
) -> None:
    slowly = partial(exporting.export, worked, tmp_path / "killed", resume=True, share=10)
    for seconds in (0.2, 0.5):
        assert not killed(slowly, seconds)
    assert (tmp_path / "killed/data/tables/agency.jsonl").exists()
    lan = await cast.officer(cast.LAN)
    async with work():
        await service.intake(lan, on_paper(full_name="Người Đến Sau"))
    made = await exporting.export(worked, tmp_path / "killed", resume=True, share=100)
    fresh = await exporting.export(worked, tmp_path / "fresh", share=100)
    assert differences(tmp_path / "fresh", tmp_path / "killed") == []
    assert made == fresh
