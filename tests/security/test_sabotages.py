"""The sabotages themselves: a sabotage that does nothing would prove nothing."""

from pathlib import Path

from tests.security.sabotage import HOUSE, outdated
from tests.security.sabotages import SABOTAGES


def test_every_sabotage_still_finds_what_it_breaks():
    assert outdated() == []


def test_there_are_enough_and_each_names_tests_that_exist():
    assert len(SABOTAGES) >= 60
    assert len({each.name for each in SABOTAGES}) == len(SABOTAGES)
    named = {test.partition("::")[0] for each in SABOTAGES for test in each.tests}
    assert [test for test in sorted(named) if not Path(HOUSE / test).is_file()] == []
    assert all(each.new != each.old for each in SABOTAGES)
