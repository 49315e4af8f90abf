"""Why a dossier is due when it is (vì sao hẹn ngày này): the ledger told, without names."""

from collections.abc import Sequence

import msgspec

from app.onestop.deadlines.explaining import explain, texts_of
from app.onestop.deadlines.ledger import Calendars, fold, of
from app.onestop.deadlines.queries import calendars_of, entries_of
from app.onestop.deadlines.shapes import ClockName, Entry
from app.onestop.dossiers.queries.page import DossierPage, dossier_page
from app.people.shapes import Actor
from infra.clock import Moment, now


class DeadlineRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the ledger; `due_at` as it was told then, `lines` in Vietnamese."""

    kind: str
    at: Moment
    due_at: Moment | None
    basis: str
    lines: tuple[str, ...]


class ClockView(msgspec.Struct, frozen=True, kw_only=True):
    """One clock of a dossier; times are UTC. Without rows it was not started yet.

    `start` and `due` are those of the running count, `promised` the first date ever told.
    `standing`: one sentence on where the clock stands at this moment, "" after its end.
    """

    clock: str
    start: Moment | None = None
    promised: Moment | None = None
    due: Moment | None = None
    paused: bool = False
    stopped: bool = False
    standing: str = ""
    rows: list[DeadlineRow] = []


class DeadlineView(ClockView, frozen=True, kw_only=True):
    """The whole time of one dossier, and by when the desk was to answer what was filed online;
    `reception` None: it was not filed online."""

    code: str
    reception: ClockView | None = None


async def deadline_of(code: str, actor: Actor) -> DeadlineView | None:
    """Why the dossier of that code is due when it is; None when it is not this person's to see.

    Its citizen and the officers who may open it read the same: no officer is named.
    """
    shown = await dossier_page(code, actor)
    if shown is None:
        return None
    entries = await entries_of(shown.id)
    calendars = await calendars_of(entries)
    whole = _clock(ClockName.WHOLE, entries, calendars, shown)
    first = _clock(ClockName.RECEPTION, entries, calendars, shown)
    return DeadlineView(
        code=shown.code,
        reception=first if first.rows else None,
        **{name: getattr(whole, name) for name in ClockView.__struct_fields__},
    )


def _clock(
    name: ClockName, entries: Sequence[Entry], calendars: Calendars, shown: DossierPage
) -> ClockView:
    rows = of(entries, name)
    if not rows:
        return ClockView(clock=name.value)
    standing, told = fold(rows, calendars), explain(rows, calendars, now())
    over = standing.stopped_at is not None or shown.finished_at is not None
    return ClockView(
        clock=name.value,
        start=standing.started_at,
        promised=standing.original_due_at,
        due=standing.due_at,
        paused=standing.paused_since is not None,
        stopped=standing.stopped_at is not None,
        standing="" if over else told[-1].text,
        rows=[_row(*each) for each in zip(rows, texts_of(rows, calendars), strict=True)],
    )


def _row(entry: Entry, lines: tuple[str, ...]) -> DeadlineRow:
    return DeadlineRow(
        kind=entry.kind.value, at=entry.at, due_at=entry.due_at, basis=entry.basis, lines=lines
    )
