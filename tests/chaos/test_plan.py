"""A round's faults depend on the seed and the number alone."""

from collections import Counter

from tests.chaos.plan import ALL, faults_of


def test_a_round_can_be_replayed():
    for number in range(200):
        assert faults_of(7, number) == faults_of(7, number)
    assert [faults_of(7, n) for n in range(9)] != [faults_of(8, n) for n in range(9)]


def test_every_fault_has_its_turn_and_every_third_round_a_second():
    rounds = [faults_of(3, number) for number in range(len(ALL) * 2)]
    seen = Counter((fault.kind, fault.target) for faults in rounds for fault in faults)
    assert all(seen[each] >= 2 for each in ALL)
    assert {len(faults) for faults in rounds} == {1, 2}
    assert all(len({fault.target for fault in faults}) == len(faults) for faults in rounds)
