"""The committed table: who is answered what at which door, so that a changed permission is read.

`python -m tests.security.matrix` writes it anew; the difference belongs into the review.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.security.routes import ONLY
from tests.security.walking import Answer

PLACE = Path(__file__).parent / "expected"
REWRITE = "MATRIX_REWRITE"
Table = dict[str, dict[str, str]]  # door -> role -> status


def table_of(answers: Mapping[str, Mapping[str, Answer]]) -> Table:
    """The statuses of a walk, by door."""
    found: Table = {}
    for role, each in answers.items():
        for door, answer in each.items():
            found.setdefault(door, {})[role] = answer.status
    return found


def differences(name: str, found: Table, roles: Sequence[str]) -> list[str]:
    """The lines in which a walk differs from the committed table; none after rewriting it."""
    return lines_that_differ(name, _lines(found, roles))


def lines_that_differ(name: str, lines: Sequence[str]) -> list[str]:
    """What was found and is not committed, and the other way round."""
    path = PLACE / f"{name}.txt"
    if os.environ.get(REWRITE) and not os.environ.get(ONLY):
        path.write_text("\n".join(lines) + "\n")
        return []
    committed = [line for line in path.read_text().splitlines() if _is_asked(line)]
    gone = [f"- {line}" for line in committed if line not in set(lines)]
    return gone + [f"+ {line}" for line in lines if line not in set(committed)]


def read(name: str) -> Table:
    """The committed table."""
    head, *lines = (PLACE / f"{name}.txt").read_text().splitlines()
    roles = head.split()[:-1]
    each = (line.split(maxsplit=len(roles)) for line in lines if _is_asked(line))
    return {door: dict(zip(roles, said, strict=True)) for *said, door in each}


def _is_asked(line: str) -> bool:
    return os.environ.get(ONLY, "") in line or line.endswith(" door")


def _lines(found: Table, roles: Sequence[str]) -> list[str]:
    head = " ".join(f"{role:<13}" for role in roles)
    body = [
        " ".join(f"{found[door].get(role, '-'):<13}" for role in roles) + f" {door}"
        for door in sorted(found, key=lambda door: (door.partition(" ")[2], door))
    ]
    return [f"{head} door", *body]
