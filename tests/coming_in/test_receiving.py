"""A dirty folder of another system comes into a province."""

from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from app.coming_in import service
from app.coming_in.mapping import Meanings, Standing
from app.coming_in.shapes import SheetName, Weight
from app.doors.desk.dossier_view import dossier_view
from app.doors.desk.far_view import FarView
from app.onestop.dossiers import service as dossiers
from app.onestop.dossiers.queries.asked import beside
from app.onestop.dossiers.queries.deadline import deadline_of
from app.onestop.dossiers.queries.page import dossier_page
from app.onestop.dossiers.queries.tracking import tracking
from app.usage.rows import dossiers_received
from tenants import db
from tenants.current import acting_for
from tenants.shapes import Tenant
from tenants.work import work
from tests import cast
from tests.cli.running import run
from tests.coming_in import old_system
from tests.leaving.dying import killed

_TABLES = (
    "dossier", "progress", "paper", "stored_object", "upload", "officer", "post_holding",
    "procedure", "statistic", "task", "deadline_entry", "trail", "carried_row", "notice",
)  # fmt: skip
NOTHING_FAR = FarView(works=[], parts=[], errand=None, asked=False, come=[])
# What two imports of the same folder must agree on, whatever ids and moments they gave.
_STANDING = """
select d.code, d.status, d.phone, d.applicant::text, d.due_at, d.run::text, d.delivery,
  (select count(*) from progress p where p.dossier_id = d.id) as steps,
  (select string_agg(kind || month, ',' order by kind) from statistic s
    where s.dossier_id = d.id) as figures,
  (select count(*) from trail t where t.subject_id = d.id::text) as trail,
  (select string_agg(node || ':' || state, ',') from task k where k.dossier_id = d.id) as tasks,
  (select string_agg(encode(o.sha256, 'hex'), ',') from paper q
     left join stored_object o on o.id = q.object_id where q.dossier_id = d.id) as papers,
  (select count(*) from paper q where q.dossier_id = d.id) as lying
from dossier d order by d.code
"""


async def _digest() -> list[Any]:
    """The content of every table an import could write to."""
    rows = []
    for table in _TABLES:
        text = f"select md5(string_agg(t::text, '|' order by t::text)) from {table} t"
        rows.append(await db.tenant.fetch_value(text))
    return rows


async def _standing() -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await db.tenant.fetch(_STANDING)]


def _faults(report: Any) -> list[tuple[str, int, str]]:
    return [(r.sheet, r.row, r.column) for r in report.remarks if r.weight is Weight.FAULT]


async def test_a_dirty_folder_comes_in_once_and_is_told_row_by_row(
    province: Tenant, neighbour: Tenant, tmp_path: Path
) -> None:
    place, before = old_system.hand_over(tmp_path / "cu"), await _digest()
    dry = await service.receive(place, old_system.meanings(), by="thu", dry_run=True)
    assert await _digest() == before
    real = await service.receive(place, old_system.meanings(), by="thu")
    assert real.remarks == dry.remarks and real.tallies == dry.tallies
    assert real.tallies[SheetName.DOSSIERS].taken == old_system.SOUND + len(old_system.LIVING)
    first = old_system.SOUND + len(old_system.LIVING) + 2
    assert sorted(_faults(real)) == sorted(
        [("ho-so", first, "Số hồ sơ"), ("ho-so", first + 1, "Số hồ sơ"),
         ("ho-so", first + 2, "Thủ tục"), ("ho-so", first + 3, "Ngày nộp"),
         ("ho-so", first + 4, "Ngày kết thúc"), ("ho-so", first + 5, "Trạng thái"),
         ("ho-so", first + 6, "Người nộp"), ("ho-so", first + 7, "Ngày kết thúc"),
         ("ho-so", first + 7, "Ngày trả"), ("tien-trinh", 3, "Số hồ sơ"),
         ("giay-to", 4, "Tệp"), ("giay-to", 5, "Tệp"), ("giay-to", 6, "Tệp"),
         ("giay-to", 7, "Số hồ sơ"), ("nguoi-dung", 4, "Họ tên")]
    )  # fmt: skip
    await _as_it_was_promised(province, neighbour)
    settled = await _digest()
    again = await service.receive(place, old_system.meanings(), by="thu")
    assert await _digest() == settled
    assert again.tallies[SheetName.DOSSIERS].known == old_system.SOUND + len(old_system.LIVING)
    assert sum(tally.taken for tally in again.tallies.values()) == 0
    for name, tally in real.tallies.items():
        assert again.tallies[name].known == tally.taken, name
        assert tally.read == tally.taken + tally.refused, name


