"""Answers to the shipped forms: what is right is kept in one form, what is wrong is told."""

import unicodedata
from datetime import date

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.onestop.catalog.source import shipped as procedures
from app.onestop.forms.rules import about, check, faults, fields_of, lines
from app.onestop.forms.shapes import Form, Kind, Only
from app.onestop.forms.source import form_named, shipped

TODAY = date(2026, 11, 22)
BIRTH, BUILDING, GENERIC = (
    form_named(name) for name in ("khai-sinh", "cap-phep-xay-dung", "chung")
)
ALL = list(shipped().values())
quietly = settings(deadline=None)

BORN = {
    "nyc_ten": "Trần Văn Hùng", "nyc_so_dinh_danh": "052085000023",
    "nyc_dien_thoai": "0905 000 301",
    "nyc_loai_cu_tru": "thuong-tru", "nyc_noi_cu_tru": "12 Lê Lợi, phường Quy Nhơn",
    "nyc_quan_he": "cha", "truong_hop": "du-cha-me", "loai_khai_sinh": "trong-nuoc",
    "ks_ho": "Trần", "ks_chu_dem": "An", "ks_ten": "Nhiên", "ks_ngay_sinh": "5/11/2026",
    "ks_gioi_tinh": "nu", "ks_dan_toc": "Kinh", "ks_quoc_tich": "Việt Nam",
    "ks_noi_sinh": "Phường Quy Nhơn", "ks_que_quan": "Xã Tuy Phước",
    "me_ten": "Bùi Thị Ngọc", "me_ngay_sinh": "1990", "me_dan_toc": "Kinh",
    "me_quoc_tich": "Việt Nam", "me_so_dinh_danh": "052190000017", "me_loai_cu_tru": "thuong-tru",
    "me_noi_cu_tru": "12 Lê Lợi, phường Quy Nhơn", "cha_ten": "Trần Văn Hùng",
    "cha_ngay_sinh": "12/04/1985", "cha_dan_toc": "Kinh", "cha_quoc_tich": "Việt Nam",
    "cha_so_dinh_danh": "052085000023", "cha_cung_noi_cu_tru": "co", "ban_sao": "co",
    "so_ban_sao": "2", "cam_doan": "on",
}  # fmt: skip
HOUSE = {
    "cdt_loai": "ca-nhan", "cdt_ten": "Bùi Thị Ngọc", "cdt_so_dinh_danh": "052190000017",
    "cdt_dia_chi": "45 Trần Phú, phường Quy Nhơn", "cdt_dien_thoai": "0905000302",
    "loai_cong_trinh": "nha-o-rieng-le", "ct_dia_diem": "Tổ 3, khu vực 5", "ct_lo_dat": "Thửa 112",
    "ct_dien_tich": "100,5", "ct_xa": "Phường Quy Nhơn", "ct_tinh": "Gia Lai",
    "tk_tu_lap": "tu-lap", "no_cap": "iv", "no_dien_tich_tang_1": "80",
    "no_tong_dien_tich": "1.160",
    "no_chieu_cao": "11,90", "no_so_tang": "3", "thoi_gian_thang": "12", "cam_ket": "1",
}  # fmt: skip


def birth(**answers: str) -> dict[str, str]:
    return check(BIRTH, {**BORN, **answers}, today=TODAY).errors


@pytest.mark.parametrize("form", ALL, ids=lambda form: form.id)
def test_every_shipped_form_is_sound(form: Form) -> None:
    assert faults(form) == []


def test_every_procedure_finds_a_form_and_the_two_real_ones_have_their_own() -> None:
    used = {procedure.code: form_named(procedure.form).id for procedure in procedures()}
    assert used["1.001193"] == "khai-sinh"
    assert used["1.013225"] == "cap-phep-xay-dung"
    assert {name for code, name in used.items() if code not in ("1.001193", "1.013225")} == {
        "chung"
    }


