"""Which rows are new, which came before, and which are there twice; then each is judged. Pure."""

from collections.abc import Collection, Iterator, Mapping
from typing import Protocol, TypeVar

from app.coming_in.judging import Judged, Words, origin
from app.coming_in.judging_dossiers import dossier, paper, step
from app.coming_in.judging_people import person, procedure
from app.coming_in.mapping import fold
from app.coming_in.shapes import (
    DossierIn,
    PaperIn,
    PersonIn,
    ProcedureIn,
    Report,
    Row,
    Sheet,
    SheetName,
    StepIn,
    Tally,
)
from app.coming_in.world import World

_EMPTY = Sheet([], [])
_CHANGED = "Dòng này đã chuyển trước đây, nay khác đi; bản đã chuyển được giữ nguyên."
_TWICE = "Trùng với dòng {}; chỉ dòng đầu được chuyển."
_NO_DOSSIER = "Hồ sơ này không có trong bảng ho-so hoặc chưa chuyển được; sửa rồi chạy lại."
# By which fields a row is known where the other system gives it no id of its own.
_NAMES = {
    SheetName.PEOPLE: ("username", "agency", "post"),
    SheetName.PROCEDURES: ("code",),
    SheetName.DOSSIERS: ("code",),
    SheetName.PAPERS: ("dossier", "kind", "name", "file"),
}

F = TypeVar("F", PersonIn, ProcedureIn, DossierIn, PaperIn)


class Came(Protocol):
    """What is known of a row that came before."""

    @property
    def digest(self) -> bytes: ...


class Rows:
    """The sheets of one import under judgement; remarks and tallies gather in `report`."""

    def __init__(
        self,
        sheets: Mapping[SheetName, Sheet],
        words: Words,
        here: Mapping[tuple[SheetName, str], Came],
    ) -> None:
        self._sheets, self._words, self._here = sheets, words, here
        self.report = Report({name: Tally() for name in sheets}, [])
        self._steps = self._steps_by_dossier()
        self._dossiers = self._ids_by_code()

    def people(self, world: World) -> Iterator[PersonIn]:
        """New officers that can be admitted."""
        for row, old_id in self._new(SheetName.PEOPLE):
            yield from self._one(SheetName.PEOPLE, person(row, self._words, world, old_id))

    def procedures(self, world: World) -> Iterator[ProcedureIn]:
        """New procedures."""
        for row, old_id in self._new(SheetName.PROCEDURES):
            found = procedure(row, self._words, world, old_id)
            yield from self._one(SheetName.PROCEDURES, found)

    def dossiers(self, world: World) -> Iterator[DossierIn]:
        """New dossiers, each with its history."""
        for row, old_id in self._new(SheetName.DOSSIERS):
            steps = self._steps.get(fold(row["code"]), [])
            judged = [read for each in steps if (read := self._step(each))]
            found = dossier(row, self._words, world, steps, old_id, judged)
            if steps:
                came = len(judged) if found else 0
                self.report.tallies[SheetName.STEPS].taken += came
                self.report.tallies[SheetName.STEPS].refused += len(steps) - came
            yield from self._one(SheetName.DOSSIERS, found)

    def papers(self, arrived: Collection[str]) -> Iterator[PaperIn]:
        """New papers of dossiers that are here; `arrived` are the old ids of those."""
        for row, old_id in self._new(SheetName.PAPERS):
            belongs = self._dossiers.get(fold(row["dossier"]), "")
            if belongs not in arrived:
                row.fault("dossier", _NO_DOSSIER)
                self.report.tallies[SheetName.PAPERS].refused += 1
                continue
            yield from self._one(SheetName.PAPERS, paper(row, self._words, belongs, old_id))

    def lonely_steps(self) -> None:
        """Say which lines of the history belong to no dossier that was handed over."""
        for code, rows in self._steps.items():
            for row in rows if code not in self._dossiers else ():
                self._judged(SheetName.STEPS, row).fault("dossier", _NO_DOSSIER)
                self.report.tallies[SheetName.STEPS].refused += 1

    def fault(self, sheet: SheetName, number: int, field: str, sentence: str) -> None:
        """A fault that showed only when the row was written: it was not taken after all."""
        row = next(row for row in self._sheets[sheet].rows if row.number == number)
        self._judged(sheet, row).fault(field, sentence)
        self.report.tallies[sheet].taken -= 1
        self.report.tallies[sheet].refused += 1

    def _new(self, sheet: SheetName) -> Iterator[tuple[Judged, str]]:
        """The rows that did not come before, with their old ids."""
        tally, first = self.report.tallies.get(sheet, Tally()), dict[str, int]()
        for row in self._sheets.get(sheet, _EMPTY).rows:
            judged = self._judged(sheet, row)
            old_id = self._old_id(sheet, judged)
            tally.read += 1
            if old_id in first:
                judged.fault(_NAMES[sheet][0], _TWICE.format(first[old_id]))
                tally.refused += 1
                continue
            first[old_id] = row.number
            came = self._here.get((sheet, old_id))
            if came is None:
                yield judged, old_id
                continue
            more = self._more(sheet, judged)
            same = came.digest == origin(sheet, row, old_id, more).digest
            if more and same:
                self.report.tallies[SheetName.STEPS].known += len(more)
            tally.known += same
            tally.changed += not same
            if not same:
                judged.note(_NAMES[sheet][0], _CHANGED)

    def _more(self, sheet: SheetName, row: Judged) -> list[Row]:
        return self._steps.get(fold(row["code"]), []) if sheet is SheetName.DOSSIERS else []

    def _one(self, sheet: SheetName, found: F | None) -> Iterator[F]:
        tally = self.report.tallies[sheet]
        if found is None:
            tally.refused += 1
            return
        tally.taken += 1
        yield found

    def _step(self, row: Row) -> StepIn | None:
        return step(self._judged(SheetName.STEPS, row), self._words)

    def _judged(self, sheet: SheetName, row: Row) -> Judged:
        columns = self._words.mapping.sheets[sheet.value].columns
        return Judged(sheet, row, columns, self.report.remarks)

    def _old_id(self, sheet: SheetName, row: Judged) -> str:
        return row["id"] or "|".join(fold(row[name]) for name in _NAMES[sheet])

    def _steps_by_dossier(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in self._sheets.get(SheetName.STEPS, _EMPTY).rows:
            self.report.tallies[SheetName.STEPS].read += 1
            code = self._judged(SheetName.STEPS, row)["dossier"]
            found.setdefault(fold(code), []).append(row)
        return found

    def _ids_by_code(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for row in self._sheets.get(SheetName.DOSSIERS, _EMPTY).rows:
            judged = self._judged(SheetName.DOSSIERS, row)
            found.setdefault(fold(judged["code"]), self._old_id(SheetName.DOSSIERS, judged))
        return found
