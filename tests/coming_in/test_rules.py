"""Old telephones, addresses, dates, codes and mappings, by the thousand."""

import random
from datetime import UTC, date, datetime

import msgspec
import pytest

from app.coming_in import codes, days, mapping, phones, places
from app.coming_in.applicants import applicant
from app.coming_in.judging import Judged, Words
from app.coming_in.judging_dossiers import dossier
from app.coming_in.mapping import Known, Standing
from app.coming_in.places import Former, Outcome, Places
from app.coming_in.shapes import Remark, Row, Sheet, SheetName
from app.coming_in.times import times
from app.coming_in.world import KnownAgency, KnownProcedure, World, kinds_at, place
from app.onestop.catalog.source import shipped
from app.onestop.codes import rules as ours
from app.onestop.forms import identity
from app.onestop.workflows.tree import from_flow
from app.provinces import loader
from infra.ids import uuid7
from tests.coming_in import old_system

BEFORE, BETWEEN, AFTER = date(2016, 5, 4), date(2018, 1, 2), date(2024, 5, 6)
OFFICE = "Ủy ban nhân dân "


def _places(name: str) -> Places:
    province = loader.load(name)
    return Places(
        f"tỉnh {name}",
        tuple(
            Former(
                unit.name, unit.district, agency.key, agency.name.removeprefix(OFFICE), unit.part
            )
            for agency in province.agencies
            for unit in agency.formed_from
        ),
    )


def test_eleven_digit_mobiles_of_any_day_become_ten() -> None:
    chance = random.Random(1)
    for old, new in identity._OLD_PREFIXES.items():
        for _ in range(50):
            rest = f"{chance.randrange(2_000_000, 10_000_000)}"
            for written in (old + rest, f"{old} {rest[:3]}.{rest[3:]}", f"84{old[1:]}{rest}",
                            old[1:] + rest):  # fmt: skip
                wanted = identity.phone(new + rest)
                assert phones.modern(written, chance.choice((BEFORE, AFTER))) == wanted, written


def test_landlines_of_before_2017_get_the_new_area_code_of_their_province() -> None:
    assert len(phones.AREA_CODES) == 59 == len(set(phones.AREA_CODES.values()))
    for old, new in phones.AREA_CODES.items():
        subscriber = "38221234" if old in ("04", "08") else "3822123"
        assert phones.modern(old + subscriber, BEFORE) == f"+84{new[1:]}{subscriber}", old
        assert phones.modern(old + subscriber, BETWEEN) == f"+84{new[1:]}{subscriber}", old
        assert phones.modern(new + subscriber, AFTER) == f"+84{new[1:]}{subscriber}", new


def test_what_ten_digits_mean_is_told_by_the_day() -> None:
    assert phones.modern("0563 822 222", BEFORE) == "+842563822222"
    assert phones.modern("0563 822 222", AFTER) == "+84563822222"
    assert phones.modern("0886 123 456", BEFORE) == "+84886123456"


def test_no_text_breaks_a_telephone_or_an_address() -> None:
    chance, signs = random.Random(2), "0123456789 .+-()/abcđường,xãphườnghuyện"
    known = _places("binhdinh")
    for _ in range(3000):
        text = "".join(chance.choices(signs, k=chance.randrange(40)))
        found = phones.modern(text, chance.choice((BEFORE, AFTER)))
        assert found is None or identity.phone("0" + found[3:]) == found
        assert places.convert(text, known).outcome in Outcome


@pytest.mark.parametrize("name", ["binhdinh", "laocai"])
def test_every_old_commune_leads_to_its_one_successor_however_it_is_written(name: str) -> None:
    known = _places(name)
    pairs = {(one.name, one.district) for one in known.former}
    for ward, district in pairs:
        came = {one for one in known.former if (one.name, one.district) == (ward, district)}
        for written in (f"Số 1, {ward}, {district}, tỉnh X", f"Số 1; {ward.upper()}; {district}"):
            found = places.convert(written, known)
            if len(came) > 1 or any(one.part for one in came):
                assert found == places.Converted(written, Outcome.UNKNOWN)
                continue
            (one,) = came
            assert found == places.Converted(
                f"Số 1, {one.now}, {known.province}", Outcome.CONVERTED
            ), written
            assert places.agency_of(f"UBND {ward}, {district}", known) == one.key
            assert places.convert(found.text, known) == places.Converted(found.text, Outcome.SAME)