def test_an_unknown_form_is_the_generic_one() -> None:
    assert form_named("không có").id == "chung"


def test_a_whole_birth_declaration_is_right_and_kept_in_one_form() -> None:
    checked = check(BIRTH, BORN, today=TODAY)
    assert checked.ok
    assert checked.warnings == {}
    assert checked.values["nyc_ten"] == "TRẦN VĂN HÙNG"
    assert checked.values["nyc_dien_thoai"] == "+84905000301"
    assert checked.values["ks_ngay_sinh"] == "05/11/2026"
    assert about(BIRTH, checked.values) == "TRẦN AN NHIÊN"


def test_a_whole_building_application_is_right() -> None:
    checked = check(BUILDING, HOUSE, today=TODAY)
    assert checked.errors == {}
    assert checked.values["no_tong_dien_tich"] == "1160"
    assert checked.values["no_chieu_cao"] == "11,9"


@pytest.mark.parametrize(("form", "answers"), [(BIRTH, BORN), (BUILDING, HOUSE)])
def test_checking_what_was_kept_changes_nothing(form: Form, answers: dict[str, str]) -> None:
    kept = check(form, answers, today=TODAY).values
    assert check(form, kept, today=TODAY).values == kept


@pytest.mark.parametrize("form", ALL, ids=lambda form: form.id)
def test_an_empty_form_tells_every_required_question_by_name(form: Form) -> None:
    errors = check(form, {}, today=TODAY).errors
    always = [
        field
        for page in form.pages
        for field in page.fields
        if field.required and not field.only_if and not page.only_if
    ]
    assert list(errors) == [field.id for field in always]
    for field in always:
        if field.kind is not Kind.AGREE:
            assert field.label[1:] in errors[field.id]


@pytest.mark.parametrize("form", ALL, ids=lambda form: form.id)
def test_no_error_shouts_or_speaks_english(form: Form) -> None:
    for field in fields_of(form):
        for typed in ("", "😀", "x" * 3000, "??"):
            error = check(form, {field: typed}, today=TODAY).errors.get(field, "")
            assert "!" not in error
            assert error == "" or error.endswith(".")


def test_a_name_of_four_hundred_letters_is_told_to_be_shortened() -> None:
    assert birth(me_ten="Á" * 400) == {
        "me_ten": "Rút gọn họ, chữ đệm, tên người mẹ còn tối đa 100 ký tự."
    }


def test_a_name_with_a_picture_in_it_says_which_sign_to_take_out() -> None:
    assert "Bỏ ký tự “😀”" in birth(me_ten="Ngọc 😀")["me_ten"]


@pytest.mark.parametrize("name", ["Ngọc2", "Ngọc<b>", "N@m", "123", "...", "-"])
def test_a_name_is_letters(name: str) -> None:
    assert list(birth(me_ten=name)) == ["me_ten"]


@pytest.mark.parametrize(
    "name",
    ["H'Hen Niê", "H’Hen Niê", "Y-Moan Ênuôl", "Ksor Blâm", "Đỗ", "Nguyễn Tr. Anh", "Jean-Luc Đào",
     "王小明", "สมชาย ใจดี", "Ольга", "Ḥusayn", "ສົມສັກ"],
)  # fmt: skip
def test_names_of_every_people_are_accepted(name: str) -> None:
    assert birth(me_ten=name) == {}


def test_a_decomposed_name_is_kept_composed_and_counted_by_letters() -> None:
    typed = unicodedata.normalize("NFD", "Nguyễn Thị Huyền")
    checked = check(BIRTH, {**BORN, "me_ten": typed}, today=TODAY)
    assert checked.values["me_ten"] == "NGUYỄN THỊ HUYỀN"
    long = unicodedata.normalize("NFD", "ễ" * 100)
    assert check(BIRTH, {**BORN, "me_ten": long}, today=TODAY).ok


