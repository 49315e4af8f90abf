"""A dossier walks a workflow: every order ends, choices stay, going back is exact."""

from itertools import pairwise

import msgspec
from hypothesis import assume, given
from hypothesis import strategies as st

from app.onestop.catalog.shapes import PostKind
from app.onestop.catalog.source import shipped
from app.onestop.workflows.conditions import AnswerIs, Facts
from app.onestop.workflows.running import (
    OTHERWISE,
    Run,
    active,
    back_targets,
    begin,
    cancelled,
    complete,
    is_active,
    is_finished,
    is_last,
    moved,
    recall,
    send_back,
)
from app.onestop.workflows.tree import (
    Branch,
    Choice,
    Join,
    Node,
    Nothing,
    Parallel,
    Sequence,
    Step,
    from_flow,
    ids,
)
from tests.onestop.workflows.trees import facts, size, trees

KNOWN = Facts(answers={"loai": "nha-o"})


def step(name: str) -> Step:
    return Step(name, name, PostKind.SPECIALIST)


def row(*names: str) -> Sequence:
    return Sequence(tuple(step(name) for name in names))


def open_ids(tree: Node, run: Run) -> list[str]:
    return [one.id for one in active(tree, run)]


def done(tree: Node, *names: str, known: Facts = KNOWN) -> Run:
    run = begin(tree, known)
    for name in names:
        after = complete(tree, run, name, known)
        assert after is not None, name
        run = after
    return run


def walk(tree: Node, known: Facts, draw: st.DataObject, longest: int | None = None) -> list[Run]:
    """Every run passed, from the beginning on, doing open leaves in any order."""
    runs = [begin(tree, known)]
    while not is_finished(tree, runs[-1]) and (longest is None or len(runs) <= longest):
        name = draw.draw(st.sampled_from(open_ids(tree, runs[-1])))
        later = complete(tree, runs[-1], name, known)
        assert later is not None
        runs.append(later)
    return runs


@given(trees, facts, st.data())
def test_doing_what_is_open_in_any_order_always_ends(
    tree: Node, known: Facts, draw: st.DataObject
) -> None:
    runs = walk(tree, known, draw, longest=size(tree))
    assert is_finished(tree, runs[-1])
    assert len(runs) - 1 <= size(tree)
    assert active(tree, runs[-1]) == ()


@given(trees, facts, st.data())
def test_something_is_open_until_the_end(tree: Node, known: Facts, draw: st.DataObject) -> None:
    for run in walk(tree, known, draw)[:-1]:
        assert active(tree, run)
        assert not is_finished(tree, run)


@given(trees, facts, st.data())
def test_each_act_does_one_thing_and_moves_no_choice(
    tree: Node, known: Facts, draw: st.DataObject
) -> None:
    runs = walk(tree, known, draw)
    for before, after in pairwise(runs):
        assert len(after.done - before.done) == 1 and before.done < after.done
        assert before.chosen.items() <= after.chosen.items()


@given(trees, facts, st.data())
def test_the_last_act_and_only_it_ends_the_workflow(
    tree: Node, known: Facts, draw: st.DataObject
) -> None:
    runs = walk(tree, known, draw)
    for before, after in pairwise(runs):
        (name,) = after.done - before.done
        assert is_last(tree, before, name) is is_finished(tree, after)


@given(trees, facts, st.data())
def test_recalling_undoes_exactly_the_last_act(
    tree: Node, known: Facts, draw: st.DataObject
) -> None:
    runs = walk(tree, known, draw)
    for before, after in pairwise(runs):
        (name,) = after.done - before.done
        assert recall(tree, after, name) == before


@given(trees, facts, st.data())
def test_nothing_is_recalled_once_somebody_went_on(
    tree: Node, known: Facts, draw: st.DataObject
) -> None:
    runs = walk(tree, known, draw)
    for before, after, later in zip(runs, runs[1:], runs[2:], strict=False):
        (name,), (onward,) = after.done - before.done, later.done - after.done
        if onward in moved(tree, before, after)[0]:
            assert recall(tree, later, name) is None


@given(trees, facts, st.data())
def test_what_is_sent_back_and_done_again_stands_where_it_stood(
    tree: Node, known: Facts, draw: st.DataObject
) -> None:
    runs = walk(tree, known, draw)
    at = draw.draw(st.integers(0, len(runs) - 1))
    run = runs[at]
    targets = [t for name in open_ids(tree, run) for t in back_targets(tree, run, name)]
    assume(targets)
    target = draw.draw(st.sampled_from(targets))
    back = send_back(tree, run, target)
    assert back is not None and is_active(tree, back, target)
    assert target not in back.done and back.done < run.done
    order = [next(iter(b.done - a.done)) for a, b in pairwise(runs[: at + 1])]
    for name in order:
        if name not in back.done:
            again = complete(tree, back, name, known)
            assert again is not None
            back = again
    assert back == run


