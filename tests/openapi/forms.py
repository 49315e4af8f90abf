"""The forms that pages really show: where each is sent, its fields, and what may stand in them."""

import re
from collections import defaultdict
from collections.abc import Iterable
from html.parser import HTMLParser
from urllib.parse import urlsplit

from tests.security.routes import Door

Forms = dict[str, dict[str, set[str]]]  # path as in the document -> field -> values seen


class _Reader(HTMLParser):
    def __init__(self, here: str) -> None:
        super().__init__()
        self.found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._here, self._action, self._field = here, "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        action = known.get("formaction") or known.get("hx-post") or ""
        if tag == "form":
            self._action = known.get("action") or self._here
        elif tag in ("input", "select", "textarea", "button") and known.get("name"):
            self._field = known["name"]
            self._note(action or self._action, self._field, known.get("value", ""))
        elif tag == "option":
            self._note(self._action, self._field, known.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._action = ""

    def _note(self, action: str, field: str, value: str) -> None:
        if action and field and not field.startswith("_"):
            self.found[urlsplit(action).path][field].add(value[:200])


def forms_in(here: str, html: str) -> dict[str, dict[str, set[str]]]:
    """The forms of a page that was read at `here`, by the path they are sent to."""
    reader = _Reader(here)
    reader.feed(html)
    return reader.found


class Places:
    """The doors that take forms, found by the addresses of their forms."""

    def __init__(self, doors: Iterable[Door]) -> None:
        self._known = [
            (
                re.compile(re.sub(r"\\{[^/]*?:(\w+)\\}", r"[^/]+", re.escape(door.path)) + "$"),
                path_of(door),
            )
            for door in doors
            if door.method == "POST"
        ]

    def of(self, path: str) -> str | None:
        """The path as in the document, or None where no door takes that form."""
        return next((named for pattern, named in self._known if pattern.match(path)), None)


def path_of(door: Door) -> str:
    """A door's path as the document spells it."""
    return re.sub(r"\{(\w+):\w+\}", r"{\1}", door.path)


def merge(forms: Forms, places: Places, here: str, html: str) -> None:
    """Note the forms of one page."""
    for path, fields in forms_in(here, html).items():
        if named := places.of(path):
            for field, values in fields.items():
                forms.setdefault(named, {}).setdefault(field, set()).update(values)
