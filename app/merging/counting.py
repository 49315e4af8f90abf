"""The books when two part: what was counted stays where it was, some of its rows go."""

from datetime import date
from typing import Any

from app.merging.journal import Journal
from app.merging.sides import Sides
from app.usage import rows
from billing import apart
from billing.rebuild import Sum, Sums

_NOTHING = Sum(0, 0)


async def remember(both: Sides, book: Journal) -> None:
    """Write down what their rows come to before they are given any; the first time counts."""
    if "counted" not in book.done:
        found = await rows.all_days(both.theirs)
        await book.note("counted", sums=[[*key, *each[:2]] for key, each in found.items()])


async def part(both: Sides, book: Journal) -> None:
    """Note what their rows come to more (or less) than before, before anybody works there."""
    if "books_parted" not in book.done:
        then, today = _read(book.done["counted"]), await rows.all_days(both.theirs)
        changed = {key: _less(today, then, key) for key in sorted(then.keys() | today.keys())}
        changed = {key: each for key, each in changed.items() if each != _NOTHING}
        await apart.note(book.id, both.joining.id, both.into.id, changed)
        await book.note("books_parted", days=len(changed))


def _less(today: Sums, then: Sums, key: tuple[str, date]) -> Sum:
    now, before = today.get(key, _NOTHING), then.get(key, _NOTHING)
    return Sum(now.facts - before.facts, now.quantity - before.quantity)


def _read(noted: dict[str, Any]) -> Sums:
    return {
        (meter, date.fromisoformat(str(day))): Sum(facts, quantity)
        for meter, day, facts, quantity in noted["sums"]
    }
