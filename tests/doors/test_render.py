"""Pages: words and figures in Vietnamese, nothing unescaped, light enough for a slow phone."""

import base64
import gzip
import hashlib
import re
from datetime import UTC, date, datetime
from pathlib import Path

import minijinja
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar, Request
from litestar.testing import TestClient

from app.doors import assets, brand, render, words
from infra.web import fonts

SITE = render.Site(
    name="Cổng dịch vụ công tỉnh Bình Định",
    office="Trung tâm Phục vụ hành chính công tỉnh Bình Định",
    hotline="0256 1022",
    logo_url="/logo.svg",
    brand_css_url="/t/binhdinh.css",
    slug="binhdinh",
    brand_css=brand.stylesheet("#c8102e"),
)
REFUSAL = {"title": "Không mở được", "message": "Mã không đúng.", "incident": "A7K2"}
SOURCES = [path for path in render.DOORS.rglob("*.html") if path.is_file()]


def parts(source: str, **context: object) -> str:
    """A scrap of template with the form and status parts at hand."""
    head = (
        '{% from "parts/form.html" import field, textarea, select, radios, checkbox, day, '
        'error_summary, file_slot, hidden %}{% from "parts/status.html" import deadline, '
        'dossier_status, note %}{% from "parts/table.html" import facts, pager, tabs %}'
        '{% from "parts/timeline.html" import timeline %}'
    )
    return render.environment.render_str(head + source, "scrap.html", **context)


# Words


def test_money_has_dots_between_thousands() -> None:
    assert words.dong(75_000) == "75.000 đồng"
    assert words.dong(0) == "0 đồng"
    assert words.dong(905_000_000) == "905.000.000 đồng"


def test_decimals_take_a_comma() -> None:
    assert words.so(2.5) == "2,5"
    assert words.so(1204.0) == "1.204"
    assert words.so(98.6) == "98,6"


@given(st.integers(-(10**12), 10**12))
def test_a_figure_keeps_its_digits(number: int) -> None:
    assert int(words.so(number).replace(".", "")) == number


def test_days_are_written_without_leading_zeros() -> None:
    assert words.ngay(date(2026, 6, 11)) == "11/06/2026"


def test_a_moment_is_told_in_vietnamese_time() -> None:
    late_in_utc = datetime(2026, 6, 10, 18, 5, tzinfo=UTC)
    assert words.gio_ngay(late_in_utc) == "01 giờ 05 phút, ngày 11/06/2026"
    assert words.ngay(late_in_utc) == "11/06/2026"
    assert words.gio(late_in_utc) == "01:05"


def test_working_time_left_is_counted_in_days_of_eight_hours() -> None:
    assert words.thoi_luong(2 * 480 + 3 * 60) == "còn 2 ngày 3 giờ làm việc"
    assert words.thoi_luong(390) == "còn 6 giờ 30 phút làm việc"
    assert words.thoi_luong(-480) == "quá hạn 1 ngày làm việc"
    assert words.thoi_luong(0) == "còn 0 phút làm việc"


def test_sizes_are_told_as_phones_tell_them() -> None:
    assert words.dung_luong(512) == "512 byte"
    assert words.dung_luong(20 * 1024 * 1024) == "20 MB"
    assert words.dung_luong(2_516_582) == "2,4 MB"


@pytest.mark.asvs("8.2.3", "14.2.4")
def test_personal_numbers_show_only_their_end() -> None:
    assert words.dinh_danh_che("052190001234") == "••••••••1234"


def test_phones_are_grouped_as_read_aloud() -> None:
    assert words.dien_thoai("+84905123456") == "0905 123 456"


@pytest.mark.parametrize("name", [f.__name__ for f in words.FILTERS if f is not words.khoang])
def test_what_is_not_known_is_written_as_nothing(name: str) -> None:
    assert parts("{{ nothing|" + name + " }}", nothing=None) == ""


def test_templates_write_addresses_and_dates_as_people_do() -> None:
    drawn = render.html("errors/suspended.html", site=SITE, since=date(2026, 6, 1), until=None)
    assert "từ ngày 01/06/2026." in drawn
    assert 'href="/t/binhdinh.css"' in drawn


# Templates


def test_every_template_compiles() -> None:
    names = render.warm()
    assert {"layout/citizen.html", "layout/desk.html", "parts/form.html"} <= set(names)


@pytest.mark.asvs("1.2.1", "1.1.2")
def test_what_a_person_wrote_never_becomes_markup() -> None:
    drawn = parts("{{ field('ten', 'Tên', value=v, error=v, hint=v) }}", v="<script>&\"'")
    assert "<script>" not in drawn
    assert drawn.count("&lt;script&gt;") == 3


