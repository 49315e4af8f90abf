"""What requests are filled with: things of one's own, of a neighbour, of nobody, and nonsense."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tests.onestop.dossiers import story
from tests.openapi.forms import Forms
from tests.security.routes import upload_metadata
from tests.security.treasure import Treasure, nothing

# What no field means to get, and every field gets some day.
NONSENSE = (
    "", "0", "-1", "1", "99999999999999999999", "1e400", "2026-11-23", "23/11/2026", "31/02/2026",
    "9999-12-31", "0001-01-01", "2026-11-23T09:30", "10:61", "khong-co", "true", "null", "[]", "{}",
    "'\"><script>alert(1)</script>", "../../etc/passwd", "%", "{{ 7*7 }}", "a\nb\r\nc", "\t ",
    "Nguyễn Văn Ấ", "e\u0302\u0301", "\u202eABC", "\ufeff", "\u2028", "😀", "\x7f", "\x01",
    "A" * 5000,
    "٣", "１２", "0905000301", "+84905000301", "a@b.vn", "00000000-0000-0000-0000-000000000000",
)  # fmt: skip
_NUMBERS = ("1", "0", "2", "-1", "32768", "2147483648", "99999999999999999999")
_NOT_IDS = ("00000000-0000-0000-0000-000000000000", "khong-phai-ma")
_PLACES = ("khong-co", "a\nb", "😀", "A" * 300, "..\\..", "\x00", "0", "Ấ", "%", ";")


class Pool(NamedTuple):
    """Everything known of two provinces, as seen from the first."""

    own: Treasure
    theirs: Treasure
    forms: Forms
    ready: tuple[str, ...] = ()  # drafts that may be filed
    hopeful: bool = False  # only what may succeed

    def mirrored(self) -> Mapping[str, str]:
        """What stands for what when the second province is asked: each value for its twin's."""
        pairs = {
            mine: self.theirs.values[name]
            for name, mine in self.own.values.items()
            if len(mine) > 3 and mine != self.theirs.values.get(name, mine)
        }
        pairs[upload_metadata(self.own)] = upload_metadata(self.theirs)
        return pairs | {theirs: mine for mine, theirs in pairs.items()}

    def place(self, name: str, before: str, kind: str) -> list[str]:
        """Values for a part of an address, best first."""
        known = [each.of(name, before) for each in (self.own, self.theirs, nothing(self.own))]
        if self.hopeful:
            return [*(self.ready if before == "ban-nhap" else ()), known[0]]
        if kind == "int":
            return _unlike([*filter(str.isdigit, known), *_NUMBERS])
        return _unlike([*known, *(_NOT_IDS if kind == "uuid" else _PLACES)])

    def text(self, path: str, name: str) -> list[str]:
        """Values for a field of a form or of a query, best first."""
        seen = sorted(self.forms.get(path, {}).get(name, ()))
        known = (
            [each.of(name) for each in (self.own, self.theirs)] if name in self.own.values else []
        )
        answers = [story.ANSWERS[name]] if name in story.ANSWERS else []
        if self.hopeful:
            return _unlike([*answers, *seen[:12], *known[:1]]) or ["", "1"]
        return _unlike([*answers, *seen[:12], *known, *NONSENSE])

    def fields(self, path: str) -> set[str]:
        """The fields that pages were seen to send there."""
        return set(self.forms.get(path, {}))


def _unlike(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))
