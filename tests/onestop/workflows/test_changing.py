"""A new version of a workflow: what it changes, and where open dossiers would stand."""

from hypothesis import given
from hypothesis import strategies as st

from app.onestop.catalog.shapes import PostKind
from app.onestop.workflows.changing import Kind, carried, differences
from app.onestop.workflows.conditions import AnswerIs, CaseIs, Condition, Facts
from app.onestop.workflows.running import OTHERWISE, Run, active, begin, complete, is_finished
from app.onestop.workflows.tree import (
    Branch,
    Choice,
    Join,
    Node,
    Nothing,
    Parallel,
    Sequence,
    Step,
)
from tests.onestop.workflows.trees import facts, trees

KNOWN = Facts(answers={"loai": "nha-o"})
HOUSE = AnswerIs("loai", "nha-o")


def step(name: str, title: str = "", share: int = 0) -> Step:
    return Step(name, title or name.upper(), PostKind.SPECIALIST, share)


def row(*names: str) -> Sequence:
    return Sequence(tuple(step(name) for name in names))


def choice(*ways: tuple[Condition, Node], otherwise: Node | None = None) -> Choice:
    branches = tuple(Branch(when, then) for when, then in ways)
    return Choice("re", "Rẽ", branches, otherwise or Nothing())


def after(tree: Node, *names: str) -> Run:
    run = begin(tree, KNOWN)
    for name in names:
        later = complete(tree, run, name, KNOWN)
        assert later is not None
        run = later
    return run


def texts(old: Node, new: Node) -> list[tuple[Kind, str]]:
    return [(change.kind, change.text) for change in differences(old, new)]


def open_ids(tree: Node, run: Run | None) -> list[str]:
    assert run is not None
    return [one.id for one in active(tree, run)]


@given(trees)
def test_a_version_does_not_differ_from_itself(tree: Node) -> None:
    assert differences(tree, tree) == []


@given(trees, trees)
def test_every_id_that_came_or_went_is_told(old: Node, new: Node) -> None:
    found = differences(old, new)
    back = differences(new, old)
    came = {change.id for change in found if change.kind is Kind.ADDED}
    assert came == {change.id for change in back if change.kind is Kind.REMOVED}


def test_steps_added_and_removed_are_named() -> None:
    assert texts(row("a", "b", "c"), row("a", "x", "c")) == [
        (Kind.ADDED, "Thêm bước “X”."),
        (Kind.REMOVED, "Bỏ bước “B”."),
    ]


def test_a_step_renamed_and_given_more_time_is_told_twice() -> None:
    old = Sequence((step("a", "Thẩm tra", 20), step("b")))
    new = Sequence((step("a", "Thẩm định", 30), step("b")))
    assert texts(old, new) == [
        (Kind.RENAMED, "Đổi tên bước “Thẩm tra” thành “Thẩm định”."),
        (Kind.SHARE, "Đổi thời gian của bước “Thẩm định” từ 20% thành 30%."),
    ]


def test_a_step_given_to_another_post_is_told() -> None:
    old, new = Sequence((step("a"),)), Sequence((Step("a", "A", PostKind.LEADER),))
    assert texts(old, new) == [
        (Kind.CHANGED, "Giao bước “A” cho lãnh đạo, trước đây là chuyên viên.")
    ]


def test_only_the_step_that_moved_is_told() -> None:
    assert texts(row("a", "b", "c", "d"), row("b", "c", "d", "a")) == [
        (Kind.MOVED, "Chuyển bước “A” sang chỗ khác.")
    ]


def test_a_step_moved_into_a_branch_is_told() -> None:
    old = Sequence((Parallel("p", "P", (row("a"), row("b"))), step("c"), step("d")))
    new = Sequence((Parallel("p", "P", (row("a"), row("b", "c"))), step("d")))
    assert texts(old, new) == [(Kind.MOVED, "Chuyển bước “C” sang chỗ khác.")]


def test_a_branch_put_before_the_others_moves_none_of_them() -> None:
    old = Parallel("p", "P", (row("a"), row("b")))
    new = Parallel("p", "P", (row("x"), row("a"), row("b")))
    assert texts(old, new) == [(Kind.ADDED, "Thêm bước “X”.")]


