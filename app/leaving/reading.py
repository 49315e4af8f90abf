"""Reading a bag before anything of it is believed."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec

from app.leaving import bag
from app.leaving.package import FORMAT, Step
from app.leaving.refusals import LeavingRefused
from infra.migrate import Migration
from infra.outside import UNREADABLE
from tenants.shapes import Site

_SHOWN = 5
_COLOUR = re.compile("#[0-9a-fA-F]{6}")  # no page is drawn in any other


class Lines(NamedTuple):
    """The lines of one table in a bag."""

    table: str
    group: str  # tables | books
    path: Path
    rows: int
    columns: list[str]


class Package(NamedTuple):
    """What a bag brings."""

    folder: Path
    digest: str
    source: str
    site: Site
    steps: list[Step]
    tables: list[Lines]


class _Field(msgspec.Struct, frozen=True):
    name: str


class _Schema(msgspec.Struct, frozen=True):
    fields: list[_Field]


class _Resource(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    table: str
    group: str
    path: str
    lines: int = 0
    schema: _Schema | None = None


class _Described(msgspec.Struct, frozen=True, kw_only=True):
    format: str
    schema_steps: list[Step]
    resources: list[_Resource]


class _About(msgspec.Struct, frozen=True):
    site: Site


def checked(folder: Path, tell: Callable[[int], None] = lambda done: None) -> Package:
    """A bag whose every byte is as it was written; raises LeavingRefused with what is not."""
    wrong = []
    for fault in bag.faults(folder, tell):
        wrong.append(fault)
        if len(wrong) == _SHOWN:
            break
    if wrong:
        raise LeavingRefused(f"{folder} is not as it was written: {'; '.join(wrong)}")
    return read(folder)


def digest_or_refusal(folder: Path) -> str:
    """By what a bag is known, in hexadecimal; raises LeavingRefused for what is no bag."""
    try:
        return bag.digest_of(folder)
    except OSError:
        raise LeavingRefused(f"{folder} is no finished bag") from None


def read(folder: Path) -> Package:
    """What a bag brings, by its own description."""
    try:
        content = (folder / "data/datapackage.json").read_bytes()
        described = msgspec.json.decode(content, type=_Described)
        about = msgspec.json.decode((folder / "data/tenant.json").read_bytes(), type=_About)
    except (OSError, *UNREADABLE) as error:
        raise LeavingRefused(f"{folder} holds no package that can be read: {error}") from None
    if not _COLOUR.fullmatch(about.site.colour):
        raise LeavingRefused(f"{folder} brings a site whose colour is none")
    if described.format != FORMAT:
        raise LeavingRefused(
            f"{folder} is of format {described.format}; this program reads {FORMAT}"
        )
    try:
        info, lines = bag.info_of(folder), _lines(folder, described)
    except (OSError, UnicodeDecodeError, KeyError) as error:
        raise LeavingRefused(f"{folder} is not described as a package of ours: {error}") from None
    source = f"{info.get('External-Identifier', '')} {info.get('Source-Organization', '')}".strip()
    return Package(
        folder,
        bag.digest_of(folder),
        source,
        about.site,
        described.schema_steps,
        lines,
    )


def known_steps(package: Package, chain: list[Migration]) -> list[Migration]:
    """The part of our schema the bag was read under; raises LeavingRefused for another schema."""
    theirs, ours = package.steps, [(m.number, m.name, m.digest) for m in chain]
    if len(theirs) > len(ours):
        raise LeavingRefused(
            f"the bag was written under schema {len(theirs)} and this program knows {len(ours)}:"
            " install the newer program first"
        )
    for step, own in zip(theirs, ours, strict=False):
        if (step.number, step.name, step.digest) != own:
            raise LeavingRefused(f"the bag's schema is another one from {step.name} on")
    return chain[: len(theirs)]


def _lines(folder: Path, described: _Described) -> list[Lines]:
    columns = {
        (each.group, each.table): [field.name for field in each.schema.fields]
        for each in described.resources
        if each.schema is not None
    }
    return [
        Lines(
            each.table,
            each.group,
            _inside(folder, each.path),
            each.lines,
            columns[each.group, each.table],
        )
        for each in described.resources
        if each.schema is None
    ]


def _inside(folder: Path, path: str) -> Path:
    """A file of the package; one that leads out of it is refused."""
    home = (folder / "data").resolve()
    if "\0" in path or not (file := (home / path).resolve()).is_relative_to(home):
        raise LeavingRefused(f"{path} leads out of the bag")
    return file
