"""`motcua tenant receive`: what another system holds, out of a folder or a workbook."""

import argparse
from pathlib import Path

import msgspec

from app import lifecycle
from app.cli.parts import Verbs, add_verb, note, who
from app.coming_in import mapping, proposing, reading, service, standing
from app.coming_in.mapping import Meanings
from app.coming_in.refusals import CannotRead
from app.coming_in.shapes import Remark, Report, Weight
from app.doors.csv_answer import csv_of
from tenants.current import acting_for

_HEADINGS = ("bảng", "dòng", "cột", "giá trị", "mức", "việc cần làm")


def add_verbs(verbs: Verbs) -> None:
    """What can be asked under `motcua tenant` of data that comes in."""
    receive = add_verb(verbs, "receive", _receive, "slug")
    receive.add_argument("--from", dest="place", required=True, type=Path, metavar="DIR_OR_XLSX")
    receive.add_argument("--map", dest="map", required=True, type=Path, metavar="MAP.json")
    receive.add_argument("--dry-run", action="store_true", help="judge everything, write nothing")
    receive.add_argument("--errors", type=Path, metavar="FILE.csv", help="where remarks go")
    receive.add_argument(
        "--propose", action="store_true", help="write a first draft of MAP.json and stop"
    )


async def _receive(asked: argparse.Namespace) -> None:
    """Dossiers, people, files of another system, by a mapping."""
    tenant = await lifecycle.named(asked.slug)
    with acting_for(tenant):
        if asked.propose:
            return await _propose(asked)
        meanings = _meanings(asked.map)
        report = await service.receive(asked.place, meanings, by=who(), dry_run=asked.dry_run)
    if asked.errors:
        asked.errors.write_bytes(csv_of([_HEADINGS, *map(_cells, report.remarks)]))
    if not asked.dry_run:
        taken = {name.value: tally.taken for name, tally in report.tallies.items()}
        await note("tenant.receive", asked.slug, source=meanings.source, **taken)
    print("\n".join(_lines(report, dry_run=asked.dry_run)))


async def _propose(asked: argparse.Namespace) -> None:
    if asked.map.exists():
        raise CannotRead([f"{asked.map} đã có; đặt tên khác để không mất bản đã sửa."])
    found = proposing.draft(reading.read(asked.place, {}), await standing.world())
    asked.map.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    left = proposing.undecided(found)
    print(f"{asked.map} là bản nháp: còn {left} từ chưa có nghĩa (null), ông/bà điền rồi chạy thử.")


def _meanings(file: Path) -> Meanings:
    try:
        found = mapping.read(file.read_bytes())
    except OSError as error:
        raise CannotRead([f"Không đọc được {file}: {error.strerror}."]) from error
    if isinstance(found, str):
        raise CannotRead([found])
    return found


def _cells(remark: Remark) -> tuple[str | int, ...]:
    return (remark.sheet, remark.row, remark.column, remark.value, remark.weight.value,
            remark.sentence)  # fmt: skip


def _lines(report: Report, *, dry_run: bool) -> list[str]:
    taken = "sẽ chuyển" if dry_run else "đã chuyển"
    lines = [
        f"{name.value:12} đọc {t.read} dòng: {t.taken} {taken}, {t.known} đã có từ trước, "
        f"{t.changed} đã khác đi và giữ nguyên, {t.refused} chưa chuyển được"
        for name, t in report.tallies.items()
    ]
    faults = sum(remark.weight is Weight.FAULT for remark in report.remarks)
    return [*lines, f"{faults} lỗi, {len(report.remarks) - faults} lưu ý"]