def test_what_cannot_be_seen_is_taken_out_without_a_word() -> None:
    typed = " Bùi\u200b \x00Thị\u00a0\t Ngọc\u202e\r\n"
    assert check(BIRTH, {**BORN, "me_ten": typed}, today=TODAY).values["me_ten"] == "BÙI THỊ NGỌC"


@pytest.mark.asvs("2.2.3")
def test_a_child_is_not_born_tomorrow() -> None:
    assert birth(ks_ngay_sinh="23/11/2026") == {
        "ks_ngay_sinh": "Chọn ngày sinh của trẻ không sau hôm nay."
    }
    assert birth(ks_ngay_sinh="22/11/2026") == {}


def test_a_birth_told_after_sixty_days_is_warned_of_and_not_refused() -> None:
    early = check(BIRTH, {**BORN, "ks_ngay_sinh": "23/09/2026"}, today=TODAY)
    late = check(BIRTH, {**BORN, "ks_ngay_sinh": "22/09/2026"}, today=TODAY)
    assert (early.ok, early.warnings) == (True, {})
    assert late.ok
    assert "60 ngày" in late.warnings["ks_ngay_sinh"]


def test_a_doubtful_personal_number_is_warned_of_and_not_refused() -> None:
    checked = check(BIRTH, {**BORN, "me_so_dinh_danh": "052191000017"}, today=TODAY)
    assert checked.ok
    assert "năm sinh" in checked.warnings["me_so_dinh_danh"]


def test_a_personal_number_one_digit_short_is_refused() -> None:
    assert "12 chữ số" in birth(me_so_dinh_danh="05219000001")["me_so_dinh_danh"]


@pytest.mark.parametrize("typed", ["12345", "09050003", "không", "0905000301x"])
def test_a_telephone_that_is_none_is_told_with_an_example(typed: str) -> None:
    assert "0912 345 678" in birth(nyc_dien_thoai=typed)["nyc_dien_thoai"]


@pytest.mark.parametrize("typed", ["a@b", "a b@c.vn", "@c.vn", "a@c.vn, d@e.vn", "a@c..vn"])
def test_an_address_of_mail_that_is_none_is_told(typed: str) -> None:
    assert list(birth(nyc_email=typed)) == ["nyc_email"]


@pytest.mark.asvs("2.2.1")
def test_a_choice_outside_the_list_is_refused() -> None:
    assert birth(ks_gioi_tinh="khac") == {"ks_gioi_tinh": "Chọn giới tính của trẻ trong danh sách."}


@pytest.mark.asvs("2.2.3")
def test_a_foundling_has_no_parents_to_declare() -> None:
    checked = check(BIRTH, {**BORN, "truong_hop": "bo-roi"}, today=TODAY)
    assert checked.ok
    assert not [name for name in checked.values if name.startswith(("me_", "cha_"))]


def test_a_father_living_elsewhere_says_where() -> None:
    assert birth(cha_cung_noi_cu_tru="khong") == {
        "cha_noi_cu_tru": "Nhập nơi cư trú của người cha."
    }


def test_copies_are_counted_only_when_asked_for() -> None:
    assert birth(so_ban_sao="0") == {"so_ban_sao": "Ghi số lượng bản sao từ 1 bản trở lên."}
    assert birth(so_ban_sao="51") == {"so_ban_sao": "Ghi số lượng bản sao không quá 50 bản."}
    assert birth(so_ban_sao="hai") == {"so_ban_sao": "Ghi số lượng bản sao bằng chữ số, ví dụ 2."}
    assert birth(ban_sao="khong", so_ban_sao="hai") == {}


def test_without_the_declaration_nothing_is_handed_in() -> None:
    assert birth(cam_doan="") == {"cam_doan": "Đánh dấu vào ô cam đoan trước khi nộp hồ sơ."}


