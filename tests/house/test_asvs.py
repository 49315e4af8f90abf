"""docs/asvs.md says what is true: every row, a verdict for each, and tests that carry it."""

from collections import Counter

from tests.security.asvs import PAGE, VERDICTS, marks, renewed, rows

# Requirements of level 1 and 2 in each chapter of OWASP ASVS 5.0.0.
CHAPTERS = {
    1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 10: 29, 11: 14, 12: 9, 13: 13,
    14: 9, 15: 13, 16: 16, 17: 7,
}  # fmt: skip


def test_all_253_rows_of_level_two_have_a_verdict_and_a_reason():
    found = rows(PAGE.read_text())
    assert len({row.id for row in found}) == len(found) == 253
    assert Counter(row.level for row in found) == {"1": 70, "2": 183}
    assert Counter(int(row.id.partition(".")[0]) for row in found) == CHAPTERS
    assert {row.verdict for row in found} <= VERDICTS
    assert [row.id for row in found if not row.what or not row.how] == []


def test_the_page_names_the_tests_that_carry_the_mark_and_no_others():
    text = PAGE.read_text()
    assert renewed(text) == text, "run: python -m tests.security.asvs"
    assert set(marks()) <= {row.id for row in rows(text)}


def test_what_is_met_is_shown_by_tests():
    found = rows(PAGE.read_text())
    carried = [row for row in found if row.tests]
    assert len(carried) >= 150
    assert sum(row.verdict == "met" for row in carried) >= 150
    # What does not apply, because we have no such thing, is noticed the day we have it.
    bare = {row.id for row in found if row.verdict == "met" and not row.tests}
    assert not bare, bare