def test_short_and_unmarked_addresses_are_understood_and_foreign_ones_left() -> None:
    known = _places("binhdinh")
    new = "xã An Lão, tỉnh binhdinh"
    for text in ("x. An Hưng, H. An Lão", "xa An Hung, huyen An Lao", "TT An Lão, huyện An Lão"):
        assert places.convert(text, known).text == new
    for text in ("Hà Nội", "12 Lê Lợi, phường Quy Nhơn, tỉnh Bình Định", ""):
        assert places.convert(text, known) == places.Converted(text, Outcome.SAME)
    assert places.convert("xã Lạ, huyện Lạ", known).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("text", "hour"),
    [("05/03/2023 08:15", 1), ("2023-03-05 08:15:00", 1), ("2023-03-05T01:15:00Z", 1),
     ("05/03/2023", 0), ("2023-03-05", 0), ("44990", 0), ("05-03-2023", 0)],
)  # fmt: skip
def test_dates_of_every_usual_form_are_moments(text: str, hour: int) -> None:
    found = days.moment(text, [])
    assert found is not None and (found.date(), found.hour) == (date(2023, 3, 5), hour)


def test_dates_go_there_and_back_and_what_is_none_is_refused() -> None:
    chance = random.Random(3)
    for _ in range(2000):
        at = datetime.fromtimestamp(chance.randrange(631_300_000, 4_000_000_000) // 60 * 60, UTC)
        here = at.astimezone(days.VIETNAM)
        for form in ("%d/%m/%Y %H:%M", "%d.%m.%Y %H:%M", "%Y-%m-%d %H:%M"):
            assert days.moment(here.strftime(form), ["%d.%m.%Y %H:%M"]) == at
    for text in ("31/02/2023", "5/3/23", "hôm qua", "", "01/01/1900", "99999", "2023"):
        assert days.moment(text, []) is None


def test_a_carried_code_can_be_tracked_and_printed_and_stays_itself() -> None:
    chance = random.Random(4)
    for _ in range(2000):
        old = "".join(chance.choices("ABCĐHabcđ0123456789-./_ ", k=chance.randrange(1, 40)))
        found = codes.carried(old, "CU")
        if found is not None:
            assert ours.is_code(found) and ours.code_of(ours.number_of(found)) == found
            assert codes.carried(found, "CU") == found
    assert codes.carried("000.00.23.h08-230511-0012 ", "") == "000.00.23.H08-230511-0012"
    assert codes.carried("2019/0012", "CU") == "CU-2019-0012"
    assert codes.carried("2019/0012", "") is None
    assert codes.carried("BN 15", "CU") is None
    assert codes.carried("BN 15", "CU2019") == "CU2019-BN-15"


def test_what_is_changed_of_an_applicant_is_kept_as_it_was() -> None:
    cells = {"SĐT": "0168 500 0301", "CMND": "52085000023", "Địa chỉ": "xã An Hưng, huyện An Lão",
             "Người nộp": "  Lê  Thị Thử "}  # fmt: skip
    columns = old_system.meanings().sheets["ho-so"].columns
    row = Judged(SheetName.DOSSIERS, Row(2, cells), columns, [])
    found = applicant(row, _places("binhdinh"), AFTER)
    assert (found["full_name"], found["phone"]) == ("Lê Thị Thử", "+84385000301")
    assert found["id_number"] == "052085000023"
    assert found["carried"] == {
        "phone": "0168 500 0301", "id_number": "52085000023", "address": "xã An Hưng, huyện An Lão",
    }  # fmt: skip


def test_every_shipped_procedure_can_be_gone_on_with_at_each_kind_of_post() -> None:
    for procedure in shipped():
        tree = from_flow(procedure.flow)
        for kind in ("reception", "specialist", "leader"):
            run = place(tree, kind)
            assert run is not None and kinds_at(tree, run) == {kind}
        assert place(tree, "khong-co") is None


@pytest.mark.parametrize(("word", "key"), [("Đang thẩm định", "moi"), ("Đã trả kết quả", "cu")])
def test_open_work_of_an_agency_that_ended_lies_with_its_successor(word: str, key: str) -> None:
    birth = next(each for each in shipped() if each.code == "1.001193")
    posts = frozenset({"specialist"})
    agencies = {
        "cu": KnownAgency(uuid7(), "cu", "Cũ", True, frozenset(), "moi"),
        "moi": KnownAgency(uuid7(), "moi", "Mới", False, posts),
    }
    known = KnownProcedure(birth, from_flow(birth.flow), None, True)
    moment = datetime(2026, 11, 23, tzinfo=UTC)
    world = World(agencies, {birth.code: known}, {}, {}, _places("binhdinh"), moment)
    meanings = old_system.meanings(agencies={old_system.OLD_UNIT: "cu"})
    line = old_system.LIVING[0] if key == "moi" else old_system.DOSSIERS[0]
    cells = dict(zip(old_system.HEADINGS["ho-so"], (*line[:13], word), strict=True))
    remarks: list[Remark] = []
    row = Judged(SheetName.DOSSIERS, Row(2, cells), meanings.sheets["ho-so"].columns, remarks)
    found = dossier(row, Words(meanings), world, [], "x", [])
    assert found is not None and found.agency_id == agencies[key].id
    assert [remark.column for remark in remarks if remark.column == "Đơn vị"] == (
        ["Đơn vị"] if key == "moi" else []
    )


def test_who_kept_only_the_day_of_handing_over_says_that_work_ended_then() -> None:
    remarks: list[Remark] = []
    said = {"filed": "Ngày nhận", "delivered": "Ngày trả"}
    cells = {"Ngày nhận": "02/03/2020", "Ngày trả": "09/03/2020"}
    now, words = datetime(2026, 11, 23, tzinfo=UTC), Words(old_system.meanings())
    silent = Judged(SheetName.DOSSIERS, Row(2, cells), said, remarks)
    times(silent, 10, words, now)
    assert not silent.ok and "tệp ánh xạ" in remarks[-1].sentence
    told = Judged(SheetName.DOSSIERS, Row(2, cells), said | {"finished": "Ngày trả"}, [])
    found = times(told, 10, words, now)
    assert told.ok and found is not None
    assert found.finished == found.delivered == days.moment("09/03/2020", (), alone=days.OPENING)


def test_a_column_they_do_not_have_is_named_as_people_name_it() -> None:
    remarks: list[Remark] = []
    row = Judged(SheetName.DOSSIERS, Row(2, {}), {"code": "Số biên nhận"}, remarks)
    row.note("received", "…")
    row.note("code", "…")
    assert [remark.column for remark in remarks] == ["ngày tiếp nhận", "Số biên nhận"]


def test_a_mapping_is_told_everything_that_is_wrong_at_once() -> None:
    known = Known({"1.001193"}, {"ubnd-xa-an-lao"}, {"tiep-nhan", "tu-phap-ho-tich"})
    sheets = {SheetName.DOSSIERS: Sheet(list(old_system.HEADINGS["ho-so"]), [])}
    sound = old_system.meanings()
    assert mapping.faults(sound, sheets, known) == []
    assert mapping.read(msgspec.json.encode(sound)) == sound
    wrong = old_system.meanings(
        source="Mã Lạ", dates=["%d/%m/%y"], agencies={"A": "khong-co", "B": None},
        channels={"X": "linked"}, statuses={"Chờ bổ sung": Standing(5), "Đang": Standing(4)},
    )  # fmt: skip
    assert len(mapping.faults(wrong, sheets, known)) == 6
    assert len(mapping.faults(sound, {SheetName.DOSSIERS: Sheet([], [])}, known)) == 14
    for broken in (b"{", b"[]", b'{"source": 1}', b"\xff"):
        assert isinstance(mapping.read(broken), str)
