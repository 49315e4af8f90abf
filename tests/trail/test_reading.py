"""Who opened a dossier, from where; and nothing is shown that could not be told of."""

from datetime import timedelta

import pytest

from app.people.shapes import Actor
from app.trail import reading
from infra import clock
from tenants import db
from tenants.clusters import owner
from tests import cast
from tests.doors.browsing import MONDAY, browse, hoa, lan
from tests.doors.desk.pages import at
from tests.doors.desk.test_lists import laid_down

__all__ = ["browse", "hoa", "lan"]

READINGS = """
select actor_name, act, subject_kind, detail->>'how' as how, address, port from trail
where act like '%.read' order by at, id
"""


@pytest.fixture(autouse=True)
def monday():
    with clock.frozen(MONDAY):
        yield


async def readings():
    rows = await db.tenant.fetch(READINGS)
    return [(row["actor_name"].split()[-1], row["how"], row["port"] is not None) for row in rows]


async def test_opening_a_dossier_leaves_a_row_and_opening_it_again_at_once_none(
    lan, hoa, browse, province, neighbour
):
    code = (await laid_down()).code
    for path in (at(code), at(code), f"{at(code)}/giay-tiep-nhan"):
        assert (await lan.get(path)).status_code == 200
    for minutes in (10, 20):
        with clock.frozen(MONDAY + timedelta(minutes=minutes)):
            assert (await lan.get(at(code))).status_code == 200
    assert await readings() == [
        ("Lan", "page", True), ("Lan", "slip", True), ("Lan", "page", True)
    ]  # fmt: skip
    assert (await lan.get("/can-bo/so-theo-doi/pdf")).status_code == 200
    (row,) = await db.tenant.fetch("select subject_kind from trail where act = 'register.read'")
    assert row["subject_kind"] == "register_reading"
    # An administrator, an officer of elsewhere and a stranger are shown nothing, and leave nothing.
    before = len(await readings())
    for who in (await browse(province, await cast.officer(cast.THU)), await browse(province)):
        assert (await who.get(at(code))).status_code in {303, 401, 404}
    assert len(await readings()) == before


async def test_who_knows_the_last_digits_is_noted_and_the_citizen_who_owns_it_is_not(
    lan, browse, province
):
    code = (await laid_down()).code
    stranger = await browse(province)
    row = await db.tenant.fetch_row(
        "select id, citizen_id, right(coalesce(phone, id_number), 4) as digits from dossier"
        " where id = dossier_named($1)", code
    )  # fmt: skip
    assert (await stranger.get(f"/tra-cuu/{code}")).status_code == 200
    assert await readings() == []
    shown = await stranger.post(f"/tra-cuu/{code}", data={"so_cuoi": row["digits"]})
    assert (shown.status_code, await readings()) == (200, [("Khách", "tracking", True)])
    hung = await cast.citizen()
    async with owner("main", province.database) as admin:
        await admin.execute("update dossier set citizen_id = $1 where id = $2", hung.id, row["id"])
    own = await browse(province, hung)
    assert "/luot-xem" in (await own.get(f"/da-nop/{code}")).text
    assert len(await readings()) == 1
    assert (await lan.get(at(code))).status_code == 200
    told = (await own.get(f"/da-nop/{code}/luot-xem")).text
    assert "phường Quy Nhơn</th>" in told and "bốn số cuối" in told and "Lan" not in told
    other = await browse(province, await cast.citizen("Nguyễn Văn Khác", "khac"))
    assert (await other.get(f"/da-nop/{code}/luot-xem")).status_code == 404


async def test_what_cannot_be_told_of_is_not_shown(lan, province):
    code = (await laid_down()).code
    async with owner("main", province.database) as admin:
        await admin.execute("alter table trail add constraint no_more check (false) not valid")
        answer = await lan.get(at(code))
        assert answer.status_code == 503
        assert "chưa ghi được lượt xem" in answer.text and code not in answer.text
        await admin.execute("alter table trail drop constraint no_more")
    assert (await lan.get(at(code))).status_code == 200


async def test_a_route_that_shows_a_dossier_and_does_not_say_so_fails():
    noted: list[reading.Reading] = []
    with reading.noting(noted):
        reading.note(Actor(kind="visitor", name="Khách"), "dossier", "1")
    with pytest.raises(reading.Undeclared):
        await reading.keep(noted, None)
