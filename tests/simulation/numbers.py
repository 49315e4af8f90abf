"""The books that count: codes by prefix and day, the register by agency and year.

A number is taken in the transaction that uses it; where that is rolled back the next one gets it.
"""

import re
from collections import defaultdict
from datetime import date, datetime
from uuid import UUID

from app.onestop.codes.rules import code_of, compose, counted_from, number_of, read
from app.onestop.codes.shapes import CodeForm, DateForm, Generator, Scope
from infra.clock import VIETNAM

# One agency counts by the year and writes long dates, as systems linked to the portal do.
LONG = CodeForm(date=DateForm.LONG, digits=7, scope=Scope.YEAR)
LONG_AT = "so-xay-dung"
_PARTS = re.compile(r"(.+)-([0-9]{6,8})-([0-9]{4,9})")


class Numbers:
    """All counters of the province, and everything they gave."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, date], int] = defaultdict(int)
        self._lines: dict[tuple[UUID, int], int] = defaultdict(int)
        self.given: list[str] = []
        self.entered: list[tuple[UUID, int, int, datetime]] = []

    def code(self, prefix: str, now: datetime, *, long: bool, kept: bool = True) -> str:
        """The next code of the day; not `kept`: what it was taken for was rolled back."""
        form, day = LONG if long else CodeForm(), now.astimezone(VIETNAM).date()
        counter = prefix, counted_from(form, day)
        code = compose(Generator(prefix, form), day, self._codes[counter] + 1)
        assert read(code.lower()) == code == code_of(number_of(code))
        if kept:
            self._codes[counter] += 1
            self.given.append(code)
        return code

    def enter(self, agency_id: UUID, received_at: datetime) -> int:
        """The next line of the agency's register in the year of reception."""
        book = agency_id, received_at.astimezone(VIETNAM).year
        self._lines[book] += 1
        self.entered.append((*book, self._lines[book], received_at))
        return self._lines[book]

    def check(self) -> None:
        """No code twice, none left out by prefix and day (or year); no line of a register either,
        and later lines came later."""
        assert len(set(self.given)) == len(self.given)
        counted: dict[tuple[str, str], list[int]] = defaultdict(list)
        for code in self.given:
            prefix, day, number = _PARTS.fullmatch(code).groups()  # type: ignore[union-attr]
            counted[prefix, day[:4] if len(number) == LONG.digits else day].append(int(number))
        for period, numbers in counted.items():
            assert numbers == list(range(1, len(numbers) + 1)), period
        lines: dict[tuple[UUID, int], list[tuple[int, datetime]]] = defaultdict(list)
        for agency_id, year, number, at in self.entered:
            lines[agency_id, year].append((number, at))
        for book, entered in lines.items():
            assert [number for number, _ in entered] == list(range(1, len(entered) + 1)), book
            assert [at for _, at in entered] == sorted(at for _, at in entered), book