def test_an_organisation_names_who_stands_for_it() -> None:
    errors = check(BUILDING, {**HOUSE, "cdt_loai": "to-chuc"}, today=TODAY).errors
    assert list(errors) == ["cdt_dai_dien", "cdt_chuc_vu"]


def test_an_area_of_nothing_is_refused_and_digits_of_every_script_are_read() -> None:
    errors = check(BUILDING, {**HOUSE, "ct_dien_tich": "0"}, today=TODAY).errors
    assert errors == {"ct_dien_tich": "Ghi diện tích lô đất từ 1 m² trở lên."}
    wide = check(BUILDING, {**HOUSE, "ct_dien_tich": "１２０"}, today=TODAY)
    assert wide.values["ct_dien_tich"] == "120"


def test_a_wrong_answer_is_given_back_as_it_was_typed() -> None:
    checked = check(BIRTH, {**BORN, "nyc_dien_thoai": "0905-12"}, today=TODAY)
    assert checked.values["nyc_dien_thoai"] == "0905-12"


def test_one_page_is_judged_without_the_pages_after_it() -> None:
    errors = check(BIRTH, {}, today=TODAY, page="nguoi-yeu-cau").errors
    assert set(errors) <= {field.id for field in BIRTH.pages[0].fields}
    assert errors


def test_the_review_shows_labels_and_leaves_out_what_was_not_asked() -> None:
    values = check(BIRTH, {**BORN, "truong_hop": "bo-roi"}, today=TODAY).values
    sheets = {
        sheet.id: {row.field: row.text for row in sheet.lines} for sheet in lines(BIRTH, values)
    }
    assert set(sheets) == {"nguoi-yeu-cau", "tre", "giay-to"}
    assert sheets["tre"]["truong_hop"] == "Trẻ bị bỏ rơi"
    assert sheets["nguoi-yeu-cau"]["nyc_dien_thoai"] == "0905 000 301"
    assert sheets["giay-to"]["so_ban_sao"] == "2 bản"
    assert "nyc_email" not in sheets["nguoi-yeu-cau"]


@pytest.mark.asvs("2.2.1", "15.3.3")
@quietly
@given(
    st.sampled_from(ALL),
    st.dictionaries(
        st.sampled_from(sorted({name for form in ALL for name in fields_of(form)})),
        st.text(max_size=40),
    ),
)
def test_any_answers_are_judged_and_unknown_ones_ignored(
    form: Form, answers: dict[str, str]
) -> None:
    checked = check(form, answers, today=TODAY)
    known = set(fields_of(form))
    assert set(checked.values) <= known
    assert set(checked.errors) | set(checked.warnings) <= set(checked.values)
    for value in checked.values.values():
        assert unicodedata.is_normalized("NFC", value)
        assert "\x00" not in value
        value.encode()  # No lone half of a letter is left to break the database.


@quietly
@given(st.text(alphabet=st.characters(categories=["L", "M"]), min_size=1, max_size=80))
def test_a_name_of_letters_only_is_never_called_strange(name: str) -> None:
    error = birth(me_ten=name).get("me_ten", "")
    assert "Bỏ ký tự" not in error


def test_a_condition_on_a_later_field_is_a_fault_of_the_form() -> None:
    page = BIRTH.pages[0]
    early = msgspec.structs.replace(page.fields[0], only_if=Only("ban_sao", ["co"]))
    form = msgspec.structs.replace(
        BIRTH,
        pages=[msgspec.structs.replace(page, fields=[early, *page.fields[1:]]), *BIRTH.pages[1:]],
    )
    assert faults(form) == ["nyc_ten depends on ban_sao, which is not asked before it"]


def test_an_applicant_taken_from_an_unknown_field_is_a_fault_of_the_form() -> None:
    form = msgspec.structs.replace(
        GENERIC, applicant=msgspec.structs.replace(GENERIC.applicant, email="thu")
    )
    assert faults(form) == ["the form names the unknown field thu"]
