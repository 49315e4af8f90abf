"""What people were told, to be compared with what is found from outside."""

import re
import string
from collections import Counter
from typing import NamedTuple

_LETTERS = string.ascii_uppercase


class Deed(NamedTuple):
    """Something a person did. `sure` = the answer said so; otherwise no answer came and the person
    gave up, so it has happened once or not at all."""

    kind: str  # dossier | paper | act | usage
    key: str
    content: str = ""
    sure: bool = True


class Facts:
    """Every deed so far, and what of the answers was not right."""

    def __init__(self) -> None:
        self.deeds: list[Deed] = []
        self.wrong: list[str] = []
        self.refused = 0  # answers that asked to come back later
        self.lost = Counter[str]()  # questions no good answer came to, by what was said
        self._numbers = 0

    def miss(self, error: Exception) -> None:
        """Keep that a question got no good answer."""
        self.lost[re.sub(r"[0-9a-f.-]{6,}", "#", f"{type(error).__name__}: {error}")[:160]] += 1

    def note(self, deed: Deed) -> None:
        """Keep a deed."""
        self.deeds.append(deed)

    def give_up(self, draft: str) -> None:
        """Whoever gives a draft up gives up the papers in it."""
        self.deeds = [
            deed._replace(sure=False) if deed.key.startswith(f"{draft}/") else deed
            for deed in self.deeds
        ]

    def of(self, kind: str) -> list[Deed]:
        """The deeds of a kind."""
        return [deed for deed in self.deeds if deed.kind == kind]

    def new_name(self) -> str:
        """A given name nobody else has, of letters alone."""
        self._numbers += 1
        number, name = self._numbers, ""
        while number:
            number, letter = divmod(number - 1, 26)
            name = _LETTERS[letter] + name
        return f"Chử {name.title()}o"
