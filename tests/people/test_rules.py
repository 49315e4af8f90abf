"""Claims as issuers send them, good and bad."""

from datetime import date

import pytest

from app.people.rules import plain_username, profile


def test_standard_claims_become_a_profile() -> None:
    told = profile(
        {
            "sub": "s-1",
            "preferred_username": "Hung.Tran ",
            "name": "Trần Văn Hùng",
            "phone_number": "0905 000 301",
            "email": "hung.tran@congdan.example",
            "birthdate": "1985-04-12",
            "cccd": "052085000023",
        }
    )
    assert told.username == "hung.tran"
    assert told.full_name == "Trần Văn Hùng"
    assert told.phone == "+84905000301"
    assert told.birth_on == date(1985, 4, 12)
    assert told.id_number == "052085000023"


def test_a_decomposed_name_is_composed_and_control_characters_are_dropped() -> None:
    assert (
        profile({"sub": "x", "name": "Tra\u0302\u0300n\u202e\x00  Hùng"}).full_name == "Trần Hùng"
    )


def test_the_family_name_comes_first_when_only_parts_are_given() -> None:
    claims = {"sub": "x", "given_name": "Hùng", "family_name": "Trần"}
    assert profile(claims).full_name == "Trần Hùng"


def test_an_identity_without_any_name_is_called_by_its_subject() -> None:
    assert profile({"sub": "hung.tran"}).full_name == "hung.tran"


@pytest.mark.parametrize(
    ("claim", "value", "field"),
    [
        ("phone_number", "khong phai so", "phone"),
        ("phone_number", "12", "phone"),
        ("phone_number", ["0905000301"], "phone"),
        ("email", "not an address", "email"),
        ("birthdate", "1985", "birth_on"),
        ("birthdate", 1985, "birth_on"),
        ("cccd", "05208500002", "id_number"),
        ("cccd", "٠٥٢٠٨٥٠٠٠٠٢٣", "id_number"),
    ],
)
def test_a_claim_of_the_wrong_shape_counts_as_not_given(
    claim: str, value: object, field: str
) -> None:
    assert getattr(profile({"sub": "x", claim: value}), field) is None


def test_usernames_are_compared_without_case_and_space() -> None:
    assert plain_username(" Lan.Nguyen\t") == "lan.nguyen"
