"""Which agency a part of a workflow is for."""

from app.onestop.workflows.agencies import (
    ByKey,
    ByKind,
    Outside,
    Own,
    Placed,
    agency_for,
    heirs_of,
)
from app.provinces.shapes import AgencyKind

HOUSE = {
    "ubnd-tinh": Placed(AgencyKind.PROVINCE),
    "so-y-te": Placed(AgencyKind.DEPARTMENT, "ubnd-tinh"),
    "so-tu-phap": Placed(AgencyKind.DEPARTMENT, "ubnd-tinh"),
    "ubnd-xa": Placed(AgencyKind.COMMUNE, "ubnd-tinh"),
    "trung-tam-xa": Placed(AgencyKind.SERVICE_CENTRE, "ubnd-xa"),
}


def test_the_own_agency_and_a_named_one_are_found() -> None:
    assert agency_for(Own(), "ubnd-xa", HOUSE) == "ubnd-xa"
    assert agency_for(ByKey("so-y-te"), "ubnd-xa", HOUSE) == "so-y-te"


def test_what_no_province_has_is_nowhere() -> None:
    assert agency_for(Own(), "ubnd-huyen", HOUSE) is None
    assert agency_for(ByKey("phong-y-te"), "ubnd-xa", HOUSE) is None
    assert agency_for(Outside("Cơ quan thuế"), "ubnd-xa", HOUSE) is None


def test_a_kind_is_looked_for_here_then_beneath_then_above() -> None:
    assert agency_for(ByKind(AgencyKind.COMMUNE), "ubnd-xa", HOUSE) == "ubnd-xa"
    assert agency_for(ByKind(AgencyKind.SERVICE_CENTRE), "ubnd-xa", HOUSE) == "trung-tam-xa"
    assert agency_for(ByKind(AgencyKind.PROVINCE), "trung-tam-xa", HOUSE) == "ubnd-tinh"


def test_of_several_equally_near_a_person_chooses() -> None:
    assert agency_for(ByKind(AgencyKind.DEPARTMENT), "ubnd-xa", HOUSE) is None


def test_a_ring_of_parents_is_walked_once() -> None:
    ring = {
        "a": Placed(AgencyKind.COMMUNE, "b"),
        "b": Placed(AgencyKind.COMMUNE, "a"),
    }
    assert agency_for(ByKind(AgencyKind.PROVINCE), "a", ring) is None


def test_an_agency_that_ended_is_followed_to_its_only_successor() -> None:
    followed = {"phong-y-te": ["so-y-te-cu"], "so-y-te-cu": ["so-y-te", "phong-y-te"]}
    assert agency_for(ByKey("phong-y-te"), "ubnd-xa", HOUSE, followed) == "so-y-te"
    assert agency_for(ByKey("so-y-te"), "ubnd-xa", HOUSE, {"so-y-te": ["x"]}) == "so-y-te"


def test_of_several_successors_a_person_chooses() -> None:
    followed = {"phong-cu": ["so-y-te", "so-tu-phap"]}
    assert agency_for(ByKey("phong-cu"), "ubnd-xa", HOUSE, followed) is None
    assert heirs_of("phong-cu", HOUSE, followed) == ["so-y-te", "so-tu-phap"]
    assert heirs_of("phong-khac", HOUSE, followed) == []
