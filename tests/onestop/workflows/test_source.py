"""The workflows that ship with the product check, and are walked from end to end."""

import pytest

from app.onestop.workflows.agencies import Outside
from app.onestop.workflows.conditions import Facts
from app.onestop.workflows.running import active, begin, complete, is_finished, is_last
from app.onestop.workflows.shares import longest
from app.onestop.workflows.source import shipped
from app.onestop.workflows.tree import Step, Sub, Until, Wait, Workflow, nodes

# What the source gives no time for, or one time in common.
UNSHARED = {"karaoke-lien-thong", "ho-tich-cai-chinh"}


def names(workflow: Workflow) -> list[str]:
    return [one.id for one in active(workflow.tree, begin(workflow.tree, Facts()))]


def test_ten_workflows_ship() -> None:
    assert len(shipped()) == 10


@pytest.mark.parametrize("code", list(shipped()))
def test_a_shipped_workflow_is_walked_to_its_end(code: str) -> None:
    tree = shipped()[code].tree
    run = begin(tree, Facts())
    passed = []
    while not is_finished(tree, run):
        first = active(tree, run)[0]
        passed.append(first.node)
        after = complete(tree, run, first.id, Facts())
        assert after is not None
        assert is_last(tree, run, first.id) is is_finished(tree, after)
        run = after
    assert {node.id for node in passed} == run.done
    assert all(node in passed for node in nodes(tree) if isinstance(node, Step))


@pytest.mark.parametrize("code", list(shipped()))
def test_a_shipped_workflow_shares_out_the_time_where_the_source_does(code: str) -> None:
    assert longest(shipped()[code].tree) == (0 if code in UNSHARED else 100)


@pytest.mark.parametrize("code", list(shipped()))
def test_a_shipped_workflow_says_where_it_comes_from_and_passes_a_leader(code: str) -> None:
    workflow = shipped()[code]
    assert workflow.basis
    assert any(isinstance(n, Step) and n.post == "leader" for n in nodes(workflow.tree))


def test_department_and_police_examine_a_karaoke_dossier_side_by_side() -> None:
    tree = shipped()["karaoke-lien-thong"].tree
    run = complete(tree, begin(tree, Facts()), "tiep-nhan", Facts())
    assert run is not None
    department, police = active(tree, run)
    assert isinstance(department.node, Step) and isinstance(police.node, Wait)
    assert department.sub and police.sub and isinstance(police.sub.agency, Outside)


def test_the_tax_office_is_waited_for_in_its_share_of_the_time() -> None:
    tree = shipped()["dat-dai-chuyen-nhuong"].tree
    taxes = next(node for node in nodes(tree) if isinstance(node, Sub))
    assert taxes.share == 30
    assert isinstance(taxes.body, Wait) and taxes.body.until is Until.OUTSIDE


def test_the_judicial_record_is_made_at_another_department() -> None:
    tree = shipped()["lltp-lao-dong"].tree
    run = complete(tree, begin(tree, Facts()), "tiep-nhan", Facts())
    assert run is not None
    (record,) = active(tree, run)
    assert record.sub is not None and record.sub.id == "so-tu-phap"
    assert names(shipped()["lltp-lao-dong"]) == ["tiep-nhan"]
