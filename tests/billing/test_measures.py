"""Byte-days as sizes: what people read is a mean, what is charged and exported stays exact."""

from datetime import date

import msgspec
import pytest

from billing import rules
from billing.agreed import PerUnit
from billing.measures import days_of, of_line, shown_lines, size
from billing.papers.filling import lines_table
from billing.shapes import Late, Used
from tests.billing.contracts import contract, counted, fixed

NOVEMBER = date(2026, 11, 1)
GB = 1024**3


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0 byte"), (1023, "1023 byte"), (1024, "1 KB"), (2_500_000, "2,4 MB"),
        (12 * GB + GB // 2, "12,5 GB"), (1_300 * 1024 * GB, "1.300 TB"), (-2048, "-2 KB"),
    ],
)  # fmt: skip
def test_a_size_is_said_with_one_decimal(value, words):
    assert size(value) == words


def test_a_mean_is_over_the_days_that_are_over():
    days = {date(2026, 10, 31): 1, NOVEMBER: 1, date(2026, 11, 22): 21, date(2026, 12, 1): 30}
    assert {day: days_of(NOVEMBER, day) for day in days} == days
    assert days_of(NOVEMBER, date(2027, 5, 1)) == 30


def test_lines_in_byte_days_are_shown_as_a_mean_and_blocks_as_they_are():
    blocks = PerUnit(unit="khối 10 GB", unit_price=1000, size=10 * GB, daily_mean=True)
    block = msgspec.structs.replace(counted("storage.byte_day", code="B"), pricing=blocks)
    plain = counted("storage.byte_day", code="S")
    silent = counted("signature.made", code="CK")
    late = Late(month=date(2026, 10, 1), quantity=9 * GB, facts=1)
    seen = Used(quantity=39 * GB, facts=31, late_quantity=9 * GB, late_facts=1, late=[late])
    today = date(2026, 12, 3)
    for line, told in ((plain, ("1 GB", "bình quân mỗi ngày")), (block, ("1", "khối 10 GB"))):
        agreed = contract(lines=[fixed(3600), line, silent])
        made = rules.statement(agreed, {"storage.byte_day": seen}, NOVEMBER)
        assert of_line(made.lines[1], NOVEMBER, today) == told
        # Nothing in this system signs: its line is there for who computes again, and not shown.
        assert [each.code for each in shown_lines(made.lines)] == ["OSS", line.code]
        table = lines_table(made, today)
        assert [row[2:4] for row in table.rows][1] == [told[1], told[0]]
        assert len(made.lines) == 3 and made.lines[1].counted == 39 * GB
    signed = rules.statement(agreed, {"signature.made": Used(quantity=1, facts=1)}, NOVEMBER)
    assert len(shown_lines(signed.lines)) == 3
