"""Every word of the command line, as it stands in front of an operator."""

import argparse
from collections.abc import Iterator

from app.cli.main import parser


def verbs() -> dict[str, str]:
    """What can follow `motcua`, such as `tenant merge plan`, with what --help says of it."""
    return dict(_under(parser(), ""))


def _under(command: argparse.ArgumentParser, before: str) -> Iterator[tuple[str, str]]:
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction):
            said = {each.dest: each.help or "" for each in action._choices_actions}
            for word, below in action.choices.items():
                yield f"{before}{word}", said.get(word, "")
                yield from _under(below, f"{before}{word} ")
