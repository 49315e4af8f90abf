"""One row being judged: its fields by our names, the words of the mapping, and remarks. Pure."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, time

from app.coming_in import days
from app.coming_in.fields import called
from app.coming_in.mapping import Meanings, Standing, fold
from app.coming_in.shapes import Origin, Remark, Row, SheetName, Weight

_LONGEST_SHOWN = 200
NEEDED = "Còn trống; hãy điền rồi chạy lại."
NO_WORD = "Chưa có trong tệp ánh xạ; thêm nghĩa của từ này vào mục {} rồi chạy lại."
NO_DATE = "Không hiểu ngày này; ghi dạng ngày/tháng/năm (năm bốn chữ số) hoặc thêm mẫu vào dates."


class Words:
    """The mapping's lists, looked up without regard to case and spaces."""

    def __init__(self, mapping: Meanings) -> None:
        self.mapping = mapping
        self.dates = mapping.dates
        self._lists: dict[str, dict[str, str | None]] = {
            name: {fold(word): meant for word, meant in getattr(mapping, name).items()}
            for name in ("procedures", "agencies", "channels", "ways", "posts", "kinds", "forms")
        }
        self._statuses = {fold(word): meant for word, meant in mapping.statuses.items()}

    def meant(self, name: str, word: str) -> str | None:
        """What a word of that list means here; None when it is not there or undecided."""
        return self._lists[name].get(fold(word))

    def standing(self, word: str) -> Standing | None:
        """What an old status becomes."""
        return self._statuses.get(fold(word))


class Judged:
    """A row under judgement. `ok` turns False with the first fault; a note leaves it."""

    def __init__(
        self, sheet: SheetName, row: Row, columns: Mapping[str, str], remarks: list[Remark]
    ) -> None:
        self.sheet, self.row, self.ok = sheet, row, True
        self._columns, self._remarks = columns, remarks

    def __getitem__(self, field: str) -> str:
        """The cell of a field as text; "" where they have no such column."""
        return self.row.cells.get(self._columns.get(field, ""), "")

    def fault(self, field: str, sentence: str) -> None:
        """The row stays out."""
        self.ok = False
        self._say(field, Weight.FAULT, sentence)

    def note(self, field: str, sentence: str) -> None:
        """The row comes in; somebody should look."""
        self._say(field, Weight.NOTE, sentence)

    def needed(self, field: str) -> str:
        """The cell, with a fault where it is empty."""
        if not self[field]:
            self.fault(field, NEEDED)
        return self[field]

    def moment(self, field: str, words: Words, *, alone: time = days.OPENING) -> datetime | None:
        """The cell as an aware moment; None when empty, or with a fault when it is no date."""
        if not self[field]:
            return None
        found = days.moment(self[field], words.dates, alone=alone)
        if found is None:
            self.fault(field, NO_DATE)
        return found

    def word(
        self, field: str, name: str, words: Words, known: Mapping[str, object] | frozenset[str],
        *, usual: str = "",
    ) -> str:  # fmt: skip
        """What the cell means by the mapping's list, or itself where it is a name of ours;
        `usual` for an empty cell."""
        said = self[field]
        if not said and usual:
            return usual
        found = words.meant(name, said) or (said if said in known else None)
        if found is None:
            self.fault(field, NO_WORD.format(name) if said else NEEDED)
        return found or ""

    def _say(self, field: str, weight: Weight, sentence: str) -> None:
        value = self[field][:_LONGEST_SHOWN]
        column = self._columns.get(field) or called(self.sheet, field)
        remark = Remark(self.sheet.value, self.row.number, column, value, weight, sentence)
        self._remarks.append(remark)


def origin(sheet: SheetName, row: Row, old_id: str, more: list[Row] | None = None) -> Origin:
    """Where a row comes from; `more` are the rows of other sheets that belong to it."""
    cells = {name: text for name, text in row.cells.items() if text}
    original: dict[str, object] = {"row": cells}
    if more:
        original["steps"] = [dict(each.cells) for each in more]
    said = json.dumps(original, ensure_ascii=False, sort_keys=True)
    return Origin(sheet, row.number, old_id, hashlib.sha256(said.encode()).digest(), original)