@given(trees, facts, facts, st.data())
def test_later_facts_move_no_choice_already_made(
    tree: Node, known: Facts, other: Facts, draw: st.DataObject
) -> None:
    for run in walk(tree, known, draw)[:-1]:
        name = draw.draw(st.sampled_from(open_ids(tree, run)))
        later = complete(tree, run, name, other)
        assert later is not None
        assert run.chosen.items() <= later.chosen.items()


@given(trees, facts, st.data())
def test_what_is_moved_is_the_difference_of_what_is_open(
    tree: Node, known: Facts, draw: st.DataObject
) -> None:
    runs = walk(tree, known, draw)
    for before, after in pairwise(runs):
        opened, closed = moved(tree, before, after)
        now = set(open_ids(tree, before)) - set(closed) | set(opened)
        assert now == set(open_ids(tree, after))
        assert set(cancelled(tree, before, after)) == set(closed) - after.done


@given(trees, facts, st.text(max_size=3))
def test_what_is_not_open_cannot_be_done(tree: Node, known: Facts, name: str) -> None:
    run = begin(tree, known)
    for other in (ids(tree) | {name}) - set(open_ids(tree, run)):
        assert complete(tree, run, other, known) is None
        assert recall(tree, run, other) is None
        assert send_back(tree, run, other) is None
        assert back_targets(tree, run, other) == ()
        assert not is_last(tree, run, other)


@given(trees, facts, st.data())
def test_a_run_survives_being_written_down(tree: Node, known: Facts, draw: st.DataObject) -> None:
    run = walk(tree, known, draw)[-1]
    assert msgspec.json.decode(msgspec.json.encode(run), type=Run) == run


def test_the_first_branch_done_drops_the_others() -> None:
    race = Parallel("p", "Hỏi hai nơi", (row("a1", "a2"), row("b1", "b2")), Join.FIRST)
    tree = Sequence((step("dau"), race, step("cuoi")))
    before = done(tree, "dau", "b1", "a1")
    assert open_ids(tree, before) == ["a2", "b2"]
    after = done(tree, "dau", "b1", "a1", "a2")
    assert moved(tree, before, after) == (("cuoi",), ("a2", "b2"))
    assert cancelled(tree, before, after) == ("b2",)
    assert complete(tree, after, "b2", KNOWN) is None
    assert recall(tree, after, "b1") is None
    assert back_targets(tree, after, "cuoi") == ("a2", "a1", "dau")


def test_an_all_join_waits_for_every_branch() -> None:
    both = Parallel("p", "Hai nơi cùng làm", (row("a1", "a2"), row("b1")))
    tree = Sequence((step("dau"), both, step("cuoi")))
    assert open_ids(tree, done(tree, "dau", "a1", "a2")) == ["b1"]
    assert open_ids(tree, done(tree, "dau", "a1", "a2", "b1")) == ["cuoi"]


def test_sending_back_into_one_branch_leaves_the_other_done() -> None:
    both = Parallel("p", "Hai nơi cùng làm", (row("a1", "a2"), row("b1")))
    tree = Sequence((step("dau"), both, step("cuoi")))
    run = done(tree, "dau", "a1", "a2", "b1")
    assert back_targets(tree, run, "cuoi") == ("b1", "a2", "a1", "dau")
    back = send_back(tree, run, "a1")
    assert back is not None
    assert back.done == {"dau", "b1"}
    assert open_ids(tree, back) == ["a1"]


def test_one_branch_is_not_sent_back_to_the_one_beside_it() -> None:
    both = Parallel("p", "Hai nơi cùng làm", (row("a1", "a2"), row("b1", "b2")))
    tree = Sequence((step("dau"), both, step("cuoi")))
    assert back_targets(tree, done(tree, "dau", "a1", "b1"), "b2") == ("b1", "dau")


def test_sending_back_before_a_choice_lets_it_be_made_anew() -> None:
    way = Choice("re", "Loại", (Branch(AnswerIs("loai", "nha-o"), step("nha")),), step("khac"))
    tree = Sequence((step("dau"), way, step("cuoi")))
    run = done(tree, "dau", "nha")
    assert run.chosen == {"re": 0}
    back = send_back(tree, run, "dau")
    assert back == Run()
    again = complete(tree, back, "dau", Facts(answers={"loai": "xuong"}))
    assert again is not None and again.chosen == {"re": OTHERWISE}
    assert open_ids(tree, again) == ["khac"]


def test_a_way_with_nothing_to_do_is_passed_at_once() -> None:
    way = Choice("re", "Có đi thực địa", (Branch(AnswerIs("loai", "x"), step("di")),), Nothing())
    tree = Sequence((step("dau"), way, step("cuoi")))
    assert open_ids(tree, done(tree, "dau")) == ["cuoi"]


def test_every_published_flow_is_walked_as_before() -> None:
    for procedure in shipped():
        tree = from_flow(procedure.flow)
        run = begin(tree, KNOWN)
        for at, flat in enumerate(procedure.flow):
            assert open_ids(tree, run) == [flat.id]
            assert is_last(tree, run, flat.id) is (at == len(procedure.flow) - 1)
            run = complete(tree, run, flat.id, KNOWN) or Run()
        assert is_finished(tree, run)
