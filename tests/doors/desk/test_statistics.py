"""The report of figures at the officers' door: whose figures, which months, and as a file."""

import csv
import io
from datetime import timedelta

from app.doors.csv_answer import csv_of
from app.onestop.dossiers import service
from infra import clock
from tenants import db
from tenants.work import work
from tests import cast
from tests.doors.browsing import MONDAY
from tests.doors.desk.pages import see, text_of
from tests.onestop.dossiers.story import agency, on_paper, walked

HERE = "/can-bo/thong-ke"
NEXT_DOOR = "ubnd-phuong-quy-nhon-bac"


async def two_months():
    """One dossier left over from last month, one received and settled in this one."""
    people = [await cast.officer(name) for name in (cast.LAN, cast.HOA, cast.MINH)]
    with clock.frozen(MONDAY - timedelta(days=40)):
        async with work():
            await service.intake(people[0], on_paper())
    async with work():
        code = (await service.intake(people[0], on_paper(channel="postal"))).code
    await walked(*people, code)


def table(answer):
    """The file's lines by their first cell, each cell by its column."""
    assert answer.status_code == 200, answer.text
    rows = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    return {next(iter(row.values())): row for row in rows}


async def test_a_month_is_counted_with_what_was_left_over(province, minh):
    await two_months()
    text = await see(minh, HERE)
    assert "Hộ tịch" in text and "Tồn kỳ trước" in text and "Tổng số" in text
    answer = await minh.get(f"{HERE}/csv")
    assert "attachment" in answer.headers["content-disposition"]
    told = table(answer)["Tổng số"]
    assert (told["Tồn kỳ trước"], told["Tiếp nhận: bưu chính"]) == ("1", "1")
    assert (told["Đã giải quyết: đúng hạn"], told["Đang giải quyết"]) == ("1", "1")
    before = table(await minh.get(f"{HERE}/csv", params={"tu": "10/2026"}))["Tổng số"]
    assert (before["Tiếp nhận: trực tiếp"], before["Đang giải quyết"]) == ("1", "1")


async def test_each_sees_the_own_agency_a_leader_those_beneath_an_administrator_all(
    province, lan, minh, thu
):
    await two_months()
    await db.tenant.execute(
        "update agency set parent_id = $1 where key = $2",
        *(await agency(), NEXT_DOOR),
    )
    for key, readers in ((NEXT_DOOR, (minh, thu)), ("so-y-te", (thu,))):
        asked = {"co-quan": str(await agency(key))}
        for browser in (lan, minh, thu):
            answer = await browser.get(HERE, params=asked)
            assert answer.status_code == (200 if browser in readers else 404), key
    named = table(await thu.get(f"{HERE}/csv", params={"theo": "co-quan"}))
    assert set(named) == {"Ủy ban nhân dân phường Quy Nhơn", "Tổng số"}


async def test_what_is_no_month_is_told(province, lan):
    for typed in ("13/2026", "thang 5", "0/2026"):
        answer = await lan.get(HERE, params={"tu": typed, "den": "11/2026"})
        assert "Ghi tháng theo dạng tháng/năm" in text_of(answer, 422)
    answer = await lan.get(HERE, params={"tu": "11/2026", "den": "10/2026"})
    assert "tháng cuối không trước tháng đầu" in text_of(answer, 422)
    assert (await lan.get(f"{HERE}/csv", params={"tu": "x"})).status_code == 422


async def test_a_stranger_sees_no_figures_of_ours(province, browse, neighbour):
    await two_months()
    ours = await agency()
    stranger = await browse(neighbour, await cast.at(neighbour, cast.officer(cast.OUTSIDER)))
    assert (await stranger.get(HERE, params={"co-quan": str(ours)})).status_code == 404


def test_a_spreadsheet_runs_nothing_of_the_file():
    for text in ("=1+1", "+1", "-1", "@x", "\t=1", " =1", "＝1"):
        assert csv_of([[text, -1]]).decode("utf-8-sig") == csv_of([[f"'{text}", -1]]).decode(
            "utf-8-sig"
        )
    assert csv_of([["a,b", 'c"d', -1]]).decode("utf-8-sig") == '"a,b","c""d",-1\r\n'
