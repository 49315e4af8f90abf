"""A province's file in its tenant."""

from app.provinces import loader
from app.provinces.service import load
from tenants import db
from tenants.work import work
from tests import cast


async def _counts():
    tables = ("agency", "post", "officer", "post_holding", "procedure", "work_calendar")
    return {t: await db.tenant.fetch_value(f"select count(*) from {t}") for t in tables}


async def test_loading_again_changes_nothing(province):
    before = await _counts()
    async with work():
        await load(loader.load("binhdinh"))
    assert await _counts() == before
    assert before["agency"] == len(loader.load("binhdinh").agencies)


async def test_the_fifty_eight_communes_of_binh_dinh_stand_under_the_province(province):
    rows = await db.tenant.fetch(
        "select c.key from agency c join agency p on p.id = c.parent_id"
        " where c.kind = 'commune' and p.kind = 'province'"
    )
    assert len(rows) == 58


async def test_lan_holds_the_counter_at_quy_nhon(province):
    lan = await cast.officer(cast.LAN)
    post = lan.holds("reception")
    assert post.agency_name == "Ủy ban nhân dân phường Quy Nhơn"
    assert lan.holds("leader") is None


async def test_two_provinces_know_nothing_of_each_other(province, neighbour):
    assert (
        await db.tenant.fetch_value(
            "select count(*) from officer where username = $1", cast.OUTSIDER
        )
        == 0
    )
