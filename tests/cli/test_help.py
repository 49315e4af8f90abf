"""What the command line says of itself."""

from tests.cli.verbs import verbs


def test_help_says_of_every_verb_what_it_does_in_one_line() -> None:
    said = verbs()
    assert {"backup restore", "tenant merge split", "upgrade"} <= said.keys()
    assert [verb for verb, told in said.items() if not told or len(told) > 60] == []
    assert len(set(said.values())) == len(said)
