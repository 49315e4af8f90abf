"""Bags somebody made to reach our files, our memory or our nerves: each is refused in one sentence.

What a bag says of itself is believed by nobody: its manifest may be whole and its rows may lie.
"""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.leaving import loading, papers, reading
from app.leaving.reading import Lines
from app.leaving.refusals import LeavingRefused

_DIGEST = hashlib.sha256(b"a paper").hexdigest()
_FILE = f"data/files/{_DIGEST[:2]}/{_DIGEST}.pdf"
_ABOUT = {"site": {"name": "X", "office": "X", "hotline": "", "colour": "#005a8c"}}
_ROW = {
    "id": "1",
    "key": "2026/11/1",
    "sha256": "",
    "size": 7,
    "media_type": "",
    "file_name": "a.pdf",
    "removed_at": None,
}


def _bag(home: Path, *, described: object = None, **files: bytes) -> Path:
    """A bag with one paper, its manifest true of what lies in it."""
    package = described or {"format": "motcua-package/1", "schema_steps": [], "resources": []}
    content = {
        "data/datapackage.json": json.dumps(package).encode(),
        "data/tenant.json": json.dumps(_ABOUT).encode(),
        _FILE: b"a paper",
        **files,
    }
    for path, text in content.items():
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_bytes(text)
    _listed(home, {path: hashlib.sha256(text).hexdigest() for path, text in content.items()})
    (home / "tagmanifest-sha256.txt").write_text("")
    (home / "bag-info.txt").write_text("")
    (home / "bagit.txt").write_text("")
    return home


def _listed(home: Path, digests: dict[str, str]) -> None:
    lines = (f"{digests[path]}  {path}\n" for path in sorted(digests))
    (home / "manifest-sha256.txt").write_text("".join(lines))


def _by_a_link(home: Path) -> None:
    folder = (home / _FILE).parent
    folder.rename(home.parent / "elsewhere")
    folder.symlink_to(home.parent / "elsewhere")


def _under_a_false_name(home: Path) -> None:
    (home / _FILE).write_bytes(b"another")
    manifest = home / "manifest-sha256.txt"
    told = manifest.read_text().replace(f"{_DIGEST}  {_FILE}", f"{'0' * 64}  {_FILE}")
    manifest.write_text(told)


def _manifest(content: bytes) -> Callable[[Path], None]:
    return lambda home: (home / "manifest-sha256.txt").write_bytes(content) and None


@pytest.mark.parametrize(
    ("craft", "fault"),
    [
        (_by_a_link, "is missing"),
        (_under_a_false_name, "is not what its name says"),
        (_manifest(b"0  data/" + b"a" * 100_000), "is missing"),
        (_manifest(b"0  data/\xff\n"), "is missing"),
        (_manifest(b"0  data/\0\n"), "is missing"),
        (_manifest(b"a" * 5_000_000), "out of its order"),
    ],
)
def test_a_crafted_manifest_is_at_fault(
    tmp_path: Path, craft: Callable[[Path], None], fault: str
) -> None:
    home = _bag(tmp_path / "bag")
    assert reading.checked(home).tables == []
    craft(home)
    with pytest.raises(LeavingRefused, match=fault):
        reading.checked(home)


@pytest.mark.parametrize(
    "resource",
    [
        {"path": "../../keys", "schema": None},
        {"path": "/etc/passwd", "schema": None},
        {"path": "a\0b", "schema": None},
        {"path": "tables/dossier.jsonl", "schema": None},  # no columns anywhere
        {"path": "x", "schema": {"fields": 3}},
    ],
)
def test_a_crafted_description_is_refused(tmp_path: Path, resource: dict[str, object]) -> None:
    one = {"name": "d", "table": "dossier", "group": "tables", **resource}
    if resource["schema"] is None and "tables" not in str(resource["path"]):
        columns = {**one, "path": "x", "schema": {"fields": []}}
        resources = [columns, one]
    else:
        resources = [one]
    package = {"format": "motcua-package/1", "schema_steps": [], "resources": resources}
    with pytest.raises(LeavingRefused):
        reading.checked(_bag(tmp_path / "bag", described=package))


def test_a_site_comes_with_a_colour_its_pages_can_be_drawn_in(tmp_path: Path) -> None:
    about = {"site": {**_ABOUT["site"], "colour": "red;} body {display: none"}}
    with pytest.raises(LeavingRefused, match="colour"):
        reading.checked(_bag(tmp_path / "bag", **{"data/tenant.json": json.dumps(about).encode()}))


def test_a_row_cannot_name_a_file_outside_of_the_bag(tmp_path: Path) -> None:
    """Thirty-two letters are a digest to the database, and were once a way to any file of ours."""
    way = "zz../../../../../../etc/passwd//"
    assert len(way) == 32
    lines = tmp_path / "stored_object.jsonl"
    for changed in ({"sha256": way}, {"key": "../other/1", "sha256": f"\\x{_DIGEST}"}):
        lines.write_text(json.dumps({**_ROW, **changed}))
        with pytest.raises(LeavingRefused, match="no digest or key"):
            list(papers.listed(lines))
    for text in ("[" * 100_000, "\udcff", "{}"):
        lines.write_bytes(text.encode(errors="surrogateescape"))
        with pytest.raises(LeavingRefused, match="line 1"):
            list(papers.listed(lines))
    lines.write_text(json.dumps({**_ROW, "sha256": f"\\x{_DIGEST}"}))
    assert [kept.digest for kept in papers.listed(lines)] == [_DIGEST]


def test_lines_are_read_in_bounded_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "_LONGEST", 100)
    monkeypatch.setattr(loading, "_HEAVY", 150)
    path = tmp_path / "lines"
    lines = Lines("dossier", "tables", path, 5, [])
    path.write_text("\n".join("a" * 80 for _ in range(5)))
    assert [len(batch) for batch in loading._batches(lines)] == [2, 2, 1]
    path.write_text("a" * 1000)
    with pytest.raises(LeavingRefused, match="too long"):
        list(loading._batches(lines))
