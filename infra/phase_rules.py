"""Whether a migration may run beside the release before it, read off its SQL. Pure.

The lists say what is allowed, not what is forbidden: what nobody has thought about is refused.
"""

import re
from collections.abc import Iterator
from typing import Protocol

from infra.phases import Phase

_PIECE = re.compile(
    r"--[^\n]*|/\*.*?\*/"  # comments
    r"|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\""  # texts and quoted names
    r"|(\$\w*\$).*?\1"  # bodies of functions
    r"|[;,()]|[^\s;,()'\"$-]+|\s+|.",
    re.DOTALL,
)
_NAME = r"(?:if (?:not )?exists )?(?:only )?([a-z_][\w.]*)"
_TABLE = re.compile(rf"create (?:unlogged )?table {_NAME}")
_INDEX = re.compile(
    r"create (unique )?index (concurrently )?(?:if not exists )?\S+ on (?:only )?(\w+)"
)
_ALTER = re.compile(rf"alter table {_NAME} (.*)", re.DOTALL)
_NEW_THINGS = re.compile(
    r"create (?:type|domain|sequence|statistics|view|function|trigger|constraint trigger) "
)
_TRIGGER = re.compile(r"create (?:constraint )?trigger \w+ .*? on (\w+)")
_INSERT = re.compile(r"insert into (\w+)")
_DROPPED_CHECK = re.compile(r"drop constraint (\w+_check)$")
_ADDED_CHECK = re.compile(r"add constraint (\w+_check) check .*not valid$", re.DOTALL)
_COLUMN = re.compile(
    r"add (?:column )?(?:if not exists )?"
    r"(?!constraint |check |unique |primary |foreign |exclude )[a-z_]\w* (.*)",
    re.DOTALL,
)
_HEAVY = re.compile(r"\b(?:check|unique|primary|generated|serial|bigserial|smallserial)\b")
_STEADY = re.compile(
    r"\bdefault (?:-?[\d.]+|true|false|null|'(?:[^']|'')*'(?:::[\w\[\]]+)?|now\(\))(?= |$)"
)
_TAKEN = re.compile(
    r"drop (?:table|function|procedure|trigger|view|type|domain|sequence) "
    r"|drop index concurrently if exists |create index concurrently if not exists "
    r"|create (?:or replace )?(?:function|view|trigger) |comment on |delete from append_only "
)
_TAKEN_FROM_TABLE = re.compile(
    r"drop (?:column|constraint) |validate constraint |rename constraint "
    r"|alter (?:column )?\w+ (?:drop not null|set default |drop default|drop expression)"
    r"|add constraint \w+ .*(?:not valid|using index \w+)$",
    re.DOTALL,
)


class Step(Protocol):
    """What is to be known of a migration."""

    @property
    def name(self) -> str:
        """Its file's name without `.sql`."""

    @property
    def sql(self) -> str:
        """Its text."""

    @property
    def phase(self) -> Phase:
        """Beside which releases it is to be carried out."""


def faults_of(step: Step) -> list[str]:
    """Why a step must not run in its phase, as sentences for its writer; empty when it may."""
    found = statements(step.sql)
    match step.phase:
        case Phase.EXPAND:
            faults = list(_expanding(found))
        case Phase.MIGRATE:
            faults = list(_bringing_over(found))
        case Phase.CONTRACT:
            faults = list(_contracting(found))
    return [f"{step.name}: {fault}" for fault in (*faults, *_holding(found))]


def statements(sql: str) -> list[str]:
    """The statements of a file: without comments, in small letters outside of texts, one space
    where there was any."""
    found, current = [], ""
    for match in _PIECE.finditer(sql):
        piece = match[0]
        if piece == ";":
            found.append(current)
            current = ""
        elif piece.isspace() or piece.startswith(("--", "/*")):
            current += " "
        else:
            current += piece if piece[0] in "'\"$" else piece.lower()
    return [tidy for one in (*found, current) if (tidy := " ".join(one.split()))]


