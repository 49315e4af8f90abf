"""Procedures bound to workflows in a real tenant, and dossiers walked by officers of the right
posts. All people are constructed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from app.onestop.catalog import queries as catalog
from app.onestop.catalog import service as catalogue
from app.onestop.catalog.shapes import Level
from app.onestop.deadlines.queries import audit_of, standing_of
from app.onestop.deadlines.shapes import ClockName
from app.onestop.dossiers import queries, service
from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.rules import Act, Status
from app.onestop.dossiers.service.opening import case_of
from app.onestop.dossiers.shapes import Intake
from app.onestop.workflows import service as workflows
from app.onestop.workflows.agencies import Outside
from app.onestop.workflows.running import active
from app.onestop.workflows.tree import Sub, Workflow
from app.onestop.workflows.waiting import halting
from app.people.shapes import Actor, HeldPost
from tenants import db
from tenants.work import work
from tests import cast
from tests.onestop.dossiers.story import BIRTH, agency, on_paper

HOME = "ubnd-phuong-quy-nhon"
_POSTS = """
select p.id, p.kind, p.title, p.agency_id, a.name as agency_name
from post p join agency a on a.id = p.agency_id where p.id = any($1) or p.agency_id = $2
"""


async def bound(workflow: Workflow, home: str = HOME) -> str:
    """The code of a procedure settled at `home` that walks the workflow from today on."""
    view = await catalog.procedure(BIRTH)
    assert view is not None
    code = f"9.{workflow.code}"
    record = msgspec.structs.replace(
        view.document, code=code, short_name=workflow.name, levels=[Level.COMMUNE, Level.PROVINCE],
        department=home, local_codes=[],
    )  # fmt: skip
    async with work():
        await catalogue.load([record])
    await published(code, workflow)
    return code


async def published(code: str, workflow: Workflow) -> UUID:
    """The workflow as the procedure's newest version."""
    thu = await cast.officer(cast.THU)
    async with work():
        workflow_id = await workflows.save_draft(thu, code, msgspec.json.encode(workflow))
        await workflows.publish(thu, workflow_id)
    return workflow_id


async def holder(post_ids: Sequence[UUID] = (), agency_id: UUID | None = None) -> Actor:
    """An officer who holds those posts, or every post of that agency."""
    rows = await db.tenant.fetch(_POSTS, list(post_ids), agency_id)
    lan = await cast.officer(cast.LAN)
    return msgspec.structs.replace(lan, posts=tuple(HeldPost(**dict(row)) for row in rows))


async def taken_in(code: str, home: str = HOME) -> Dossier:
    """A paper dossier of the procedure, received at that agency's desk."""
    desk = await holder(agency_id=await agency(home))
    form = on_paper(procedure_code=code, agency_id=await agency(home), working_days=10)
    assert isinstance(form, Intake)
    async with work():
        return await service.intake(desk, form)


async def opened(dossier_id: UUID) -> list[Any]:
    """The dossier's open tasks."""
    return await db.tenant.fetch(
        "select * from task where dossier_id = $1 and state = 'open' order by opened_at, id",
        dossier_id,
    )


async def sound(dossier_id: UUID) -> None:
    """What is true of a dossier in its workflow at every moment."""
    dossier = await Dossier.objects().where(Dossier.id == dossier_id).first()
    assert dossier is not None
    case, tasks = await case_of(dossier), await opened(dossier_id)
    assert await audit_of(dossier_id) == []
    if dossier.status in (Status.FINISHED, Status.DELIVERED, Status.STOPPED, Status.WITHDRAWN):
        assert not tasks and not await visits(dossier_id)
        return
    now = active(case.tree, case.run)
    assert {task["node"] for task in tasks if task["kind"] != "opinion"} == {one.id for one in now}
    whole = await standing_of(dossier_id)
    assert whole is not None
    assert (whole.paused_since is not None) == (dossier.pause is not None)
    assert (halting(now) is None) or dossier.pause is not None
    parts = [part for one in now for part in (*one.subs, one.node) if isinstance(part, Sub)]
    subs = {part.id for part in parts if not isinstance(part.agency, Outside)}
    for visit in (found := await visits(dossier_id)):
        clock = await standing_of(dossier_id, ClockName.AGENCY, visit["id"])
        assert clock is not None and clock.stopped_at is None
        assert (clock.paused_since is None) == (dossier.pause is None)
    assert {visit["node"] for visit in found} == subs


async def visits(dossier_id: UUID) -> list[Any]:
    """The agencies' parts the dossier is in."""
    return await db.tenant.fetch(
        "select * from linked_work where dossier_id = $1 and left_at is null", dossier_id
    )


async def walk_on(dossier_id: UUID, first: str | None = None) -> str | None:
    """One act by whoever may do it, at the open task `first` if it is open; what was done."""
    dossier = await Dossier.objects().where(Dossier.id == dossier_id).first()
    assert dossier is not None
    tasks = sorted(await opened(dossier_id), key=lambda task: task["node"] != first)
    for task in tasks:
        own = await holder([task["post_id"]] if task["post_id"] else [], dossier.agency_id)
        done = await _act(dossier, task, own)
        if done:
            await sound(dossier_id)
            return done
    return None


async def _act(dossier: Dossier, task: Any, own: Actor) -> str | None:
    there = await holder([task["post_id"]] if task["post_id"] else [])
    code, version = dossier.code, None
    async with work():
        if task["kind"] == "wait":
            return await _wait(dossier, task, own)
        page = await queries.dossier_page(code, own)
        assert page is not None
        if Act.ATTACH_RESULT in page.acts:  # The last step; its result is on paper.
            await service.finish(own, code, version, on_paper=True)
            return f"finish {task['node']}"
        if Act.HAND_OVER in page.acts:
            await service.hand_over(own, code, version)
            return f"hand_over {task['node']}"
        page = await queries.dossier_page(code, there)
        assert page is not None
        verbs = {Act.PROCESS: service.process, Act.APPROVE: service.approve,
                 Act.SIGN_OFF: service.sign_off}  # fmt: skip
        for act, verb in verbs.items():
            if act in page.acts:
                await verb(there, code, version, None)
                return f"{act} {task['node']}"
    return None


async def _wait(dossier: Dossier, task: Any, own: Actor) -> str | None:
    code = dossier.code
    if task["awaits"] in ("outside", "publication"):
        await service.resume(own, code, None, node=None if dossier.pause else task["node"])
    elif task["awaits"] == "payment" and dossier.status == Status.PAYMENT_ASKED:
        await service.confirm_payment(own, code, None)
    elif task["awaits"] == "paper" and dossier.status == Status.SUPPLEMENT_ASKED:
        await service.supplement(own, code, None)
    else:
        return None
    return f"wait {task['node']}"


async def walk_to(dossier_id: UUID, node: str, first: str | None = None) -> list[str]:
    """Acts until that task is open; what was done."""
    done: list[str] = []
    for _ in range(30):
        if node in {task["node"] for task in await opened(dossier_id)}:
            return done
        step = await walk_on(dossier_id, first)
        assert step is not None, done
        done.append(step)
    raise AssertionError(done)


async def walk_out(dossier_id: UUID, first: str | None = None) -> list[str]:
    """Acts to the finished result; what was done."""
    done: list[str] = []
    for _ in range(30):
        step = await walk_on(dossier_id, first)
        if step is None:
            break
        done.append(step)
    assert done and done[-1].startswith("finish"), done
    return done
