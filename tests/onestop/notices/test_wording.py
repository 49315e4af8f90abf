"""A province's own wordings: which is sent over which line, and what is refused."""

import random

import pytest

from app.onestop.notices import preferences, rules, templates, wording
from app.onestop.notices.preferences import Wish
from app.onestop.notices.wording import Line, Verdict, Wording, choose, faults_of, may_follow

PLACES = wording.places_for([templates.named("CO_KQ").text])
FREE, STRICT = Line("UBND", "kannel", False), Line("UBND", "esms", True)


def faults(text: str, *, marked: bool = False, most_parts: int = 3) -> str:
    return " ".join(faults_of(text, PLACES, marked=marked, most_parts=most_parts))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Ghi nội dung tin"),
        ("Ho so {MA} co ket qua truoc {HAN}", "Chỗ điền {HAN} không có trong tin này"),
        ("Ho so {TEN}", "Chỗ điền {TEN} không có"),
        ("Ho so {MA", "dấu ngoặc nhọn lẻ"),
        ("Ho so {MA}}", "dấu ngoặc nhọn lẻ"),
        ("Ho so {} {ma}", "Chỗ điền {} không có"),
        ("Hồ sơ {MA} đã có kết quả", "chọn gửi tin có dấu"),
        ("x" * 2001, "dài 2001 ký tự"),
        ("Ho so {MA} " + "x" * 480, "Tin dài 4 phần, quá 3 phần"),
    ],
)
def test_a_wording_that_would_send_nonsense_is_refused_with_the_place(text, sentence) -> None:
    assert sentence in faults(text)


def test_a_message_of_twelve_parts_is_refused_with_the_count() -> None:
    assert "Tin dài 12 phần, quá 3 phần" in faults("ợ" * 67 * 12, marked=True)
    assert "Tin dài 12 phần, quá 3 phần" in faults("x" * 153 * 12)
    assert "lên đến 13 phần" in faults("{CQ}{NOI}" * 7 + "x" * 1100, most_parts=12)


def test_marks_cost_more_and_are_kept_only_where_wanted() -> None:
    text = "{CQ}: Hồ sơ {MA} đã có kết quả. Mời ông/bà đến {NOI} nhận (mang giấy hẹn)"
    assert faults(text, marked=True) == ""
    seen = wording.look(text, marked=True)
    assert (seen.encoding, seen.parts) == ("UCS2", 2) and "đã có kết quả" in seen.text
    assert rules.compose(text, wording.SAMPLE, marked=True).text == seen.text
    plain = wording.look(rules.unmarked(text.replace("{", "<")), marked=False)
    assert (plain.encoding, plain.parts) == ("GSM7", 1)


@pytest.mark.parametrize("template", templates.newest(), ids=lambda each: each.key)
def test_every_shipped_wording_may_be_saved_as_an_own_one(template) -> None:
    places = wording.places_for([template.text])
    assert faults_of(template.text, places, marked=False, most_parts=1) == []


def version(number: int, *, in_use: bool = True) -> Wording:
    return Wording(key="CO_KQ", version=number, text="x", in_use=in_use)


def test_the_newest_wording_that_a_line_has_approved_is_sent() -> None:
    versions = [version(1), version(101), version(102), version(103, in_use=False)]
    said = {(101, "UBND", "esms"): Verdict.APPROVED, (102, "UBND", "esms"): Verdict.SUBMITTED}
    assert choose(versions, [], {}).wording.version == 102
    assert choose(versions, [FREE], {}).wording.version == 102
    assert choose(versions, [STRICT], said).wording.version == 101
    assert choose(versions, [STRICT], {}) is None
    both = choose(versions, [FREE, STRICT], said)
    assert (both.wording.version, both.barred) == (101, frozenset())
    some = choose(versions, [FREE, STRICT], {})
    assert (some.wording.version, some.barred) == (102, frozenset([STRICT]))


def test_no_line_ever_gets_a_wording_it_has_not_approved() -> None:
    for seed in range(500):
        dice = random.Random(seed)
        lines = [Line(b, p, dice.random() < 0.6) for b in "AB" for p in "XY"]
        versions = [version(n, in_use=dice.random() < 0.8) for n in (1, 101, 102, 103)]
        said = {
            (one.version, line.brand, line.provider): dice.choice(list(Verdict))
            for one in versions
            for line in lines
        }
        if chosen := choose(versions, lines, said):
            assert chosen.wording.in_use
            for line in set(lines) - chosen.barred:
                key = (chosen.wording.version, line.brand, line.provider)
                assert not line.needs_approval or said[key] is Verdict.APPROVED


def test_an_operator_judges_only_what_it_was_given() -> None:
    allowed = {(a, b) for a in Verdict for b in Verdict if may_follow(a, b)}
    assert allowed == {
        (Verdict.DRAFT, Verdict.SUBMITTED), (Verdict.REFUSED, Verdict.SUBMITTED),
        (Verdict.SUBMITTED, Verdict.APPROVED), (Verdict.SUBMITTED, Verdict.REFUSED),
        (Verdict.APPROVED, Verdict.REFUSED),
    }  # fmt: skip


def test_what_the_law_demands_reaches_everybody_and_nothing_else_who_declined() -> None:
    for wish in (None, *Wish):
        for email in (None, "a@example.vn"):
            for stopped in (False, True):
                must = preferences.ways(wish, email, stopped=stopped, demanded=True)
                assert must.sms or must.email
                may = preferences.ways(wish, email, stopped=stopped, demanded=False)
                assert not (stopped and may.sms)
                if wish is Wish.NONE:
                    assert not may.sms and may.email is None and may.why_not
                if not may.sms:
                    assert may.why_not
