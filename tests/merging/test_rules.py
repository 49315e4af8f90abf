"""What meets and what follows from a decision: without a database, by the thousand."""

from datetime import UTC, date, datetime
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.reader.excel import load_workbook

from app.doors.csv_answer import csv_of
from app.leaving.catalogue import Column, ForeignKey, Table
from app.merging import planning, rules, sheets, workbooks
from app.merging.kinds import KINDS, STAYS
from app.merging.refusals import MergeRefused
from app.merging.shapes import Changes, Decision, Plan, Unique
from app.merging.sides import sides
from tests.merging.conftest import table_of

NAMES = st.text("abcdefgh", min_size=1, max_size=2)
OFFICER = table_of("officer", "id uuid", "username text", "issuer text", "subject text",
                   "full_name text", "entered_at text")  # fmt: skip
DAY = date(2026, 7, 1)


@given(st.dictionaries(NAMES, st.sets(NAMES, max_size=3), min_size=1, max_size=8))
def test_who_is_leaned_on_comes_first_unless_they_lean_on_one_another(leaning):
    tables = [_leaning(name, others & leaning.keys()) for name, others in leaning.items()]
    order = [table.name for table in rules.in_order(tables)]
    assert sorted(order) == sorted(leaning)
    beneath = {name: _beneath(name, leaning) for name in leaning}
    for name, others in leaning.items():
        for other in others & leaning.keys() - {name}:
            assert order.index(other) < order.index(name) or name in beneath[other]


@pytest.mark.parametrize(
    ("columns", "meets"),
    [
        (["username"], True),
        (["issuer", "subject"], True),
        (["id"], False),
        (["id", "username"], False),
    ],
)
def test_rows_meet_by_names_and_never_by_ids(columns, meets):
    assert rules.may_collide(Unique(table="officer", columns=tuple(columns)), OFFICER) is meets


def test_what_hangs_on_a_row_that_may_become_ours_may_meet_and_what_hangs_on_a_dossier_never():
    draft = _leaning("draft", {"citizen", "procedure"})
    rating = _leaning("rating", {"dossier"})
    assert rules.may_collide(Unique(table="draft", columns=("citizen", "procedure")), draft)
    assert not rules.may_collide(Unique(table="rating", columns=("dossier",)), rating)


def test_two_of_one_name_are_one_person_only_when_the_issuer_vouches_or_a_person_says_so():
    ours = {"username": "lan", "issuer": "a", "subject": "1", "full_name": "Lan"}
    same, other = dict(ours, full_name="Lan Nguyễn"), dict(ours, subject="2")
    vouched, doubted = (_met(ours, theirs) for theirs in (same, other))
    assert vouched.decision is Decision.SAME
    assert (doubted.decision, doubted.proposed) == (None, Decision.KEEP)
    assert doubted.differs == {"subject": ["1", "2"]}
    assert _met(ours, dict(ours, entered_at="heute")).decision is Decision.SAME
    unknown = {"username": "an.nguyen", "full_name": "Nguyễn Văn An"}
    alike = _met(unknown, dict(unknown))
    assert (alike.decision, alike.proposed, alike.differs) == (None, Decision.KEEP, {})


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_versions_that_are_kept_come_after_ours_and_ours_stay_in_force(highest, version):
    changes = Changes()
    row = {"code": "1.1", "version": version, "valid_from": "2026-01-01", "valid_to": None}
    rules.beside("procedure", "p", "b", row, highest, DAY, changes)
    written = changes.changed["procedure"]["p"]
    assert written == {"version": highest + version, "valid_to": "2026-06-30"}


def test_a_procedure_that_begins_later_ends_no_earlier_than_it_begins():
    row = {"code": "1.1", "version": 1, "valid_from": "2026-09-01", "valid_to": None}
    changes = Changes()
    rules.beside("procedure", "p", "b", row, 1, DAY, changes)
    assert changes.changed["procedure"]["p"]["valid_to"] == "2026-09-01"


@given(
    st.dictionaries(NAMES, NAMES),
    st.recursive(
        NAMES,
        lambda each: (
            st.lists(each)
            | st.builds(lambda key, more: {"by": "key", "key": key, "more": more}, NAMES, each)
        ),
        max_leaves=8,
    ),
)
def test_definitions_name_agencies_by_their_new_keys_and_change_in_nothing_else(keys, document):
    written = rules.with_keys(document, keys, {})
    assert _named(written) == [keys.get(name, name) for name in _named(document)]
    back = {new: old for old, new in keys.items()}
    if len(back) == len(keys) and not back.keys() & set(_named(document)):
        assert rules.with_keys(written, back, {}) == document


def test_partners_of_one_address_are_one_and_one_of_the_same_name_gets_another_that_is_allowed():
    partner = table_of("partner", "id uuid", "slug text", "address text", "public_key text")
    ours = {"slug": "b" * 60, "address": "https://b", "public_key": "1"}
    theirs = dict(ours, public_key="2")

    def met(*by):
        return rules.met(partner, "Hệ thống", by, ("1", ours), ("2", theirs))

    assert (met("address").offers, met("address").decision) == ([Decision.SAME], None)
    named = msgspec.structs.replace(met("slug"), decision=Decision.KEEP)
    assert named.offers == [Decision.SAME, Decision.KEEP]
    changes = Changes()
    rules.take(named, "gialai", theirs, 0, DAY, changes)
    assert changes.changed["partner"]["2"] == {"slug": "b" * 56 + "-gialai"}
    sub = {"node": "sub", "tenant": "bo", "body": None}
    assert rules.with_keys([sub], {"bo": "so"}, {"bo": "bo-x"}) == [dict(sub, tenant="bo-x")]


