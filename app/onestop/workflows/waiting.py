"""What a dossier waits for (chờ), and whether its clock stands still meanwhile. Pure.

While somebody works the time runs, whatever is awaited beside it. Sources: Decree 118/2025/NĐ-CP,
Article 19 clauses 4 and 5; Decree 101/2024/NĐ-CP, Article 22.
"""

from collections.abc import Collection, Sequence

from app.onestop.workflows.running import Active
from app.onestop.workflows.tree import Until, Wait

# What an officer notes down when it has come.
BY_WORD = (Until.OUTSIDE, Until.PUBLICATION)
# What ends when its time is over, without anybody's act.
BY_TIME = (Until.TIMER, Until.PUBLICATION)
# Of several awaited at once the first one names the pause: the citizen's part comes first.
_PAUSING = (Until.PAPER, Until.PAYMENT, Until.OUTSIDE, Until.PUBLICATION)
# The codes of the reasons a clock may be paused for.
REASONS = {
    Until.PAPER: "supplement",
    Until.PAYMENT: "financial_duty",
    Until.OUTSIDE: "outside_agency",
    Until.PUBLICATION: "publication",
}


def waits(open_now: Sequence[Active], kinds: Collection[Until]) -> tuple[Wait, ...]:
    """The open waits of those kinds, as written in the workflow."""
    return tuple(
        one.node for one in open_now if isinstance(one.node, Wait) and one.node.until in kinds
    )


def halting(open_now: Sequence[Active]) -> Wait | None:
    """The wait that stops the clock: nothing but waits is open, and not only timers.

    Work sent to another system is still work, so the time runs. None while the clock goes.
    """
    if not all(isinstance(one.node, Wait) for one in open_now):
        return None
    found = waits(open_now, _PAUSING)
    return min(found, key=lambda wait: _PAUSING.index(wait.until), default=None)


def reason_for(wait: Wait | None) -> str | None:
    """The code of the legal reason the wait pauses the clock for; None without a wait."""
    return REASONS[wait.until] if wait else None
