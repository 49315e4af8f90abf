"""From the previous commit to this one while people work."""

from infra.phase_rules import faults_of
from tests.upgrade.play import play
from tests.upgrade.trees import probe


def test_a_release_takes_over_from_the_one_before_and_no_question_goes_unanswered():
    assert [fault for step in probe() for fault in faults_of(step)] == []
    said = []
    found = play(0, said.append, rest_seconds=1, rest_share=3)
    told = "\n".join([*said, str(found)])
    assert not found.wrong, told
    assert all(found.deeds[kind] for kind in ("dossier", "filed", "paper", "act")), told
    assert min(found.both) > 0 and found.killed_after > 0, told