def test_a_plan_is_carried_out_only_as_it_was_seen_and_wholly_decided():
    ours = {"username": "lan", "full_name": "Lan"}
    seen = _met(ours, {"username": "lan", "full_name": "Lân"})
    plan = _plan(seen)
    assert rules.faults(plan)
    plan = planning.proposed(plan)
    assert rules.faults(plan) == []
    assert rules.decided([seen], plan) == ([plan.meetings[0]], [])
    changed = _met(ours, {"username": "lan", "full_name": "Lân Văn"})
    sure = _met(dict(ours, issuer="a", subject="1"), dict(ours, issuer="a", subject="1"))
    assert rules.decided([changed, sure], plan) == ([sure], ["officer {'username': 'lan'}"])
    never = msgspec.structs.replace(seen, offers=[*Decision], decision=Decision.STAY)
    assert rules.faults(_plan(never)) == []
    assert rules.decided([seen], _plan(never)) == ([], ["officer {'username': 'lan'}"])


def test_people_decide_in_a_sheet_by_words_that_were_offered():
    plan = _plan(
        _met({"username": "lan", "full_name": "Lan"}, {"username": "lan", "full_name": "x"})
    )
    heading, line = sheets.lines(plan)
    assert line[:4] == ["Cán bộ", "tên đăng nhập: lan", "họ và tên: Lan", "họ và tên: x"]
    assert line[4:7] == ["giữ cả hai / gộp", "giữ cả hai", ""]

    def answered(word, turned=bytes):
        filled = csv_of([heading, [*line[:6], word, *line[7:]]])
        return sheets.taken(plan, sheets.from_csv(turned(filled)))

    assert answered("Gộp").meetings[0].decision is Decision.SAME
    # Where a comma stands in figures, spreadsheets put a semicolon between cells.
    semicolons = lambda filled: filled.replace(b",", b";")  # noqa: E731
    assert answered("gộp", semicolons).meetings[0].decision is Decision.SAME
    assert answered("") == plan
    for word in ("để lại", "gộp hết"):
        with pytest.raises(MergeRefused):
            answered(word)
    otherwise, strange = ([*line[:6], "giữ cả hai", *line[7:]], [*line[:6], "gộp", *line[7:8], "3"])
    for more in (otherwise, strange):
        with pytest.raises(MergeRefused, match="Dòng 3"):
            filled = csv_of([heading, [*line[:6], "gộp", *line[7:]], more])
            sheets.taken(plan, sheets.from_csv(filled))
    assert sheets.taken(plan, sheets.from_csv(csv_of([heading, line[:3]]))) == plan
    for unreadable in ("quyết định".encode("utf-16"), b'"' + b"x" * 200_000):
        with pytest.raises(MergeRefused):
            sheets.from_csv(unreadable)


def test_a_workbook_of_questions_comes_back_with_the_answers(tmp_path):
    ours, theirs = ({"username": "lan", "full_name": [{"name": "a"}, {"name": n}]} for n in "bc")
    plan = _plan(_met(ours, theirs))
    assert sheets.lines(plan)[1][2:4] == [f"họ và tên, 2, tên: {name}" for name in "bc"]
    file = tmp_path / "q.xlsx"
    file.write_bytes(workbooks.drawn(plan))
    assert sheets.taken(plan, workbooks.answers(file)) == plan
    book = load_workbook(file)
    book["Quyết định"]["G2"] = "giữ cả hai"
    book.save(file)
    decided = sheets.taken(plan, workbooks.answers(file))
    assert decided.meetings[0].decision is Decision.KEEP
    file.write_bytes(b"PK none")
    with pytest.raises(MergeRefused):
        workbooks.answers(file)


async def test_whoever_adds_a_table_says_what_becomes_of_its_names(tenant, make_tenant):
    async with sides(tenant, await make_tenant()) as both:
        meeting = {table.name for table in both.going if both.meeting_by(table)}
        assert meeting <= KINDS.keys() | {"draft", "stored_object"}
        assert not set(STAYS) - both.tables.keys()
        behind = set(STAYS)
        for table in both.going:
            assert not {key.table for key in table.foreign} & behind, table.name


def _leaning(name, others):
    foreign = [ForeignKey(columns=[o], table=o, references=["id"]) for o in sorted(others)]
    columns = [Column(name=c, type="uuid", required=False) for c in ("id", *sorted(others))]
    return Table(name=name, columns=columns, key=["id"], foreign=foreign)


def _beneath(name, leaning):
    seen, waiting = set(), [name]
    while waiting:
        fresh = (leaning[waiting.pop()] & leaning.keys()) - seen
        seen |= fresh
        waiting += fresh
    return seen


def _met(ours, theirs):
    return rules.met(OFFICER, "Cán bộ", ["username"], ("1", ours), ("2", theirs))


def _named(document):
    if isinstance(document, list):
        return [name for each in document for name in _named(each)]
    if isinstance(document, dict):
        return [document["key"], *_named(document["more"])]
    return []


def _plan(*meetings):
    return Plan(
        joined="b", into="a", joined_id=UUID(int=2), into_id=UUID(int=1), schema_version=1,
        made_at=datetime(2026, 6, 1, tzinfo=UTC), rows={}, stays={}, settled={},
        meetings=list(meetings), messages=0, warnings=[],
    )  # fmt: skip


def test_a_plan_reads_as_it_was_written():
    plan = _plan(_met({"username": "lan"}, {"username": "lan", "full_name": "x"}))
    assert msgspec.json.decode(msgspec.json.encode(plan), type=Plan) == plan
