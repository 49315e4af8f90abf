"""What the command line says of itself."""

import argparse
from collections.abc import Iterator

from app.cli.main import parser


def _under(command: argparse.ArgumentParser, name: str = "motcua") -> Iterator[tuple[str, str]]:
    """Every word that can follow, with what --help says of it."""
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction):
            said = {each.dest: each.help or "" for each in action._choices_actions}
            for word, below in action.choices.items():
                yield f"{name} {word}", said.get(word, "")
                yield from _under(below, f"{name} {word}")


def test_help_says_of_every_verb_what_it_does_in_one_line():
    said = dict(_under(parser()))
    assert {"motcua backup restore", "motcua tenant merge split", "motcua upgrade"} <= set(said)
    assert [verb for verb, told in said.items() if not told or len(told) > 60] == []
    assert len(set(said.values())) == len(said)
