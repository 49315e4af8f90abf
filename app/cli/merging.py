"""`motcua tenant merge`: two provinces become one, and part again; first a plan, then the deed."""

import argparse
from pathlib import Path

import msgspec

from app import lifecycle
from app.cli.parts import Verbs, add_verb, note, who
from app.doors.csv_answer import csv_of
from app.merging import planning, rehearsing, rules, running, sheets, splitting, workbooks
from app.merging.refusals import MergeRefused
from app.merging.shapes import Decision, Plan
from tenants.shapes import Tenant


def add_verbs(verbs: Verbs) -> None:
    """What can be asked under `motcua tenant merge`: first who receives, then who joins."""
    merge = verbs.add_parser("merge", help="two provinces become one, and part again")
    under = merge.add_subparsers(required=True)
    plan = add_verb(under, "plan", _plan, "into", "joining")
    plan.add_argument("--out", type=Path, required=True, metavar="PLAN.json")
    decide = add_verb(under, "decide", _decide)
    decide.add_argument("plan", type=Path, metavar="PLAN.json")
    decide.add_argument("--table", default="", help="only rows of this table")
    decide.add_argument("--row", default="", help="only the row of theirs with this key")
    decide.add_argument(
        "--as", dest="chosen", default="", choices=["", *Decision], help="or as proposed"
    )
    decide.add_argument(
        "--sheet", type=Path, metavar="FILE.xlsx", help="what people wrote into it, xlsx or csv"
    )
    sheet = add_verb(under, "sheet", _sheet)
    sheet.add_argument("plan", type=Path, metavar="PLAN.json")
    sheet.add_argument("--out", type=Path, required=True, metavar="FILE.xlsx", help="or FILE.csv")
    run = add_verb(under, "run", _run, "into", "joining")
    run.add_argument("--plan", type=Path, required=True, metavar="PLAN.json")
    add_verb(under, "cancel", _cancel, "joining")
    split = add_verb(under, "split", _split, "slug")
    split.add_argument("--into", required=True, help="who had joined and gets its part back")
    split.add_argument("--agencies", default="", help="keys of further agencies that go, by commas")
    rehearse = add_verb(under, "rehearse", _rehearse, "into", "joining")
    rehearse.add_argument("--plan", type=Path, metavar="PLAN.json", help="or all as proposed")


async def _plan(asked: argparse.Namespace) -> None:
    """What is in the way, with a decision proposed for each."""
    into, joining = await _two(asked)
    found = await planning.plan(joining, into)
    _write(asked.out, found)
    await note("merge.plan", into.slug, joining=joining.slug, meetings=len(found.meetings))
    for warning in found.warnings:
        print(warning)
    print(
        f"{sum(found.rows.values())} rows go along, {found.messages} messages that wait with them"
    )
    print(
        f"{sum(found.settled.values())} rows are the same; {len(found.meetings)} are to be decided"
    )
    print(f"{asked.out}: motcua tenant merge sheet, or motcua tenant merge decide")


async def _decide(asked: argparse.Namespace) -> None:
    """Decide rows of a plan."""
    found = _read(asked.plan)
    if asked.sheet:
        found = sheets.taken(found, _answers(asked.sheet))
    else:
        found = planning.proposed(found, asked.table, asked.row, asked.chosen)
    _write(asked.plan, found)
    left = rules.faults(found)
    print("\n".join(left[:20]))
    print(f"Còn {len(left)} dòng chưa quyết định.")


async def _sheet(asked: argparse.Namespace) -> None:
    """The plan as a sheet for the provinces to sign."""
    plan = _read(asked.plan)
    book = asked.out.suffix == ".xlsx"
    asked.out.write_bytes(workbooks.drawn(plan) if book else csv_of(sheets.lines(plan)))
    print(f"{asked.out}: điền cột Quyết định, rồi chạy merge decide --sheet {asked.out}")


async def _run(asked: argparse.Namespace) -> None:
    """Merge by a plan."""
    into, joining = await _two(asked)
    done = await running.run(joining, into, _read(asked.plan), by=who())
    await note("merge.run", into.slug, joining=joining.slug, rows=done.rows, files=done.files)
    for lost in done.lost:
        print(f"not found in the store: {lost}")
    print(f"{joining.slug} is part of {into.slug}: {done.rows} rows, {done.files} files")
    print(f"{joining.slug} was closed for {done.paused_seconds} s; {into.slug} never was")


async def _cancel(asked: argparse.Namespace) -> None:
    """Give up a merger that was begun."""
    joining = await lifecycle.named(asked.joining)
    await running.cancel(joining, by=who())
    await note("merge.cancel", joining.slug)
    print(f"{joining.slug} works on alone")


async def _split(asked: argparse.Namespace) -> None:
    """Give who had joined its part back."""
    into, joined = await lifecycle.named(asked.slug), await lifecycle.named(asked.into)
    agencies = [key for key in asked.agencies.split(",") if key]
    done = await splitting.split(joined, into, agencies=agencies, by=who())
    await note("merge.split", into.slug, joined=joined.slug, given=done.given, files=done.files)
    print(f"{joined.slug} stands alone again: {done.given} rows had changed or were new")
    print(f"in {into.slug} nobody could write for {done.paused_seconds} s")


async def _rehearse(asked: argparse.Namespace) -> None:
    """The whole merger on copies."""
    into, joining = await _two(asked)
    found = _read(asked.plan) if asked.plan else None
    seen = await rehearsing.rehearse(joining, into, found)
    await note("merge.rehearse", into.slug, joining=joining.slug, paused=seen.merged_seconds)
    print("\n".join(seen.lines))
    if not seen.whole:
        raise MergeRefused("the rehearsal did not come out as it should")


async def _two(asked: argparse.Namespace) -> tuple[Tenant, Tenant]:
    return await lifecycle.named(asked.into), await lifecycle.named(asked.joining)


def _answers(file: Path) -> list[sheets.Answer]:
    try:
        book = file.suffix == ".xlsx"
        return workbooks.answers(file) if book else sheets.from_csv(file.read_bytes())
    except (OSError, UnicodeDecodeError) as error:
        raise MergeRefused(f"Không đọc được {file}: {error}.") from None


def _read(file: Path) -> Plan:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Plan)
    except (OSError, msgspec.DecodeError) as error:
        raise MergeRefused(f"{file} is no plan of a merger: {error}") from None


def _write(file: Path, plan: Plan) -> None:
    file.write_bytes(msgspec.json.format(msgspec.json.encode(plan), indent=2) + b"\n")
