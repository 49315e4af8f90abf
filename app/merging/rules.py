"""What meets, what may be decided, and what follows from it. Pure."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

import msgspec

from app.merging import words
from app.merging.kinds import KNOWN, STAYS, Kind, kind_of
from app.merging.shapes import Changes, Decision, Meeting, Plan, Row, Shape, Unique
from app.onestop.codes import rules as codes

T = TypeVar("T", bound=Shape)
Names = Mapping[Any, str]  # what something was called -> what it is called now


def may_collide(unique: Unique, table: Shape) -> bool:
    """Whether rows of two tenants can meet by these columns.

    An id is drawn at random and belongs to nobody else; so does whatever names a row that goes
    along under its own id. Only names, numbers and rows that may become ours can meet.
    """
    types = {column.name: column.type for column in table.columns}
    leans = {k.columns[0]: k.table for k in table.foreign if len(k.columns) == 1}
    return all(
        leans[name] in KNOWN if name in leans else types.get(name) != "uuid"
        for name in unique.columns
    )


def in_order(tables: Sequence[T]) -> list[T]:
    """Those first on whom others lean; a circle (a dossier's task that may be recalled) begins
    with who leans on the fewest."""
    left, done = {table.name: table for table in tables}, list[T]()
    while left:
        waits = {name: _leans(table, left) for name, table in left.items()}
        free = [name for name in left if not waits[name]]
        circle = [name for name in left if name in _beneath(name, waits)]
        for name in free or [min(circle, key=lambda name: (len(waits[name]), name))]:
            done.append(left.pop(name))
    return done


def _leans(table: Shape, among: Mapping[str, Shape]) -> set[str]:
    return {key.table for key in table.foreign if key.table in among} - {table.name}


def _beneath(name: str, leans: Mapping[str, set[str]]) -> set[str]:
    """All tables one leans on, over others."""
    seen, waiting = set[str](), [name]
    while waiting:
        fresh = leans[waiting.pop()] - seen
        seen |= fresh
        waiting += fresh
    return seen


def compared(table: Shape) -> list[str]:
    """The columns by which two rows are told to mean the same thing: neither ids nor references,
    nor what makes no difference."""
    kind = kind_of(table.name)
    passed = {*kind.ignored, *(name for key in table.foreign for name in key.columns)}
    if list(table.key) == ["id"]:
        passed.add("id")
    if kind.series and [kind.series.number] == list(table.key):
        passed.add(kind.series.number)
    return [column.name for column in table.columns if column.name not in passed]


def differences(table: Shape, ours: Row, theirs: Row) -> dict[str, list[Any]]:
    """The compared columns in which two rows differ, each with our value and theirs."""
    return {
        name: [ours.get(name), theirs.get(name)]
        for name in compared(table)
        if ours.get(name) != theirs.get(name)
    }


def met(
    table: Shape, name: str, by: Sequence[str], ours: tuple[str, Row], theirs: tuple[str, Row]
) -> Meeting:
    """Two rows that meet by some columns, decided where nobody has to decide; keys come first."""
    kind = kind_of(table.name)
    differs = differences(table, ours[1], theirs[1])
    sure = bool(kind.vouched) and _alike(kind.vouched, ours[1], theirs[1])
    # People of one name look the same on paper: of them only the issuer knows.
    identical = not kind.vouched and not differs and Decision.SAME in kind.offers
    offers = [offer for offer in kind.offers if offer is not Decision.KEEP or _may_keep(kind, by)]
    proposed = Decision.SAME if sure or identical else offers[0]
    return Meeting(
        table=table.name,
        name=name,
        key={column: theirs[1].get(column) for column in by},
        theirs=theirs[0],
        ours=ours[0],
        differs=differs,
        seen=_digest([ours[0], theirs[0], differs]),
        offers=offers,
        proposed=proposed,
        decision=proposed if sure or identical or kind.by_itself else None,
    )


def kept(meeting: Meeting) -> Meeting:
    """A meeting nobody has to look at, of which both stay."""
    return msgspec.structs.replace(meeting, proposed=Decision.KEEP, decision=Decision.KEEP)


def _may_keep(kind: Kind, by: Sequence[str]) -> bool:
    """Two rows can stand side by side when what they meet by is what is written otherwise."""
    return kind.series is not None or kind.suffix in by


def _alike(columns: Iterable[str], ours: Row, theirs: Row) -> bool:
    return all(ours.get(c) is not None and ours.get(c) == theirs.get(c) for c in columns)


def _digest(value: object) -> str:
    return hashlib.sha256(msgspec.json.encode(value, order="deterministic")).hexdigest()


def faults(plan: Plan) -> list[str]:
    """What keeps a plan from being carried out, one sentence each."""
    return [
        f"{meeting.name}, {words.named(meeting.key)}: "
        + ("chưa quyết định" if meeting.decision is None else "quyết định này không được chọn")
        for meeting in plan.meetings
        if meeting.decision not in meeting.offers
    ]


def decided(found: Sequence[Meeting], plan: Plan) -> tuple[list[Meeting], list[str]]:
    """The meetings there are now with the plan's decisions, and those the plan does not know.

    Whatever decides itself may have come since; whatever a person decided must look as it did,
    and what was decided be offered here, whatever the plan says was.
    """
    known = {meeting.place: meeting for meeting in plan.meetings}
    settled, stale = list[Meeting](), list[str]()
    for meeting in found:
        there = known.get(meeting.place)
        if meeting.decision is not None:
            settled.append(meeting)
        elif there and there.seen == meeting.seen and there.decision in meeting.offers:
            settled.append(msgspec.structs.replace(meeting, decision=there.decision))
        else:
            stale.append(f"{meeting.table} {meeting.key}")
    return settled, stale


def take(meeting: Meeting, slug: str, row: Row, highest: int, day: date, changes: Changes) -> None:
    """Write down what follows from one decision. `row` is theirs, `highest` the last number of ours
    in its series, `day` the day of the merger."""
    match meeting.decision:
        case Decision.SAME:
            changes.same(meeting.table, meeting.theirs, meeting.ours)
        case Decision.KEEP:
            beside(meeting.table, meeting.theirs, slug, row, highest, day, changes)
        case _:
            changes.stay(meeting.table, meeting.theirs)


def beside(
    table: str, key: str, slug: str, row: Row, highest: int, day: date, changes: Changes
) -> None:
    """Write down how a row stands beside one of the same name: under another, out of force."""
    kind = kind_of(table)
    if kind.suffix:
        named = row[kind.suffix]
        other = _name_beside(kind, named, slug)
        changes.write(table, key, {kind.suffix: other})
        if key == named:
            changes.maps.setdefault(table, {})[key] = other
    if kind.series:
        number = highest + row[kind.series.number]
        changes.write(table, key, {kind.series.number: number, **_out_of_force(table, row, day)})
        if table == "work_calendar":
            changes.maps.setdefault(table, {})[key] = str(number)


def _name_beside(kind: Kind, named: str, slug: str) -> str:
    # A code is typed and printed as a bar code: it keeps to the letters codes have.
    if kind.suffix == "code":
        return codes.beside(named, slug)
    more = f"{kind.between}{slug}"
    return named[: kind.longest - len(more)] + more if kind.longest else named + more


def _out_of_force(table: str, row: Row, day: date) -> Row:
    """Ours stay in force: theirs go on only for what had begun under them."""
    if table == "procedure" and row.get("valid_to") is None:
        last = max(date.fromisoformat(row["valid_from"]), day - timedelta(days=1))
        return {"valid_to": last.isoformat()}
    if table == "workflow":
        return {"state": "retired"} if row["state"] == "published" else {}
    return {}


def with_keys(document: Any, keys: Names, partners: Names) -> Any:
    """A definition that names agencies by their new keys and partners by their new short names:
    workflows have `{"by": "key", "key": …}` and `tenant`, procedures `department`."""
    if isinstance(document, list):
        return [with_keys(each, keys, partners) for each in document]
    if not isinstance(document, dict):
        return document
    found = {name: with_keys(value, keys, partners) for name, value in document.items()}
    if found.get("by") == "key":
        found["key"] = keys.get(found["key"], found["key"])
    if isinstance(found.get("department"), str):
        found["department"] = keys.get(found["department"], found["department"])
    if isinstance(found.get("tenant"), str):
        found["tenant"] = partners.get(found["tenant"], found["tenant"])
    return found


def going(tables: Iterable[T], apart: Iterable[str]) -> list[T]:
    """The tables whose rows are added to ours, those first on whom others lean."""
    kept = {*STAYS, *apart}
    return in_order([table for table in tables if table.name not in kept])
