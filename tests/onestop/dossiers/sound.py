"""What is true of every dossier at every moment, whoever has done what."""

from app.onestop.deadlines import ledger
from app.onestop.dossiers.rules import ENDED, RUNNING, Status
from app.onestop.workflows import running
from tests.onestop.dossiers.model import Model

OVER = (*ENDED, Status.FINISHED)


def placed(dossier: Model) -> None:
    """Open work is what the workflow says, and nothing is open after the end."""
    status = dossier.status
    open_nodes = [task.node for task in dossier.open if task.kind != "opinion"]
    assert len(open_nodes) == len(set(open_nodes))
    if dossier.on_its_way:
        assert not dossier.open and not dossier.entries
    elif status in (*RUNNING, Status.PAYMENT_ASKED):
        assert set(open_nodes) == {one.id for one in running.active(dossier.tree, dossier.run)}
        assert open_nodes
    if status in OVER:
        assert not dossier.open
        assert not any(one[-1].kind is not ledger.Kind.STOP for one in dossier.opinions.values())


def counted(dossier: Model) -> None:
    """The clock stands as the ledger's rows add up, and as the status says."""
    assert (dossier.due_at is None) == (not dossier.entries)
    stands = dossier.standing
    if stands is not None:
        assert stands.due_at == dossier.due_at
        assert stands.original_due_at == dossier.entries[0].due_at
        assert (stands.stopped_at is not None) == (dossier.status in OVER)
        paused = stands.paused_since is not None
        assert dossier.status in OVER or paused == (dossier.pause is not None)
        assert stands.extensions == dossier.extensions <= 1


def audited(dossier: Model) -> None:
    """Every row of every clock says what the rows up to it add up to."""
    for entries in (dossier.entries, *dossier.opinions.values()):
        assert ledger.audit(entries, dossier.calendars) == []