async def _as_it_was_promised(province: Tenant, neighbour: Tenant) -> None:
    """Codes, phones, addresses, papers, figures, silence; and work that goes on."""
    old = old_system.DOSSIERS[0][0]
    found = await tracking(old, "0000")
    assert found is not None and found.details is not None and found.status == 10
    assert next(step.title for step in found.details.steps) == "Thẩm định"
    assert [result.name for result in found.details.results] == ["Giấy khai sinh"]
    row = await db.tenant.fetch_row(
        "select phone, applicant->>'address' as address, applicant->'carried'->>'address' as was,"
        " carried_from from dossier where id = dossier_named($1)", old,
    )  # fmt: skip
    assert tuple(row or ()) == (
        "+84385000000", "Thôn 0, xã An Lão, tỉnh Bình Định", old_system.DOSSIERS[0][6],
        "phần mềm một cửa huyện An Lão",
    )  # fmt: skip
    found = await tracking("AL-2023-00000012", "2222")
    assert found is not None and found.details is not None
    # Two of these are of one day without an hour, and the next two of another.
    assert [step.title for step in found.details.steps][:4] == [
        "Nộp hồ sơ", "Tiếp nhận hồ sơ", "Có kết quả giải quyết", "Trả kết quả",
    ]  # fmt: skip
    months = await db.tenant.fetch("select distinct month::text from statistic order by 1")
    assert {row["month"] for row in months} == {"2015-02-01", "2023-03-01", "2026-11-01"}
    assert await db.tenant.fetch_value("select count(*) from notice") == 0
    assert await dossiers_received(date(2030, 1, 1)) == {}
    assert (await tracking(old_system.OPEN)) is not None
    who = await db.tenant.fetch_value(
        "select distinct actor_name from trail where act = 'dossier.carry_in'"
    )
    assert who == "Chuyển dữ liệu: thu"
    assert await cast.at(neighbour, tracking(old)) is None
    with acting_for(province):
        await _goes_on()


async def _goes_on() -> None:
    """Old and open ones have their pages; the open one lies with the successor's specialist and is
    worked on as any other."""
    desk = await cast.officer("cu.nguyen")
    for code in (old_system.DOSSIERS[0][0], old_system.OPEN, old_system.WAITING):
        shown = await dossier_page(code, desk)
        assert shown is not None and (await beside(shown)) is not None
        await deadline_of(code, desk)
        view = dossier_view(shown, [], {}, NOTHING_FAR)
        assert view.carried == "Chuyển từ phần mềm một cửa huyện An Lão"
        assert not view.has_receipt  # It was given where the dossier was received.
    task = await db.tenant.fetch_row(
        "select k.node, k.post_id, a.key from task k join agency a on a.id = k.agency_id"
        " where k.state = 'open'"
    )
    assert task is not None and (task["node"], task["key"]) == ("thu-ly", "ubnd-xa-an-lao")
    due = await db.tenant.fetch_value(
        "select (due_at at time zone 'Asia/Ho_Chi_Minh')::date::text from dossier"
        " where id = dossier_named($1)", old_system.OPEN,
    )  # fmt: skip
    assert due == "2026-12-30"
    async with work():
        await dossiers.process(await cast.officer("cu.tran"), old_system.OPEN, None, None)
    now_with = await db.tenant.fetch_value("select node from task where state = 'open'")
    assert now_with == "phe-duyet"


async def test_a_killed_import_goes_on_to_the_same_end(make_province: Any, tmp_path: Path) -> None:
    place = old_system.hand_over(tmp_path / "cu")
    whole, cut = await make_province(), await make_province()

    async def come() -> None:
        with acting_for(cut):
            await service.receive(place, old_system.meanings(), by="thu")

    with acting_for(whole):
        await service.receive(place, old_system.meanings(), by="thu")
        wanted = await _standing()
    for seconds in (0.3, 0.6):
        killed(come, seconds)
    await come()
    with acting_for(cut):
        assert await _standing() == wanted


async def test_what_changed_since_is_told_and_left(province: Tenant, tmp_path: Path) -> None:
    few = [old_system.DOSSIERS[0]]
    await service.receive(old_system.hand_over(tmp_path / "a", few), old_system.meanings(), by="x")
    other = [(*few[0][:3], "Tên Khác Hẳn", *few[0][4:])]
    later = old_system.hand_over(tmp_path / "b", other)
    report = await service.receive(later, old_system.meanings(), by="x")
    assert report.tallies[SheetName.DOSSIERS].changed == 1
    name = await db.tenant.fetch_value("select applicant_name from dossier")
    assert name == few[0][3]


async def test_a_workbook_is_proposed_a_mapping_judged_and_taken_from_the_command_line(
    province: Tenant, tmp_path: Path
) -> None:
    book, draft, told = tmp_path / "so.xlsx", tmp_path / "map.json", tmp_path / "loi.csv"
    old_system.workbook(book)
    words = ("tenant", "receive", province.slug, "--from", str(book), "--map", str(draft))
    status, printed = await run(*words, "--propose")
    assert status == 0 and "còn 1 từ chưa có nghĩa" in printed, printed
    found = msgspec.json.decode(draft.read_bytes(), type=Meanings)
    assert found.agencies == {old_system.OLD_UNIT: "ubnd-xa-an-lao"}
    assert found.statuses["Đã trả kết quả"] == Standing(10)
    assert found.statuses["Đang thẩm định"] == Standing(4, "specialist")
    status, printed = await run(*words, "--dry-run", "--errors", str(told))
    assert status == 0 and "sẽ chuyển" in printed, printed
    assert "Thêm" not in printed and "procedures" in told.read_text("utf-8-sig")
    draft.write_text(draft.read_text().replace('"Thủ tục cũ": null', '"Thủ tục cũ": "1.001193"'))
    status, printed = await run(*words)
    assert status == 0 and "đọc 2 dòng: 2 đã chuyển" in printed, printed
    draft.write_text("{}")
    status, printed = await run(*words)
    assert status == 1 and "Thiếu mục" in printed, printed
