"""The tracking page filled into its stencil is the page drawn anew, for everybody."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from app.doors import render, stencil
from app.doors.portal.tracking import _plain_page
from app.doors.portal.tracking_view import TrackView, track_view
from app.onestop.dossiers.queries.tracking import Tracking
from app.onestop.dossiers.rules import Status

SITE = render.Site(
    name="Cổng dịch vụ công tỉnh Bình Định", office="Trung tâm", hotline="0256 1022",
    logo_url="/logo.svg", brand_css_url="/mau.css", slug="binhdinh", brand_css="a{b:c}",
)  # fmt: skip
HUNG = render.Person(name="Trần Văn Hùng", kind="citizen")
AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def stranger() -> Iterator[None]:
    tokens = [
        (render.site, render.site.set(SITE)),
        (render.person, render.person.set(render.NOBODY)),
    ]
    stencil._kept.clear()
    yield
    stencil._kept.clear()
    for variable, token in tokens:
        variable.reset(token)


def track(number: int = 1, status: Status = Status.PROCESSING, *, due: bool = True) -> TrackView:
    at = AT + timedelta(days=number)
    code = f"H08.21583-261123-{number:04}"
    return track_view(
        Tracking(code=code, version=1, status=status, changed_at=at, due_at=at if due else None)
    )


def filled(view: TrackView) -> str:
    return _plain_page(view, {}).content.decode()


def drawn(view: TrackView) -> str:
    return render.html("portal/tracking.html", here="/tra-cuu", view=view, errors={})


@pytest.mark.parametrize("due", [True, False])
@pytest.mark.parametrize("status", list(Status))
def test_every_status_reads_the_same_from_the_stencil(status: Status, due: bool) -> None:
    for number in (1, 2):  # The second one is filled into what the first one cut.
        view = track(number, status, due=due)
        assert filled(view) == drawn(view)
    assert len(stencil._kept) == 1


def test_words_are_escaped_as_the_template_would() -> None:
    view = msgspec.structs.replace(track(), code="""<b>"'&/""")
    assert filled(track()) != filled(view) == drawn(view)


def test_words_that_look_like_marks_stay_words() -> None:
    view = msgspec.structs.replace(track(), code="\ue000due\ue001")
    assert "\ue000due\ue001" in filled(view)


def test_two_provinces_share_no_stencil() -> None:
    filled(track())
    render.site.set(msgspec.structs.replace(SITE, name="Cổng dịch vụ công tỉnh Lào Cai"))
    assert "Lào Cai" in filled(track()) and "Bình Định" not in filled(track())


def test_a_name_on_a_page_is_never_kept_for_the_next_reader() -> None:
    render.person.set(HUNG)
    assert HUNG.name in filled(track())
    assert filled(track()) == drawn(track())
    render.person.set(render.NOBODY)
    assert HUNG.name not in filled(track())


def test_a_first_visit_has_its_styles_inside_and_the_next_has_not() -> None:
    token = render.first_visit.set(True)
    assert "<style>" in filled(track())
    render.first_visit.reset(token)
    assert "<style>" not in filled(track())


def test_a_changed_hotline_changes_what_a_reader_may_keep() -> None:
    before = render.look()
    render.site.set(msgspec.structs.replace(SITE, hotline="0256 1111"))
    assert render.look() != before
