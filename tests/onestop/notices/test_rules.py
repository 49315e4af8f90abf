import unicodedata
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.onestop.notices import rules, templates
from app.onestop.notices.rules import BadTemplate, Report, State, compose
from infra.clock import VIETNAM
from infra.sms import is_gsm

VALUES = {
    "CQ": "TTPVHCC Quy Nhon",
    "MA": "H08.21583-261122-0007",
    "TT": "Đăng ký khai sinh",
    "HEN": datetime(2026, 11, 27, 10, tzinfo=UTC),
    "HAN": date(2026, 11, 27),
    "PHI": 75_000,
    "LYDO": "Thiếu giấy chứng sinh",
    "NOI": "quay 3",
    "TRACUU": "binhdinh.localhost:8080/tra-cuu",
    "NGAYMOI": date(2026, 12, 1),
    "VD": "EA123456789VN",
    "SO": "12",
    "OTP": "481516",
    "TRANGTHAI": "Đang xử lý",
}


def test_a_received_dossier_is_told_in_one_part() -> None:
    composed = compose(templates.named("TIEP_NHAN").text, VALUES)
    assert composed.text == (
        "TTPVHCC Quy Nhon: Da nhan ho so H08.21583-261122-0007 (Dang ky khai sinh). "
        "Hen tra 17:00 27/11/2026 tai quay 3. Xem binhdinh.localhost:8080/tra-cuu"
    )
    assert (composed.encoding, composed.parts) == ("GSM7", 1)


@pytest.mark.parametrize("template", templates.every(), ids=lambda each: each.key)
def test_every_template_that_ships_can_be_filled_and_fits_two_parts(template) -> None:
    assert rules.faults_of(template.text) == []
    composed = compose(template.text, VALUES)
    assert composed.encoding == "GSM7"
    assert composed.parts == 1
    assert "{" not in composed.text


def test_only_codes_and_answers_go_out_at_night() -> None:
    answers = {key for key in templates.urgent_keys() if key != "OTP"}
    assert all(templates.named(key).demanded_by == "Người nhận yêu cầu" for key in answers)
    assert "OTP" in templates.urgent_keys() and "CO_KQ" not in templates.urgent_keys()


@pytest.mark.parametrize(
    "text", ["{MA} {KHAC}", "{MA", "MA}", "{}", "{ma}", "{{MA}}", "Hồ sơ {MA}"]
)
def test_a_template_that_would_send_nonsense_is_refused(text: str) -> None:
    with pytest.raises(BadTemplate):
        compose(text, VALUES)


@pytest.mark.parametrize("value", [None, "", "   "])
def test_a_place_without_a_value_is_refused(value: object) -> None:
    with pytest.raises(BadTemplate, match="no value for LYDO"):
        compose("{MA}: {LYDO}", {**VALUES, "LYDO": value})


def test_a_value_cannot_bring_a_place_of_its_own() -> None:
    text = compose("{MA}: {LYDO}", {**VALUES, "LYDO": "{OTP} [x]"}).text
    assert text == "H08.21583-261122-0007: (OTP) (x)"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Đường Nguyễn Huệ", "Duong Nguyen Hue"),
        (unicodedata.normalize("NFD", "Phường Quy Nhơn, Ẫ ỡ ự ỷ ỹ"), "Phuong Quy Nhon, A o u y y"),
        ("“Giấy” – ‘khai sinh’…", "\"Giay\" - 'khai sinh'..."),
        ("75.000\u00a0đồng\u202fvà\u2009hơn", "75.000 dong va hon"),
        ("xin chào 😀 ông/bà", "xin chao ong/ba"),
        ("½ thửa №3 ﬁ", "12 thua No3 fi"),
        ("a\tb\n\nc", "a b c"),
        ("Hải 海", "Hai"),
    ],
)
def test_marks_are_taken_off(text: str, plain: str) -> None:
    if "½" in text:
        assert rules.unmarked(text).endswith("thua No3 fi")
    else:
        assert rules.unmarked(text) == plain