def _expanding(found: list[str]) -> Iterator[str]:
    new = {match[1] for one in found if (match := _TABLE.match(one))}
    loosened = {
        match[1] for one in found for act in _acts(one) if (match := _DROPPED_CHECK.match(act))
    }
    for one in found:
        if _TABLE.match(one) or _NEW_THINGS.match(one) or one.startswith("comment on "):
            continue
        if index := _INDEX.match(one):
            yield from _index(index, one, new, len(found))
        elif alter := _ALTER.match(one):
            if alter[1] not in new:
                yield from (fault for act in _acts(one) if (fault := _added(act, loosened)))
        elif insert := _INSERT.match(one):
            if insert[1] not in {*new, "append_only"}:
                yield f"the previous release reads {insert[1]}: its rows are for a .migrate file"
        else:
            yield f"not known to be harmless to the previous release: {_short(one)}"


def _index(index: "re.Match[str]", one: str, new: set[str], statements: int) -> Iterator[str]:
    unique, concurrently, table = index[1], index[2], index[3]
    if table in new:
        return
    if unique:
        yield f"the previous release may write doubles into {table}: .contract makes them unique"
    elif not concurrently or "if not exists" not in one:
        yield f"nobody could write to {table} meanwhile: create index concurrently if not exists"
    elif statements > 1:
        yield f"what is made concurrently is alone in its file: {_short(one)}"


def _added(act: str, loosened: set[str]) -> str:
    """Why an addition to a table in use would disturb; "" when it would not."""
    if _DROPPED_CHECK.match(act):
        return ""  # Fewer rules: whatever the previous release writes is still allowed.
    if check := _ADDED_CHECK.match(act):
        return (
            "" if check[1] in loosened else f"a new rule is of the .contract phase: {_short(act)}"
        )
    column = _COLUMN.match(act)
    if column is None:
        return f"only columns may be added to a table in use: {_short(act)}"
    kind = column[1]
    if _HEAVY.search(kind):
        return f"a new column's rule would be looked up in every row: {_short(act)}"
    if "default" in kind.split() and not _STEADY.search(kind):
        return f"a default that is not constant writes every row anew: {_short(act)}"
    if "not null" in kind and "default" not in kind.split():
        return f"the previous release does not fill the column: {_short(act)}"
    if "references" in kind.split() and "default" in kind.split():
        return f"a reference with a default is looked up for every row: {_short(act)}"
    return ""


def _bringing_over(found: list[str]) -> Iterator[str]:
    if len(found) != 1 or not found[0].startswith(("update ", "insert ", "delete ", "with ")):
        yield "one statement that is repeated until it finds no rows"
    elif "$1" not in found[0]:
        yield "limit $1 tells how many rows one batch takes"
    elif "skip locked" in found[0]:
        yield "rows that somebody holds would be left behind: without skip locked"


def _contracting(found: list[str]) -> Iterator[str]:
    for one in found:
        if "concurrently" in one and len(found) > 1:
            yield f"what is done concurrently is alone in its file: {_short(one)}"
        elif alter := _ALTER.match(one):
            yield from (
                f"every row would be read or written while all wait: {_short(act)}"
                for act in _acts(alter[0])
                if not _TAKEN_FROM_TABLE.match(act)
            )
        elif not _TAKEN.match(one) and not _TABLE.match(one):
            yield f"not known to be quick: {_short(one)}"
    acts = [act for one in found for act in _acts(one)]
    if any(act.startswith("validate ") for act in acts) and len(acts) > 1:
        yield "validate constraint reads every row, and is alone in its file"


def _holding(found: list[str]) -> Iterator[str]:
    """Who holds one table and waits for the next stands in the way of everybody."""
    new = {match[1] for one in found if (match := _TABLE.match(one))}
    kinds = (_ALTER, _TRIGGER)
    held = {match[1] for one in found for kind in kinds if (match := kind.match(one))} - new
    if len(held) > 1:
        yield f"one table in use to a file, not {', '.join(sorted(held))}"


def _acts(one: str) -> list[str]:
    """What an `alter table` does, one after the other; nothing for another statement."""
    alter = _ALTER.match(one)
    if alter is None:
        return []
    acts, depth, current = [], 0, ""
    for piece in (match[0] for match in _PIECE.finditer(alter[2])):
        depth += (piece == "(") - (piece == ")")
        if piece == "," and depth == 0:
            acts.append(current.strip())
            current = ""
        else:
            current += piece
    return [*acts, current.strip()]


def _short(text: str) -> str:
    return text if len(text) <= 70 else f"{text[:67]}…"
