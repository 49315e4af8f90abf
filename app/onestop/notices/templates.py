"""The default templates of text messages, as data with versions.

They are the product's proposals, not any province's; all are unaccented, so that they stay in the
GSM alphabet. A version is never edited: a new text is a new version, and a notice names its own.
"""

from functools import cache
from pathlib import Path

import msgspec

_FILE = Path(__file__).parent / "data" / "templates.json"


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One wording (mẫu tin). `urgent` may be sent at night; placeholders stand in braces."""

    key: str
    version: int
    title: str
    text: str
    urgent: bool = False


def named(key: str) -> Template:
    """The newest version of a template; raises KeyError for an unknown one."""
    return _newest()[key]


def title_of(key: str) -> str:
    """What the event is called in Vietnamese."""
    template = _newest().get(key)
    return template.title if template else key


def every() -> list[Template]:
    """All templates with all versions."""
    return msgspec.json.decode(_FILE.read_bytes(), type=list[Template])


@cache
def urgent_keys() -> tuple[str, ...]:
    """The events that are sent at night too."""
    return tuple(key for key, template in _newest().items() if template.urgent)


@cache
def _newest() -> dict[str, Template]:
    return {each.key: each for each in sorted(every(), key=lambda each: each.version)}