def test_another_join_or_another_condition_is_told() -> None:
    old = Sequence((Parallel("p", "P", (row("a"), row("b"))), choice((HOUSE, step("c")))))
    new = Sequence(
        (Parallel("p", "P", (row("a"), row("b")), Join.FIRST), choice((CaseIs("1"), step("c"))))
    )
    assert texts(old, new) == [
        (Kind.CHANGED, "Đổi cách làm của phần song song “P”."),
        (Kind.CHANGED, "Đổi cách làm của phần rẽ nhánh “Rẽ”."),
    ]


@given(trees, facts, st.data())
def test_carried_into_the_same_version_a_run_stays_as_it_is(
    tree: Node, known: Facts, draw: st.DataObject
) -> None:
    run = begin(tree, known)
    while not is_finished(tree, run):
        assert carried(tree, tree, run) == run
        name = draw.draw(st.sampled_from(open_ids(tree, run)))
        run = complete(tree, run, name, known) or Run()
    assert carried(tree, tree, run) == run


@given(trees, trees, facts, st.data())
def test_a_run_carried_anywhere_can_go_on_to_the_end(
    old: Node, new: Node, known: Facts, draw: st.DataObject
) -> None:
    run = begin(old, known)
    for _ in range(draw.draw(st.integers(0, 4))):
        if not is_finished(old, run):
            name = draw.draw(st.sampled_from(open_ids(old, run)))
            run = complete(old, run, name, known) or Run()
    stands = carried(old, new, run, known)
    while stands is not None and not is_finished(new, stands):
        name = draw.draw(st.sampled_from(open_ids(new, stands)))
        stands = complete(new, stands, name, known)
        assert stands is not None


def test_a_new_step_ahead_is_met_in_its_turn() -> None:
    old, new = row("a", "b", "c"), row("a", "b", "x", "c")
    stands = carried(old, new, after(old, "a"))
    assert open_ids(new, stands) == ["b"]


def test_a_new_step_before_the_open_one_is_done_first() -> None:
    old, new = row("a", "b", "c"), row("a", "x", "b", "c")
    assert open_ids(new, carried(old, new, after(old, "a"))) == ["x"]


def test_when_the_open_step_is_gone_a_person_chooses() -> None:
    old, new = row("a", "b", "c"), row("a", "c")
    assert carried(old, new, after(old, "a")) is None
    assert carried(old, new, after(old, "a", "b")) is not None


def test_when_one_of_two_open_steps_is_gone_a_person_chooses() -> None:
    old = Parallel("p", "P", (row("a"), row("b")))
    new = Sequence((Parallel("p", "P", (row("a"), row("c"))),))
    assert carried(old, new, Run()) is None


def test_a_way_taken_is_found_again_when_branches_change_places() -> None:
    old = Sequence((step("a"), choice((HOUSE, step("b")), otherwise=step("c"))))
    new = Sequence((step("a"), choice((CaseIs("1"), step("x")), (HOUSE, step("b")))))
    stands = carried(old, new, after(old, "a"))
    assert stands is not None and stands.chosen == {"re": 1}
    asked_otherwise = choice((CaseIs("1"), step("x")), (CaseIs("2"), step("b")))
    stands = carried(old, Sequence((step("a"), asked_otherwise)), after(old, "a"))
    assert stands is not None and stands.chosen == {"re": 1}


def test_when_the_way_taken_is_gone_a_person_chooses() -> None:
    old = Sequence((step("a"), choice((HOUSE, step("b"))), step("d")))
    new = Sequence((step("a"), choice((CaseIs("1"), step("x"))), step("d")))
    assert carried(old, new, after(old, "a")) is None


def test_a_new_choice_is_made_by_the_facts_or_by_nobody() -> None:
    old = row("a", "b", "c")
    new = Sequence((step("a"), choice((CaseIs("1"), step("x"))), step("b"), step("c")))
    assert carried(old, new, after(old, "a")) is None
    stands = carried(old, new, after(old, "a"), Facts())
    assert stands is not None and stands.chosen == {"re": OTHERWISE}
    assert open_ids(new, stands) == ["b"]
