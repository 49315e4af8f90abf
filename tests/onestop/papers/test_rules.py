"""Who may open, add and take away papers."""

from uuid import uuid4

import pytest

from app.onestop.papers.rules import (
    Holder,
    asked_slot,
    may_add,
    may_open,
    may_remove,
    read_asked_slot,
)
from app.people.shapes import SYSTEM, Actor, HeldPost, PostKind

QUY_NHON, ELSEWHERE, HELPER = uuid4(), uuid4(), uuid4()
HUNG = Actor(kind="citizen", name="Hùng", id=uuid4())
STRANGER = Actor(kind="citizen", name="Khách", id=uuid4())
VISITOR = Actor(kind="visitor", name="Khách")
DRAFT = Holder(citizen_id=HUNG.id, agency_id=QUY_NHON)


def officer(kind: PostKind, agency: object = QUY_NHON) -> Actor:
    held = HeldPost(uuid4(), kind, "Chức danh", agency, "Cơ quan")  # type: ignore[arg-type]
    return Actor(kind="officer", name="Lan", id=uuid4(), posts=(held,))


def dossier(status: int) -> Holder:
    return Holder(citizen_id=HUNG.id, agency_id=QUY_NHON, status=status, helpers=[HELPER])


LAN = officer("reception")
OUTSIDER = officer("leader", ELSEWHERE)
CALLED_IN = officer("specialist", HELPER)
ADMINISTRATOR = officer("administrator")


def test_a_draft_is_its_citizens_alone() -> None:
    assert may_open(HUNG, DRAFT, "submitted")
    assert may_add(HUNG, DRAFT)
    assert may_remove(HUNG, DRAFT, "submitted")
    for other in (STRANGER, VISITOR, LAN, OUTSIDER, ADMINISTRATOR, SYSTEM):
        assert not may_open(other, DRAFT, "submitted")
        assert not may_add(other, DRAFT)
        assert not may_remove(other, DRAFT, "submitted")


@pytest.mark.asvs("8.2.2")
@pytest.mark.parametrize("status", range(1, 11))
def test_a_filed_paper_is_read_by_citizen_and_agency_only(status: int) -> None:
    for reader in (HUNG, LAN, CALLED_IN):
        assert may_open(reader, dossier(status), "submitted")
    for other in (STRANGER, VISITOR, OUTSIDER, ADMINISTRATOR, SYSTEM):
        assert not may_open(other, dossier(status), "submitted")


@pytest.mark.parametrize("status", range(1, 11))
def test_what_another_system_answered_is_for_the_agencies_alone(status: int) -> None:
    for reader in (LAN, CALLED_IN):
        assert may_open(reader, dossier(status), "answer")
    for other in (HUNG, STRANGER, VISITOR, OUTSIDER, ADMINISTRATOR, SYSTEM):
        assert not may_open(other, dossier(status), "answer")


@pytest.mark.asvs("8.2.3")
@pytest.mark.parametrize("status", range(1, 11))
def test_a_result_is_the_citizens_once_the_agency_has_finished(status: int) -> None:
    assert may_open(HUNG, dossier(status), "result") is (status in {9, 10})
    assert may_open(LAN, dossier(status), "result")


def test_a_paper_handed_in_at_the_counter_belongs_to_no_account() -> None:
    at_the_counter = Holder(citizen_id=None, agency_id=QUY_NHON, status=2)
    nobody = Actor(kind="citizen", name="Không rõ")
    assert not may_open(nobody, at_the_counter, "submitted")


def test_after_filing_only_officers_add_and_only_while_it_is_open() -> None:
    assert may_add(LAN, dossier(1))
    assert not may_add(HUNG, dossier(1))
    assert not may_add(OUTSIDER, dossier(1))
    for closed in (3, 6, 7, 8, 9, 10):
        assert not may_add(LAN, dossier(closed))


def test_after_filing_nothing_is_taken_away_but_a_result_not_yet_given() -> None:
    assert not may_remove(HUNG, dossier(1), "submitted")
    assert not may_remove(LAN, dossier(4), "submitted")
    assert may_remove(LAN, dossier(4), "result")
    assert not may_remove(OUTSIDER, dossier(4), "result")
    assert not may_remove(LAN, dossier(9), "result")


def test_what_was_asked_for_is_taken_away_by_its_citizen_until_it_is_sent() -> None:
    assert may_remove(HUNG, dossier(5), "submitted", unsent=True)
    assert not may_remove(HUNG, dossier(5), "submitted")
    for other in (STRANGER, VISITOR, LAN, OUTSIDER):
        assert not may_remove(other, dossier(5), "submitted", unsent=True)
    for status in (1, 2, 4, 6, 9):
        assert not may_remove(HUNG, dossier(status), "submitted", unsent=True)


def test_a_place_for_something_else_is_named_by_its_request() -> None:
    assert read_asked_slot(asked_slot(2, 0)) == (2, 0)
    for other in ("giay-chung-sinh", "bo-sung-0-1", "bo-sung-1-", "bo-sung-1-1x", "bo-sung-٣-1"):
        assert read_asked_slot(other) is None
