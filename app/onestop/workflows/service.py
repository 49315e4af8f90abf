"""The verbs of a workflow (quy trình giải quyết): draft it, publish it, retire it."""

from typing import Any
from uuid import UUID

import msgspec

from app.onestop.catalog.shapes import Procedure
from app.onestop.workflows import shelf
from app.onestop.workflows.models import WorkflowVersion
from app.onestop.workflows.publishing import publishing_faults
from app.onestop.workflows.reading import decoded
from app.onestop.workflows.refusals import NoSuchWorkflow, NotADraft, NotInUse, WorkflowFaulty
from app.onestop.workflows.shapes import Fault
from app.onestop.workflows.tree import Workflow
from app.people.service import administrator_only
from app.people.shapes import Actor
from app.refusals import NotFound
from app.trail.service import record
from infra.clock import now, today
from infra.ids import uuid7
from tenants import db

# Two drafts at once: the second waits, then replaces what the first has written.
_ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtextextended($1, 0))"
# Served by workflow_procedure_code_version_key.
_NEXT = "select coalesce(max(version), 0) + 1 from workflow where procedure_code = $1"
_DRAFT = "select id, version from workflow where procedure_code = $1 and state = 'draft'"
_REWRITE = """
update workflow set document = $2::jsonb, valid_from = $3, saved_at = $4, saved_by = $5
where id = $1
"""
_LOCK = """
select id, procedure_code, version, state, document::text as document from workflow
where id = $1 for update
"""
_PUBLISH = """
update workflow set state = 'published', document = $2::jsonb, valid_from = $3, published_at = $4,
                    published_by = $5 where id = $1
"""
_RETIRE = "update workflow set state = 'retired' where id = $1"


async def save_draft(officer: Actor, procedure_code: str, data: bytes) -> UUID:
    """Keep a definition (JSON) as the procedure's only draft (bản nháp); the version's id.

    Its number is ours to give, whatever the definition says. Raises NotAllowed, NotFound for an
    unknown procedure, WorkflowFaulty when it cannot be read or holds unknown words.
    """
    administrator_only(officer)
    await _procedure(procedure_code)
    found = decoded(data)
    if isinstance(found, list):
        raise WorkflowFaulty(found)
    await db.tenant.execute(_ONE_AT_A_TIME, f"workflow:{procedure_code}")
    workflow_id = await _write(officer, procedure_code, found)
    await record(
        officer, "workflow.save_draft", ("workflow", workflow_id),
        detail={"procedure": procedure_code}, basis=found.basis,
    )  # fmt: skip
    return workflow_id


async def publish(officer: Actor, workflow_id: UUID) -> Workflow:
    """Publish a draft (công bố): dossiers received from its day on, today at the earliest, walk it.

    Open dossiers stay with theirs. Raises NotAllowed, NoSuchWorkflow, NotADraft, WorkflowFaulty
    with every fault: nothing of a faulty definition is published.
    """
    administrator_only(officer)
    row = await _locked(workflow_id)
    if row["state"] != "draft":
        raise NotADraft
    draft = msgspec.json.decode(row["document"], type=Workflow)
    if wrong := await faults_of(row["procedure_code"], draft):
        raise WorkflowFaulty(wrong)
    begins = max(draft.valid_from, today())
    published = msgspec.structs.replace(draft, version=row["version"], valid_from=begins)
    await db.tenant.execute(
        _PUBLISH, workflow_id, _text(published), begins, now(), officer.officer_id
    )
    await record(
        officer, "workflow.publish", ("workflow", workflow_id), basis=published.basis,
        detail={"procedure": row["procedure_code"], "version": row["version"], "from": begins},
    )  # fmt: skip
    return published


async def retire(officer: Actor, workflow_id: UUID) -> None:
    """No dossier is received under it any more (ngừng dùng); the version before it, if it is still
    published, is in force again. Open dossiers stay. Raises NotAllowed, NoSuchWorkflow, NotInUse.
    """
    administrator_only(officer)
    row = await _locked(workflow_id)
    if row["state"] != "published":
        raise NotInUse
    await db.tenant.execute(_RETIRE, workflow_id)
    await record(
        officer, "workflow.retire", ("workflow", workflow_id),
        detail={"procedure": row["procedure_code"], "version": row["version"]},
    )  # fmt: skip


async def faults_of(procedure_code: str, workflow: Workflow) -> list[Fault]:
    """What keeps the definition from being published for that procedure here. Raises NotFound."""
    procedure = await _procedure(procedure_code)
    return publishing_faults(workflow, await shelf.known_here(procedure))


async def _procedure(code: str) -> Procedure:
    found = await shelf.procedure_in_force(code)
    if found is None:
        raise NotFound("Không tìm thấy thủ tục này. Vui lòng chọn lại trong danh mục.")
    return found


async def _write(officer: Actor, procedure_code: str, found: Workflow) -> UUID:
    before = await db.tenant.fetch_row(_DRAFT, procedure_code)
    version = before["version"] if before else await db.tenant.fetch_value(_NEXT, procedure_code)
    numbered = msgspec.structs.replace(found, version=version)
    if before:
        await db.tenant.execute(
            _REWRITE, before["id"], _text(numbered), found.valid_from, now(), officer.officer_id
        )
        return UUID(str(before["id"]))
    workflow_id = uuid7()
    await WorkflowVersion(
        id=workflow_id,
        procedure_code=procedure_code,
        version=version,
        document=_text(numbered),
        state="draft",
        valid_from=found.valid_from,
        saved_at=now(),
        saved_by=officer.officer_id,
    ).save()
    return workflow_id


async def _locked(workflow_id: UUID) -> Any:
    row = await db.tenant.fetch_row(_LOCK, workflow_id)
    if row is None:
        raise NoSuchWorkflow
    return row


def _text(workflow: Workflow) -> str:
    return msgspec.json.encode(workflow).decode()