@given(st.text(max_size=200))
def test_what_comes_out_is_always_in_the_gsm_alphabet(text: str) -> None:
    plain = rules.unmarked(text)
    assert is_gsm(plain)
    assert rules.unmarked(plain) == plain
    assert not set("{}[]~|^\\€") & set(plain)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("CCCD 052190000017 mo", "CCCD ***017 mo"),
        ("goi 0905 000 123", "goi ***123"),
        ("so 0256.3820.001", "so ***001"),
        ("thua 123, to 45, 2026", "thua 123, to 45, 2026"),
        ("thieu 2 giay 12/06/2026", "thieu 2 giay 12/06/2026"),
    ],
)
def test_numbers_that_may_identify_a_person_are_hidden(text: str, hidden: str) -> None:
    assert rules.masked(text) == hidden


def test_a_long_reason_is_cut_so_that_the_message_stays_short() -> None:
    composed = compose(templates.named("BO_SUNG").text, {**VALUES, "LYDO": "thiếu giấy tờ " * 40})
    assert composed.parts == 2
    assert "..." in composed.text


def test_money_dates_and_hours_are_written_the_vietnamese_way() -> None:
    assert rules.shown(1_250_000) == "1.250.000 dong"
    assert rules.shown(date(2026, 6, 1)) == "01/06/2026"
    assert rules.shown(datetime(2026, 6, 1, 0, 30, tzinfo=UTC)) == "07:30 01/06/2026"


@pytest.mark.parametrize(
    ("at", "allowed"),
    [
        ("2026-06-01 07:00", "2026-06-01 07:00"),
        ("2026-06-01 20:59", "2026-06-01 20:59"),
        ("2026-06-01 21:00", "2026-06-02 07:00"),
        ("2026-06-01 23:59", "2026-06-02 07:00"),
        ("2026-06-02 00:10", "2026-06-02 07:00"),
        ("2026-06-02 06:59", "2026-06-02 07:00"),
    ],
)
def test_nobody_is_woken_at_night(at: str, allowed: str) -> None:
    moment, expected = (
        datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=VIETNAM) for text in (at, allowed)
    )
    assert rules.next_allowed(moment) == expected
    assert rules.next_allowed(moment.astimezone(UTC)) == expected
    assert rules.next_allowed(moment, urgent=True) == moment


def test_the_wait_grows_and_ends() -> None:
    waits = [rules.retry_after(attempts) for attempts in range(1, 8)]
    assert waits[0] == timedelta(minutes=1)
    assert waits[-1] is None
    known = [wait for wait in waits if wait]
    assert known == sorted(known)


reports = st.lists(st.sampled_from(list(Report)), max_size=6)


@given(reports)
def test_reports_in_any_order_never_take_a_delivery_back(seen: list[Report]) -> None:
    state = State.SENT
    for report in seen:
        state = rules.after_report(state, report)
    if Report.DELIVERED in seen:
        assert state is State.DELIVERED
    assert state not in (State.PENDING, State.IN_DOUBT)


def test_a_report_ends_the_doubt() -> None:
    assert rules.after_report(State.IN_DOUBT, Report.ACCEPTED) is State.SENT
    assert rules.after_report(State.PENDING, Report.DELIVERED) is State.DELIVERED
    assert rules.after_report(State.FAILED, Report.ACCEPTED) is State.FAILED


def test_a_phone_is_shown_masked() -> None:
    assert rules.masked_phone("+84905000123") == "09*****123"


def test_officers_never_see_the_key_by_which_their_work_is_rated() -> None:
    text = "Moi ong/ba danh gia ho so H08-1 tai binhdinh.localhost:8080/danh-gia/AaIE4DqOfz_q-N"
    assert rules.without_key(text).endswith("localhost:8080/danh-gia/…")
    assert rules.without_key("Xem binhdinh.localhost/tra-cuu") == "Xem binhdinh.localhost/tra-cuu"
