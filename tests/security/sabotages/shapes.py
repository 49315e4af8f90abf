"""What a sabotage is."""

from typing import NamedTuple


class Sabotage(NamedTuple):
    """One thing broken: in `file` the text `old`, which stands there once, becomes `new`.

    `tests` are the quick ones that ought to notice; when they do not, more are run. `doors` is a
    part of the paths that its own tests have to walk; all of them without it.
    """

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    doors: str = ""