def test_a_misspelt_name_fails_loudly() -> None:
    with pytest.raises(minijinja.TemplateError):
        parts("{{ khong_co }}")


@pytest.mark.asvs("1.3.7", "5.3.2")
def test_a_template_outside_the_doors_cannot_be_reached() -> None:
    with pytest.raises(minijinja.TemplateError):
        render.html("portal/../../render.py")


def test_a_field_with_an_error_says_so_to_a_screen_reader() -> None:
    drawn = parts("{{ field('dt', 'Điện thoại', error='Nhập 10 chữ số', hint='Để nhắn tin') }}")
    assert 'aria-describedby="dt-chi-dan dt-loi"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert 'id="dt-loi"' in drawn


def test_the_error_summary_leads_to_each_field() -> None:
    errors = {"ten": "Nhập họ và tên", "ngay_sinh": "Chọn ngày trong quá khứ"}
    drawn = parts("{{ error_summary(errors, {'ten': 'Họ và tên'}) }}", errors=errors)
    assert "Cần sửa 2 mục trước khi tiếp tục" in drawn
    assert re.findall(r'href="#(\w+)"', drawn) == ["ten", "ngay_sinh"]
    assert "Họ và tên: Nhập họ và tên" in drawn


def test_no_errors_give_no_summary() -> None:
    assert "errors" not in parts("{{ error_summary({}) }}")


def test_the_chosen_option_stays_chosen() -> None:
    options = [("nam", "Nam"), ("nu", "Nữ")]
    drawn = parts(
        "{{ radios('gt', 'Giới tính', o, 'nu') }}{{ select('x', 'X', o, 'nam') }}", o=options
    )
    assert 'value="nu" checked' in drawn
    assert 'value="nam" selected' in drawn


def test_three_boxes_make_a_day() -> None:
    drawn = parts("{{ day('ns', 'Ngày sinh', ('27', '3', '1990')) }}")
    assert re.findall(r'name="(ns_\w+)"[^>]*value="(\d+)"', drawn) == [
        ("ns_ngay", "27"),
        ("ns_thang", "3"),
        ("ns_nam", "1990"),
    ]


def test_a_paper_slot_works_as_a_plain_form() -> None:
    files = [{"id": "7", "name": "don.pdf", "size": 2048, "verdict": ""}]
    drawn = parts("{{ file_slot('don', 'Đơn đề nghị', files) }}", files=files)
    assert 'type="file" id="tep_don" name="tep_don"' in drawn
    assert 'name="xoa_tep" value="7"' in drawn
    assert "2 KB" in drawn


def test_a_deadline_is_told_by_shape_and_word() -> None:
    kinds = ("ok", "soon", "late", "paused", "done")
    drawn = [parts("{{ deadline(k) }}", k=kind) for kind in kinds]
    assert len({re.search(r"<svg.*?</svg>", text)[0] for text in drawn}) == 5  # type: ignore[index]
    assert "Quá hạn" in drawn[2]


def test_forms_carry_the_token_only_when_there_is_one() -> None:
    assert "_token" not in parts("{{ hidden('n1') }}")
    token = render.form_token.set('a"b')
    try:
        assert 'name="_token" value="a&quot;b"' in parts("{{ hidden('n1') }}")
    finally:
        render.form_token.reset(token)


def test_the_neutral_page_names_no_tenant() -> None:
    token = render.site.set(SITE)
    try:
        drawn = render.html("errors/neutral404.html")
    finally:
        render.site.reset(token)
    assert "Bình Định" not in drawn
    assert SITE.hotline not in drawn


def test_the_suspended_page_says_until_when() -> None:
    drawn = render.html(
        "errors/suspended.html", site=SITE, since=date(2026, 6, 1), until=date(2026, 6, 3)
    )
    assert "từ ngày 01/06/2026 đến hết ngày 03/06/2026" in drawn


def test_a_province_closed_for_merging_names_no_day_and_sends_nobody_to_the_counter() -> None:
    since = date(2026, 6, 1)
    drawn = render.html("errors/suspended.html", site=SITE, since=since, until=None, merging=True)
    assert "Đang hợp nhất dữ liệu" in drawn and "thử lại sau ít phút" in drawn
    # Officers are shut out as well while it lasts.
    assert "01/06/2026" not in drawn and "Bộ phận Một cửa" not in drawn


@pytest.mark.parametrize("name", ["refusal", "refusal_desk", "refusal_ops"])
def test_a_refusal_gives_the_incident_and_whom_to_call(name: str) -> None:
    drawn = render.html(f"errors/{name}.html", site=SITE, **REFUSAL)
    assert "A7K2" in drawn
    assert SITE.hotline in drawn


