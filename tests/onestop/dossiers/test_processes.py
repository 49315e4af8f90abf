"""The shipped processes walked end to end on a real tenant, by officers of the right posts."""

import pytest

from app.onestop.workflows.source import shipped
from tenants import db
from tenants.shapes import Tenant
from tests.onestop.dossiers.linked import HOME, bound, sound, taken_in, walk_out

HOMES = {
    "karaoke-lien-thong": "so-van-hoa-the-thao-va-du-lich",
    "lltp-lao-dong": "so-noi-vu",
}


@pytest.mark.parametrize("code", shipped())
async def test_a_shipped_process_is_walked_to_its_result(code: str, province: Tenant) -> None:
    home = HOMES.get(code, HOME)
    dossier = await taken_in(await bound(shipped()[code], home), home)
    assert dossier.workflow_id is not None
    await sound(dossier.id)
    done = await walk_out(dossier.id)
    assert done[0] == "hand_over tiep-nhan"
    assert done[-1].removeprefix("finish ") == "tra-ket-qua"
    # However many agencies work on it, it is one dossier: received and counted once.
    for counted in ("dossier", "usage_record where meter = 'dossier.received'"):
        assert await db.tenant.fetch_value(f"select count(*) from {counted}") == 1


@pytest.mark.parametrize("first", ["so-tham-dinh", "cong-an-tham-dinh"])
async def test_parallel_agencies_may_end_in_either_order(first: str, province: Tenant) -> None:
    home = HOMES["karaoke-lien-thong"]
    code = await bound(shipped()["karaoke-lien-thong"], home)
    done = await walk_out((await taken_in(code, home)).id, first)
    assert done[1].endswith(first) and len(done) == 5
