"""Parts of a workflow that lie with another system: asked for, taken back, gone on from."""

from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.rules import Act
from app.onestop.dossiers.service import linking, visits, waiting
from app.onestop.dossiers.service.opening import Case, case_of
from app.onestop.dossiers.service.steps import carry_out, open_case
from app.onestop.dossiers.service.traces import needed_note
from app.onestop.workflows.running import active
from app.onestop.workflows.tree import Sub
from app.people.shapes import Actor
from app.refusals import Malformed

_WHY = "Ghi lý do tiếp tục khi chưa có kết quả của cơ quan liên thông."
_WHICH = "Chọn phần việc liên thông trong danh sách."


async def done(actor: Actor, dossier: Dossier, node: str) -> None:
    """The other system has done its part: what follows it opens. The caller holds the lock.

    Raises NobodyThere.
    """
    case = await case_of(dossier)
    if part := _part(case, node):
        await waiting.come(actor, case, [part])
        dossier.version, dossier.recall_task = dossier.version + 1, None
        await dossier.save()
        await waiting.settle(actor, case)


async def go_on_without(
    officer: Actor, code: str, version: int | None, *, node: str, note: str | None
) -> Dossier:
    """Go on without the other system's answer (tiếp tục không chờ kết quả liên thông).

    What was asked there is taken back. Raises NotFound, NotAllowed, Overtaken, NobodyThere,
    Malformed without a reason.
    """
    case = await open_case(officer, Act.GO_ON_WITHOUT, code, version)
    why, part = needed_note(note, _WHY), _part(case, node)
    if part is None:
        raise Malformed(fields={"node": _WHICH})
    await waiting.come(officer, case, [part])
    return await carry_out(officer, Act.GO_ON_WITHOUT, case, note=why)


async def ask_again(
    officer: Actor, code: str, version: int | None, *, node: str, note: str | None = None
) -> Dossier:
    """Ask the other system once more (gửi lại yêu cầu liên thông) after it ended the work.

    Raises NotFound, NotAllowed, Overtaken, Malformed.
    """
    case = await open_case(officer, Act.ASK_FAR_AGAIN, code, version)
    part = _part(case, node)
    ended = await visits.ended_at(case.dossier.id, node) if part else None
    if part is None or ended is None:
        raise Malformed(fields={"node": _WHICH})
    await visits.leave(officer, case.dossier.id, ended, "asked_again")
    await linking.visit(officer, case, case.run)
    return await carry_out(officer, Act.ASK_FAR_AGAIN, case, note=note)


def _part(case: Case, node: str) -> Sub | None:
    """The open part of that id which lies with another system."""
    found = (one.node for one in active(case.tree, case.run) if one.id == node)
    return next((part for part in found if isinstance(part, Sub)), None)
