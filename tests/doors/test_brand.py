"""Whatever colour a province picks, every text on every ground stays readable."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.doors.brand import (
    DARK_BG,
    DARK_SURFACE,
    SURFACE,
    WHITE,
    BadColour,
    contrast,
    mark,
    roles,
    stylesheet,
)

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
GREYS_AND_EDGES = ["#000000", "#ffffff", "#7f7f7f", "#ffff00", "#0000ff", "#00ff00", "#ffcd00"]


@given(colours)
def test_brand_text_is_readable_on_every_light_ground(colour: str) -> None:
    found = roles(colour)
    assert min(contrast(found.brand, ground) for ground in (WHITE, SURFACE, found.soft)) >= 4.5


@given(colours)
def test_white_words_on_buttons_are_readable_by_day_and_by_night(colour: str) -> None:
    found = roles(colour)
    fills = (found.brand, found.strong, found.dark_brand, found.dark_hover)
    assert min(contrast(WHITE, fill) for fill in fills) >= 4.5


@given(colours)
def test_small_text_on_the_tinted_ground_reaches_seven_to_one(colour: str) -> None:
    found = roles(colour)
    assert contrast(found.strong, found.soft) >= 7


@given(colours)
def test_buttons_stand_out_from_the_dark_ground(colour: str) -> None:
    found = roles(colour)
    assert min(contrast(fill, DARK_BG) for fill in (found.dark_brand, found.dark_hover)) >= 3


@given(colours)
def test_links_on_dark_grounds_are_readable(colour: str) -> None:
    found = roles(colour)
    assert contrast(found.dark_text, DARK_BG) >= 7
    assert min(contrast(found.dark_text, g) for g in (DARK_SURFACE, found.dark_soft)) >= 4.5


@given(colours)
def test_ink_is_readable_on_tinted_grounds(colour: str) -> None:
    found = roles(colour)
    assert contrast("#47505a", found.soft) >= 4.5
    assert contrast("#b4bec9", found.dark_soft) >= 4.5
    assert contrast(WHITE, found.dark_soft) >= 7  # the desk's name plate


@given(colours)
def test_the_stylesheet_stays_below_one_kilobyte(colour: str) -> None:
    assert len(stylesheet(colour).encode()) < 1000


@pytest.mark.parametrize("colour", GREYS_AND_EDGES)
def test_edges_of_the_colour_space_give_a_palette(colour: str) -> None:
    assert len(set(roles(colour))) > 3


def test_a_dark_enough_colour_is_kept_as_chosen() -> None:
    assert roles("#c8102e").brand == "#c8102e"
    assert not roles("#C8102E").adjusted


def test_a_pale_colour_is_darkened_and_said_so() -> None:
    found = roles("#8bd600")
    assert found.accent == "#8bd600"
    assert found.brand == "#4e7a00"
    assert found.adjusted


@pytest.mark.parametrize("text", ["", "red", "#fff", "#12345g", "123456", "#1234567", "#123456;}"])
def test_what_is_not_a_colour_is_refused(text: str) -> None:
    with pytest.raises(BadColour):
        roles(text)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(
    ("name", "letters"), [("Bình Định", "BĐ"), ("Lào Cai", "LC"), ("Huế", "H")]
)
def test_an_office_without_a_logo_gets_its_initials(name: str, letters: str) -> None:
    drawn = ET.fromstring(mark(name, "#0b6e4f"))
    assert [node.text for node in drawn.iter() if node.text] == [letters]


def test_a_name_of_signs_only_still_gives_a_drawing() -> None:
    assert ET.fromstring(mark("<&> 12", "#0b6e4f")).tag.endswith("svg")
