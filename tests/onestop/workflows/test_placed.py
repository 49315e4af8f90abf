"""A dossier that a person puts at a step of another version."""

from hypothesis import given
from hypothesis import strategies as st

from app.onestop.catalog.shapes import PostKind
from app.onestop.workflows.conditions import Facts
from app.onestop.workflows.running import Run, after, begin, complete, is_active, placed
from app.onestop.workflows.tree import Node, Sequence, Step, is_leaf, nodes
from tests.onestop.workflows.trees import facts, trees


@given(trees, facts, st.data())
def test_a_dossier_put_at_a_step_by_hand_stands_there(
    tree: Node, known: Facts, data: st.DataObject
) -> None:
    leaves = [node.id for node in nodes(tree) if is_leaf(node)]
    name = data.draw(st.sampled_from(leaves))
    run = placed(tree, begin(tree, known), name, known)
    if run is not None:
        assert is_active(tree, run, name)
        assert complete(tree, run, name, known) is not None
        assert not after(tree, name) & run.done


def test_nobody_is_put_at_a_step_that_is_not_there() -> None:
    assert placed(Sequence((Step("a", "A", PostKind.LEADER),)), Run(), "b", Facts()) is None
