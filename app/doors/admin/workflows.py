"""Workflows (quy trình giải quyết): listed, drafted out of JSON, drawn, published, retired."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from msgspec import json

from app.doors.admin.entry import administrator
from app.doors.admin.workflows_view import (
    Names,
    ended_agencies,
    line_view,
    lines_view,
    tree_view,
)
from app.doors.asked import Asked
from app.doors.render import page
from app.doors.sent_files import SentForm, sent_form
from app.onestop.catalog import queries as catalog
from app.onestop.catalog.queries import ProcedureView
from app.onestop.exchange.partners import partner_names
from app.onestop.workflows import service, shelf
from app.onestop.workflows.changing import differences
from app.onestop.workflows.queries import organisation
from app.onestop.workflows.reading import MOST_BYTES
from app.onestop.workflows.refusals import NoSuchWorkflow, WorkflowFaulty
from app.onestop.workflows.shapes import Fault
from app.onestop.workflows.shelf import Kept
from app.onestop.workflows.source import shipped
from app.onestop.workflows.tree import Workflow, from_flow
from app.refusals import NotFound
from infra.clock import today
from tenants.work import work

Answer = Response[bytes] | Redirect
Words = Annotated[str, QueryParameter(name="tim", max_length=200)]
Pattern = Annotated[str, QueryParameter(name="mau", max_length=100)]
Done = Annotated[str, QueryParameter(name="xong", max_length=20)]
HERE = "/quan-tri/quy-trinh"
FORM = f"{HERE}/lap/{{code:str}}"
ONE = f"{HERE}/{{workflow_id:uuid}}"
_MOST = 20
_DONE = {
    "luu": "Đã lưu bản nháp. Kiểm tra các bước bên dưới rồi công bố.",
    "cong-bo": "Đã công bố. Hồ sơ tiếp nhận từ ngày hiệu lực sẽ theo quy trình này.",
    "ngung": "Đã ngừng dùng phiên bản này. Hồ sơ đang giải quyết vẫn theo quy trình cũ.",
}


@get(HERE)
async def list_workflows(request: Asked, words: Words = "") -> Response[bytes]:
    """Every procedure that has a workflow, and a search for those that have none."""
    await administrator(request)
    return page(
        "admin/workflows.html",
        here=HERE,
        lines=lines_view(await shelf.everything(), today()),
        words=words,
        found=(await catalog.search(words, limit=_MOST)).procedures if words.strip() else [],
    )


@get(FORM)
async def open_workflow_form(
    request: Asked, code: FromPath[str], pattern: Pattern = ""
) -> Response[bytes]:
    """The form for a draft, filled with the draft there is or with a shipped example."""
    await administrator(request)
    kept = await shelf.versions_of(code)
    return await _form_page(code, await _first_text(kept, pattern), pattern=pattern)


@post(FORM, opt={"own_work": True}, request_max_body_size=None)
async def save_workflow(request: Asked, code: FromPath[str]) -> Answer:
    """Keep the definition as the procedure's draft."""
    async with work():
        who = await administrator(request)
    async with sent_form(request) as form:
        data = await _definition(form)
    try:
        async with work():
            workflow_id = await service.save_draft(who, code, data)
    except WorkflowFaulty as refusal:
        async with work():
            return await _form_page(code, data.decode(errors="replace"), refusal)
    return Redirect(f"{HERE}/{workflow_id}?xong=luu", status_code=303)


@get(ONE)
async def show_workflow(
    request: Asked, workflow_id: FromPath[UUID], done: Done = ""
) -> Response[bytes]:
    """One version: its tree, what it changes, what keeps a draft from being published."""
    await administrator(request)
    return await _page(workflow_id, _DONE.get(done, ""))


@post(f"{ONE}/cong-bo")
async def publish_workflow(request: Asked, workflow_id: FromPath[UUID]) -> Answer:
    """Publish the draft."""
    who = await administrator(request)
    try:
        await service.publish(who, workflow_id)
    except WorkflowFaulty as refusal:
        return await _page(workflow_id, "", status=refusal.status)
    return Redirect(f"{HERE}/{workflow_id}?xong=cong-bo", status_code=303)


@post(f"{ONE}/ngung")
async def retire_workflow(request: Asked, workflow_id: FromPath[UUID]) -> Redirect:
    """No new dossier walks it."""
    await service.retire(await administrator(request), workflow_id)
    return Redirect(f"{HERE}/{workflow_id}?xong=ngung", status_code=303)


async def _page(workflow_id: UUID, done: str, status: int = 200) -> Response[bytes]:
    kept = await shelf.kept(workflow_id)
    if kept is None:
        raise NoSuchWorkflow
    workflow, in_force = await shelf.workflow_of(workflow_id), await _in_force(kept)
    names = await shelf.agency_names()
    return page(
        "admin/workflow.html",
        status=status,
        here=HERE,
        line=line_view(kept, in_force, today()),
        basis=workflow.basis,
        tree=tree_view(workflow.tree, Names(names, await partner_names())),
        ended=ended_agencies(workflow.tree, await organisation(), names),
        changes=await _changes(kept, workflow, in_force),
        faults=await _faults(kept, workflow),
        done=done,
    )


async def _in_force(kept: Kept) -> UUID | None:
    return await shelf.in_force(kept.procedure_code)


async def _faults(kept: Kept, workflow: Workflow) -> list[Fault]:
    if kept.state != "draft":
        return []
    return await service.faults_of(kept.procedure_code, workflow)


async def _changes(kept: Kept, workflow: Workflow, in_force: UUID | None) -> list[str]:
    """What it changes against the version in force, else against the procedure's own steps."""
    if kept.id == in_force:
        return []
    procedure = await shelf.procedure_in_force(kept.procedure_code)
    before = await shelf.pinned(in_force)
    old = before.tree if before else from_flow(procedure.flow) if procedure else None
    return [change.text for change in differences(old, workflow.tree)] if old else []


async def _form_page(
    code: str, text: str, refusal: WorkflowFaulty | None = None, pattern: str = ""
) -> Response[bytes]:
    view = await _procedure(code)
    return page(
        "admin/workflow_form.html",
        status=refusal.status if refusal else 200,
        here=HERE,
        code=code,
        name=view.document.short_name,
        text=text,
        versions=lines_view(await shelf.versions_of(code), today()),
        patterns=[(one.code, one.name) for one in shipped().values()],
        pattern=pattern,
        faults=list(refusal.faults) if refusal else [],
        errors=refusal.fields if refusal else {},
    )


async def _procedure(code: str) -> ProcedureView:
    view = await catalog.procedure(code)
    if view is None:
        raise NotFound("Không tìm thấy thủ tục này. Vui lòng chọn lại trong danh mục.")
    return view


async def _first_text(kept: list[Kept], pattern: str) -> str:
    found: Any = shipped().get(pattern)
    if found is None:
        draft = next((one for one in kept if one.state == "draft"), None)
        found = await shelf.workflow_of(draft.id) if draft else None
    return json.format(json.encode(found), indent=1).decode() if found else ""


async def _definition(form: SentForm) -> bytes:
    """The file where one was chosen, else the text typed."""
    file = next((file for file in form.files if file.field == "tep"), None)
    if file is None:
        return form.text("document").encode()
    if file.too_large or file.size > MOST_BYTES:
        return b" " * (MOST_BYTES + 1)  # Refused with the sentence about its size.
    return await asyncio.to_thread(file.path.read_bytes)
