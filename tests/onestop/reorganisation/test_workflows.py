"""Workflows that name an agency which ended: its successor has the work, or a person says who."""

from collections.abc import Iterator

import pytest

from app.doors.admin.workflows_view import ended_agencies
from app.onestop.dossiers.refusals import SuccessorUnclear
from app.onestop.workflows.agencies import Placed
from app.onestop.workflows.queries import Organisation
from app.onestop.workflows.source import shipped
from app.provinces.shapes import AgencyKind
from infra.clock import frozen
from tenants.shapes import Tenant
from tests.onestop.dossiers.linked import bound, opened, taken_in, walk_to
from tests.onestop.dossiers.story import agency
from tests.onestop.reorganisation.plans import MONDAY, carried_out, new_agency

HEALTH, JUSTICE = "so-y-te", "so-tu-phap"


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with frozen(MONDAY):
        yield


async def test_the_successor_has_the_work_of_the_agency_a_workflow_names(
    province: Tenant,
) -> None:
    code = await bound(shipped()["chung-chi-duoc"])
    await carried_out({"kind": "dissolve", "agency": HEALTH, "successor": JUSTICE})
    dossier = await taken_in(code)
    await walk_to(dossier.id, "so-xem-xet")
    (task,) = await opened(dossier.id)
    assert task["agency_id"] == await agency(JUSTICE)


async def test_of_several_successors_the_administrator_must_choose(province: Tenant) -> None:
    code = await bound(shipped()["chung-chi-duoc"])
    await carried_out(
        {"kind": "split", "agency": HEALTH, "into": ["so-y-hai", JUSTICE], "otherwise": JUSTICE},
        agencies=[new_agency("so-y-hai", kind="department")],
    )
    dossier = await taken_in(code)
    with pytest.raises(SuccessorUnclear):
        await walk_to(dossier.id, "so-xem-xet")


def test_the_administrator_reads_what_becomes_of_each_agency_that_ended() -> None:
    tree = shipped()["chung-chi-duoc"].tree
    names = {HEALTH: "Sở Y tế", JUSTICE: "Sở Tư pháp", "so-y-hai": "Sở Y Hai"}
    placed = {JUSTICE: Placed(AgencyKind.DEPARTMENT), "so-y-hai": Placed(AgencyKind.DEPARTMENT)}
    for heirs, words in (
        ([], "Lập bản nháp mới và chọn cơ quan khác."),
        ([JUSTICE], "phần việc chuyển đến Sở Tư pháp."),
        ([JUSTICE, "so-y-hai"], "nhiều cơ quan kế thừa: Sở Tư pháp, Sở Y Hai."),
    ):
        [told] = ended_agencies(tree, Organisation({}, placed, {HEALTH: heirs}), names)
        assert told.startswith("Sở Y tế đã kết thúc hoạt động") and words in told
    there = {**placed, HEALTH: Placed(AgencyKind.DEPARTMENT)}
    assert ended_agencies(tree, Organisation({}, there, {}), names) == []
