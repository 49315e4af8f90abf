"""Rows old enough to go (hết thời hạn lưu): whole seals, marked, and never younger than decided."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from app.trail import rules
from app.trail.chain import Finding
from app.trail.rows import DROP_COLUMNS
from app.trail.rules import LEAST_MONTHS, Drop, Seal
from app.trail.signing import signed

_DROPS = f"select {DROP_COLUMNS} from trail_drop order by first_seq"  # noqa: S608


class Lapsed(NamedTuple):
    """What was taken away with right, and what is wrong with the marks of it."""

    drops: Sequence[Drop]
    faults: list[Finding]

    @classmethod
    async def read(cls, read: Callable[..., Awaitable[Any]], keys: Collection[bytes]) -> "Lapsed":
        """The marks that are signed, one after the other from the first seal on."""
        good: list[Drop] = []
        faults = []
        for row in await read(_DROPS):
            drop = Drop(**{name: row[name] for name in Drop.__struct_fields__})
            message = rules.signed_of(drop)
            follows = drop.first_seq == (good[-1].last_seq + 1 if good else 1)
            if follows and any(signed(message, row["signature"], key, keys) for key in keys):
                good.append(drop)
            else:
                more = f"seals {drop.first_seq} to {drop.last_seq}"
                faults.append(Finding(what="drop_unlawful", seq=drop.first_seq, more=more))
        return cls(good, faults)

    def covers(self, seq: int) -> bool:
        """Whether the rows of that seal were taken away."""
        return bool(self.drops) and seq <= self.drops[-1].last_seq

    def judge(self, seal: Seal, there: Sequence[str]) -> list[Finding]:
        """Whether its rows were old enough, and nothing was put in their place."""
        drop = next(one for one in self.drops if seal.seq <= one.last_seq)
        found = [Finding(what="inserted", seq=seal.seq, row_id=UUID(row)) for row in there]
        if drop.months < LEAST_MONTHS or not old_enough(seal.last_at, drop.dropped_at, drop.months):
            found.append(Finding(what="drop_unlawful", seq=seal.seq, more="too young"))
        return found


def old_enough(last_at: str, at: str, months: int) -> bool:
    """Whether a seal's youngest row was `months` old at that moment (both RFC 3339 texts)."""
    last, moment = datetime.fromisoformat(last_at), datetime.fromisoformat(at)
    years, month = divmod(last.month - 1 + months, 12)
    # PostgreSQL shortens to the month's last day; a day more or less decides nothing here.
    due = last.replace(year=last.year + years, month=month + 1, day=min(last.day, 28))
    return moment >= due
