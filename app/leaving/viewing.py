"""The static viewer (trang xem hồ sơ): plain files a browser opens from a disk, without us.

A page opened from a disk may not fetch, but it may add scripts; so the data lies in many small
scripts, of which a page loads the few it needs, however many dossiers there are.
"""

from collections.abc import Callable
from pathlib import Path

import asyncpg
import msgspec

from app.doors.brand import roles
from app.leaving import facts, streams, viewing_queries
from app.leaving.journal import File, Journal
from app.leaving.pace import Pace
from app.leaving.package import Written, title_of
from app.leaving.writing import Writing
from app.onestop.dossiers.rules import STATUS_NAMES
from app.onestop.forms import source as forms
from app.onestop.forms.shapes import Field, Kind
from app.onestop.ratings.rules import Score
from app.onestop.slips import source as slips
from storage.kinds import ALLOWED
from tenants.shapes import Tenant

PIECE = "viewer"
PER_SHARD = 50  # dossiers in one script
_PER_INDEX = 2000  # entries of an index in one script
_A_FOLDER = 256
_HERE = Path(__file__).parent
_TEXTS = ("DOC-TRUOC.md", "README.md")
FIRST_WORDS = (_HERE / "bagged/DOC-TRUOC.txt").read_text()


class _Field(msgspec.Struct, frozen=True, array_like=True):
    """A field of a form, what it is called, and its choices."""

    id: str
    label: str
    options: dict[str, str]


async def write_dossiers(
    connection: asyncpg.Connection, bag: Path, journal: Journal, pace: Pace
) -> None:
    """Every dossier's own page and the indexes by code and by name, in the snapshot at hand."""
    journal.forget(PIECE)
    pages = _Shards(bag, _dossier_path, "motcua.dossiers", PER_SHARD)
    await streams.lines(connection, viewing_queries.DOSSIERS, pages.take, pace)
    tops: dict[str, object] = {"dossiers": pages.close(), "per": PER_SHARD}
    files = pages.files
    for name, query in viewing_queries.INDEXES.items():
        index = _Shards(bag, _index_path(name), f'motcua.index("{name}")', _PER_INDEX)
        await streams.lines(connection, query, index.take, pace)
        index.close()
        tops[name] = index.firsts
        files += index.files
    with Writing(bag, "data/viewer/data/tops.js") as out:
        out.write(b"motcua.tops(" + facts.pretty(tops).rstrip() + b");\n")
    journal.finish(PIECE, [*files, out.file])


def fixed_files(tenant: Tenant, tables: list[Written], titles: dict[str, str]) -> dict[str, bytes]:
    """The viewer's page, the loader, the texts to begin with; by path."""
    found = {f"data/viewer/{file.name}": file.read_bytes() for file in (_HERE / "viewer").iterdir()}
    about = facts.pretty(_about(tenant, tables, titles)).rstrip()
    found["data/viewer/data/facts.js"] = b"motcua.facts(" + about + b");\n"
    found["data/tools/nap.py"] = (_HERE / "bagged/nap.py").read_bytes()
    return found | {f"data/{name}": (_HERE / "bagged" / name).read_bytes() for name in _TEXTS}


class _Shards:
    """Cuts a stream of JSON lines into scripts of so many lines each."""

    def __init__(self, bag: Path, path: Callable[[int], str], call: str, size: int) -> None:
        self._bag, self._path, self._call, self._size = bag, path, call, size
        self._rest = b""
        self._held: list[bytes] = []
        self._lines = 0
        self.files: list[File] = []
        self.firsts: list[object] = []  # the first key of each script, where lines are entries

    def take(self, content: bytes) -> None:
        """More of the stream."""
        *lines, self._rest = (self._rest + content).split(b"\n")
        self._held += lines
        while len(self._held) >= self._size:
            self._write(self._held[: self._size])
            del self._held[: self._size]

    def close(self) -> int:
        """Write what is left; how many lines there were in all."""
        if self._held:
            self._write(self._held)
        return self._lines

    def _write(self, lines: list[bytes]) -> None:
        number = len(self.files)
        with Writing(self._bag, self._path(number), durable=False) as out:
            out.write(f"{self._call}({number},[\n".encode() + b",\n".join(lines) + b"\n]);\n")
        self.files.append(out.file)
        self._lines += len(lines)
        if lines[0].startswith(b"["):
            self.firsts.append(msgspec.json.decode(lines[0])[0])


def _dossier_path(number: int) -> str:
    return f"data/viewer/data/d/{number // _A_FOLDER}/{number}.js"


def _index_path(name: str) -> Callable[[int], str]:
    return lambda number: f"data/viewer/data/{name}/{number}.js"


def _about(tenant: Tenant, tables: list[Written], titles: dict[str, str]) -> dict[str, object]:
    palette = roles(tenant.site.colour)
    return {
        "site": tenant.site,
        "brand": palette.brand,
        "statuses": {str(int(status)): name for status, name in STATUS_NAMES.items()},
        "slips": {form: slip.name for (form, _), slip in sorted(slips.shipped().items())},
        "ratings": {str(int(score)): score.title for score in Score},
        "endings": {kind.media_type: f".{kind.extensions[0]}" for kind in ALLOWED},
        "forms": {
            form.id: [_field(field) for page in form.pages for field in page.fields]
            for form in forms.shipped().values()
        },
        "tables": [
            [title_of(each.table.name, titles), each.rows, f"../{each.comma.path[5:]}"]
            for each in tables
        ],
    }


def _field(field: Field) -> _Field:
    """In the order of the form, because that is how it was filled in."""
    options = {option.key: option.label for option in field.options}
    return _Field(field.id, field.label, {"1": "Đồng ý"} if field.kind is Kind.AGREE else options)
