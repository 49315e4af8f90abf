"""A bag (BagIt, RFC 8493): written last thing, so that an unfinished one is no bag; and checked."""

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from app.leaving.journal import File, Journal
from app.leaving.refusals import LeavingRefused
from app.leaving.writing import WORK, Writing, written

DECLARATION = "bagit.txt"
INFO = "bag-info.txt"
MANIFEST = "manifest-sha256.txt"
_TAG_MANIFEST = "tagmanifest-sha256.txt"
_FILES = "data/files/"  # each is called by its digest
# A line of a manifest; a longer one is none of ours, and would only fill the memory.
_LONGEST = 4096


def finish(bag: Path, journal: Journal, info: dict[str, str], tags: list[File]) -> File:
    """Write what makes a folder a bag; the manifest, by whose digest a bag is known.

    Files nobody wrote down are removed first. `tags` are files beside `data/` already written.
    """
    _remove_strangers(bag, journal)
    with Writing(bag, MANIFEST) as manifest:
        for file in journal.files():
            manifest.write(f"{file.sha256}  {file.path}\n".encode())
    lines = "".join(f"{name}: {value}\n" for name, value in info.items())
    made = [manifest.file, written(bag, INFO, lines), *tags]
    declared = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    known = hashlib.sha256(declared.encode()).hexdigest()
    made.append(File(DECLARATION, known, len(declared)))
    listed = "".join(f"{each.sha256}  {each.path}\n" for each in sorted(made))
    written(bag, _TAG_MANIFEST, listed)
    written(bag, DECLARATION, declared)
    return manifest.file


def digest_of(bag: Path) -> str:
    """By what a bag is known: the SHA-256 of its manifest, in hexadecimal."""
    return _digest(bag / MANIFEST)


def info_of(bag: Path) -> dict[str, str]:
    """What `bag-info.txt` says."""
    lines = (bag / INFO).read_text().splitlines()
    return {name: value for name, _, value in (line.partition(": ") for line in lines)}


def faults(bag: Path, tell: Callable[[int], None] = lambda done: None) -> Iterator[str]:
    """What is wrong with a bag, one sentence each; reads every byte of it.

    `tell` hears now and then how many files were read. Raises LeavingRefused for what is no bag.
    """
    if not (bag / DECLARATION).is_file() or not (bag / MANIFEST).is_file():
        raise LeavingRefused(f"{bag} is no finished bag: it has no {DECLARATION} and {MANIFEST}")
    for path, sha256 in _listed(bag / _TAG_MANIFEST):
        yield from _differs(bag, path, sha256)
    count, before = 0, ""
    for path, sha256 in _listed(bag / MANIFEST):
        count += 1
        if not path.startswith("data/") or path <= before:
            yield f"the manifest lists {path} out of its order"
            return
        before = path
        yield from _differs(bag, path, sha256)
        if count % 1000 == 0:
            tell(count)
    present = sum(1 for _ in _payload(bag))
    if present != count:
        yield f"{present} files lie in data/ and {count} are listed"


def _differs(bag: Path, path: str, sha256: str) -> Iterator[str]:
    parts = path.split("/")
    if path.startswith("/") or ".." in parts or "\\" in path or "%" in path:
        yield f"{path} leads out of the bag"
    elif path.startswith(_FILES) and parts[-1].partition(".")[0] != sha256:
        yield f"{path} is not what its name says"
    elif not _is_plain(bag, parts):
        yield f"{path[:200]} is missing"
    elif _digest(bag / path) != sha256:
        yield f"{path} was changed"


def _is_plain(bag: Path, parts: list[str]) -> bool:
    """A file that lies there itself: no link on the way, which might lead to any file of ours."""
    try:
        linked = any((bag / "/".join(parts[: n + 1])).is_symlink() for n in range(len(parts)))
        return not linked and (bag / "/".join(parts)).is_file()
    except OSError:  # A name no disk can hold.
        return False


def _listed(manifest: Path) -> Iterator[tuple[str, str]]:
    """The paths and digests of a manifest."""
    with manifest.open(encoding="utf-8", errors="replace", newline="\n") as lines:
        while line := lines.readline(_LONGEST):
            sha256, _, path = line.rstrip("\n").partition("  ")
            yield path, sha256


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _payload(bag: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(bag / "data"):
        for name in names:
            yield Path(folder) / name


def _remove_strangers(bag: Path, journal: Journal) -> None:
    """What a killed export left that no piece of the present one has written."""
    for file in _payload(bag):
        if journal.file(file.relative_to(bag).as_posix()) is None:
            file.unlink()
    for half in (bag / WORK).glob("half-*"):
        half.unlink()
