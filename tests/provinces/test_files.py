"""The province files that ship with the product: sound, complete, and honest about numbers."""

import re
from collections import Counter
from datetime import date
from pathlib import Path

import msgspec
import pytest

from app.onestop.forms import identity
from app.provinces import loader
from app.provinces.shapes import AgencyKind, PostKind, Province

SLUGS = loader.slugs()


def changed(province: Province, **what: object) -> Province:
    return msgspec.structs.replace(province, **what)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_shipped_province_is_sound(slug: str) -> None:
    assert loader.check(loader.load(slug)) == []


@pytest.mark.parametrize(
    ("slug", "communes", "identifier"), [("binhdinh", 58, "H08"), ("laocai", 48, "H38")]
)
def test_the_communes_of_after_the_merger_are_all_there(
    slug: str, communes: int, identifier: str
) -> None:
    province = loader.load(slug)
    kinds = Counter(agency.kind for agency in province.agencies)
    assert kinds[AgencyKind.COMMUNE] == communes
    assert kinds[AgencyKind.SERVICE_CENTRE] == communes + 1
    assert kinds[AgencyKind.PROVINCE] == 1
    assert province.identifier == identifier


@pytest.mark.parametrize("slug", SLUGS)
def test_every_commune_says_what_it_was_formed_from_and_has_its_centre(slug: str) -> None:
    agencies = loader.load(slug).agencies
    centres = {a.parent for a in agencies if a.kind is AgencyKind.SERVICE_CENTRE}
    for commune in (a for a in agencies if a.kind is AgencyKind.COMMUNE):
        assert commune.formed_from, commune.key
        assert commune.key in centres
        assert commune.valid_from == date(2025, 7, 1)
        assert re.fullmatch(r"\d{5}", commune.unit_code or "")


def test_a_commune_that_was_split_appears_in_each_part_marked_as_a_part() -> None:
    found = [
        (agency.name, unit.part)
        for agency in loader.load("binhdinh").agencies
        for unit in agency.formed_from
        if unit.name == "Xã An Nghĩa"
    ]
    assert sorted(found) == [
        ("Ủy ban nhân dân xã An Hòa", True),
        ("Ủy ban nhân dân xã An Toàn", True),
    ]


@pytest.mark.parametrize("slug", SLUGS)
def test_no_district_is_left_in_the_tree(slug: str) -> None:
    for agency in loader.load(slug).agencies:
        assert not re.search(r"\b(huyện|thị xã|thành phố)\b", agency.name, re.IGNORECASE)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_dossier_code_of_any_agency_fits_in_sixty_four_letters(slug: str) -> None:
    for agency in loader.load(slug).agencies:
        assert len(f"{agency.identifier}-261122-0001") <= 64
        assert agency.identifier.startswith(loader.load(slug).identifier)


@pytest.mark.parametrize("slug", SLUGS)
def test_the_home_agency_has_someone_for_every_kind_of_step(slug: str) -> None:
    province = loader.load(slug)
    kinds = {post.key: post.kind for post in province.posts}
    held = {
        kinds[key] for o in province.officers if o.agency == province.home_agency for key in o.posts
    }
    assert {PostKind.RECEPTION, PostKind.SPECIALIST, PostKind.LEADER} <= held
    assert [o for o in province.officers if o.administrator]


@pytest.mark.parametrize("slug", SLUGS)
def test_a_working_day_has_eight_hours(slug: str) -> None:
    minutes = 0
    for begin, end in loader.load(slug).calendar.periods:
        (h1, m1), (h2, m2) = ([int(part) for part in text.split(":")] for text in (begin, end))
        minutes += (h2 * 60 + m2) - (h1 * 60 + m1)
    assert minutes == 8 * 60


def test_the_two_provinces_share_no_colour_hotline_or_sign_in_name() -> None:
    one, other = (loader.load(slug) for slug in SLUGS)
    assert one.brand.colour != other.brand.colour
    assert one.brand.hotline != other.brand.hotline
    assert not {o.username for o in one.officers} & {o.username for o in other.officers}


def test_everyone_in_the_cast_has_their_own_name_and_a_number_of_the_right_shape() -> None:
    people = loader.people()
    officers = [o for slug in SLUGS for o in loader.load(slug).officers]
    names = [
        p.username for p in (*people.citizens, *people.operators, *people.strangers, *officers)
    ]
    assert len(names) == len(set(names))
    phones = [identity.phone(p.phone) for p in (*people.citizens, *officers)]
    assert None not in phones
    assert len(phones) == len(set(phones))
    for citizen in people.citizens:
        gender = "nam" if citizen.gender == "nam" else "nu"
        assert identity.id_doubts(citizen.id_number, citizen.born_on.year, gender) == ""


def test_a_stranger_is_in_no_province() -> None:
    admitted = {o.username for slug in SLUGS for o in loader.load(slug).officers}
    assert not admitted & {stranger.username for stranger in loader.people().strangers}


def test_an_agency_under_an_unknown_parent_is_reported() -> None:
    province = loader.load("binhdinh")
    lost = msgspec.structs.replace(province.agencies[-1], key="lost", identifier="X", parent="none")
    faults = loader.check(changed(province, agencies=[*province.agencies, lost]))
    assert faults == ["lost hangs under the unknown none"]


def test_a_name_too_long_for_an_sms_is_reported() -> None:
    province = loader.load("binhdinh")
    long = msgspec.structs.replace(province.agencies[0], sms_name="U" * 31)
    faults = loader.check(changed(province, agencies=[long, *province.agencies[1:]]))
    assert faults == ["ubnd-tinh has an SMS name that does not fit"]


def test_an_officer_in_a_post_the_agency_does_not_have_is_reported() -> None:
    province = loader.load("binhdinh")
    wrong = msgspec.structs.replace(province.officers[0], agency="so-y-te", posts=["lanh-dao-ubnd"])
    faults = loader.check(changed(province, officers=[wrong]))
    assert faults == ["lan.nguyen cannot hold lanh-dao-ubnd at so-y-te"]


def test_a_misspelt_key_in_a_file_is_refused() -> None:
    file = Path(loader.__file__).with_name("people.json")
    text = file.read_bytes().replace(b'"username"', b'"user"', 1)
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=type(loader.people()))