@pytest.mark.asvs("3.4.3")
@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_templates_ask_for_nothing_the_content_policy_forbids(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"hx-on|\bon[a-z]+=|js:|javascript:|style=\"|<script(?![^>]* src=)", text)
    assert "//" not in re.sub(r"\{#.*?#\}|https?://www\.w3\.org", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_every_icon_named_is_in_the_sprite(path: Path) -> None:
    sprite = assets.assets()["v/lucide-static-1.62.0/icons.svg"].body.decode()
    text = path.read_text(encoding="utf-8")
    wanted = re.findall(r"icon\('([\w-]+)'", text)
    assert [name for name in wanted if f'id="{name}"' not in sprite] == []


# Responses


def test_a_page_is_html_that_nobody_keeps() -> None:
    answer = render.page("errors/neutral404.html", status=404)
    assert answer.status_code == 404
    assert answer.media_type == "text/html"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_caller_may_allow_keeping() -> None:
    answer = render.page("errors/neutral404.html", headers={"Cache-Control": "private, no-cache"})
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_the_inlined_style_is_the_one_the_policy_allows() -> None:
    tokens = render.site.set(SITE), render.first_visit.set(True)
    try:
        answer = render.page("errors/refusal.html", **REFUSAL)
    finally:
        render.site.reset(tokens[0])
        render.first_visit.reset(tokens[1])
    inlined = re.search(rb"<style>(.*?)</style>", answer.content, re.DOTALL)
    assert inlined is not None
    digest = base64.b64encode(hashlib.sha256(inlined[1]).digest()).decode()
    assert f"'sha256-{digest}'" in answer.headers["Content-Security-Policy"]
    assert b"app.css" not in answer.content
    assert len(gzip.compress(answer.content)) < 14_000


def test_htmx_asks_for_a_part_of_the_page() -> None:
    def asked(value: str | None) -> bool:
        headers = [(b"hx-request-type", value.encode())] if value else []
        return render.is_fragment(Request({"type": "http", "headers": headers}))  # type: ignore[typeddict-item]

    assert asked("partial")
    assert not asked("full")
    assert not asked(None)


# Files


def test_files_are_kept_for_ever_under_their_own_digest() -> None:
    with TestClient(Litestar([assets.serve_static])) as client:
        answer = client.get(assets.static("app.css"))
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Content-Encoding"] == "gzip"
        assert ".btn" in answer.text
        old = client.get("/static/app.css?v=000000000000")
        assert "immutable" not in old.headers["Cache-Control"]
        again = client.get("/static/app.css", headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304


@pytest.mark.asvs("5.3.2", "13.4.3")
@pytest.mark.parametrize("name", ["nothing.css", "../assets.py", "css/base.css", "js/tus.js"])
def test_nothing_but_served_files_is_served(name: str) -> None:
    with TestClient(Litestar([assets.serve_static])) as client:
        assert client.get(f"/static/{name}").status_code == 404


def test_a_first_visit_weighs_less_than_fifty_kibibytes() -> None:
    found = assets.assets()
    wanted = [
        "app.css",
        "citizen.js",
        "v/htmx.org-4.0.1/htmx.min.js",
        "v/lucide-static-1.62.0/icons.svg",
        "v/be-vietnam-pro-5.3.0/400.woff2",
        "v/be-vietnam-pro-5.3.0/600.woff2",
    ]
    weight = sum(len(found[name].gzipped or found[name].body) for name in wanted)
    page_itself = len(
        gzip.compress(render.html("errors/refusal.html", site=SITE, **REFUSAL).encode())
    )
    assert weight + page_itself < 50 * 1024


def test_citizen_styles_use_nothing_younger_than_the_oldest_browser() -> None:
    text = assets.assets()["app.css"].body.decode()
    assert not re.search(r"@layer|oklch|color-mix|@container|&[ :.]|inset:|aspect-ratio", text)


def test_styles_name_only_files_that_exist() -> None:
    for name, asset in assets.assets().items():
        if name.endswith(".css"):
            for address in re.findall(r"url\(/static/([^)]+)\)", asset.body.decode()):
                assert address in assets.assets()


def test_fonts_cover_every_vietnamese_letter() -> None:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    for family in ("be-vietnam-pro-5.3.0", "ibm-plex-sans-5.3.0"):
        for weight in fonts.WEIGHTS:
            known = TTFont(assets.VENDORED / "v" / family / f"{weight}.woff2").getBestCmap()
            assert {letter for letter in fonts.VIETNAMESE if ord(letter) not in known} == set()


@pytest.mark.asvs("15.1.2")
def test_vendored_files_are_those_in_the_list() -> None:
    listing = (assets.VENDORED / "v" / "VENDORED.md").read_text()
    for path in (assets.VENDORED / "v").rglob("*"):
        if path.is_file() and path.name != "VENDORED.md":
            assert hashlib.sha256(path.read_bytes()).hexdigest() in listing
