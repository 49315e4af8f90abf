"""The result's file, and messages once more: what talks to the store or to the gateway's queue."""

from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath
from litestar.response import Redirect

from app.doors.asked import Asked
from app.doors.desk.acts import AT, OWN, Answer, done
from app.doors.desk.dossiers import dossier_response
from app.doors.desk.inputs import whole
from app.doors.sent_files import SentForm, sent_form
from app.doors.sessions import actor
from app.onestop.dossiers import queries
from app.onestop.dossiers.queries.page import DossierPage
from app.onestop.dossiers.rules import Act
from app.onestop.dossiers.service import attach_result
from app.onestop.dossiers.service.steps import open_case
from app.onestop.notices import service as notices
from app.onestop.papers import service as papers
from app.onestop.papers.refusals import sentence
from app.onestop.papers.uploading import owner_of, told
from app.people.shapes import Actor
from app.refusals import Malformed, NotAllowed, NotFound, Refusal
from storage import service as storage
from storage.shapes import StoredObject
from tenants.work import work

_FIELD = "result"


@post(f"{AT}/ket-qua", opt=OWN, request_max_body_size=None)
async def attach(request: Asked, code: FromPath[str]) -> Answer:
    """Take the signed PDF of the result."""
    officer = await actor(request)
    await _mine(officer, code)
    async with sent_form(request) as form:
        try:
            stored = await _kept(officer, code, form)
            async with work():
                await attach_result(officer, code, stored, whole(form.text("version")))
        except (NotFound, NotAllowed):
            raise
        except Refusal as refusal:
            return await dossier_response(officer, code, refusal=refusal)
    return done(code, "ket-qua")


@post(f"{AT}/go-ket-qua/{{paper_id:uuid}}", opt=OWN)
async def drop_result(request: Asked, code: FromPath[str], paper_id: FromPath[UUID]) -> Answer:
    """Take away a result attached by mistake, before the citizen is told."""
    officer = await actor(request)
    shown = await _mine(officer, code)
    if paper_id not in {paper.id for paper in shown.results}:
        raise NotFound
    async with work():
        await papers.remove(officer, paper_id)
    return done(code, "go-ket-qua")


@post(f"{AT}/gui-lai/{{notice_id:uuid}}")
async def send_again(
    request: Asked, code: FromPath[str], notice_id: FromPath[UUID]
) -> Response[bytes] | Redirect:
    """Send a message once more that failed."""
    officer = await actor(request)
    shown = await _mine(officer, code)
    if notice_id not in {notice.id for notice in shown.notices}:
        raise NotFound
    await notices.resend(officer, notice_id)
    return done(code, "gui-lai")


async def _mine(officer: Actor, code: str) -> DossierPage:
    shown = await queries.dossier_page(code, officer)
    if shown is None:
        raise NotFound
    return shown


async def _kept(officer: Actor, code: str, form: SentForm) -> StoredObject:
    """The file in the store; nothing is stored for who may not attach it."""
    async with work():
        await open_case(officer, Act.ATTACH_RESULT, code, whole(form.text("version")))
    file = next((file for file in form.files if file.field == _FIELD), None)
    if file is None:
        raise Malformed(fields={_FIELD: "Chọn tệp PDF của kết quả rồi bấm Đính kèm kết quả."})
    if file.too_large:
        raise Malformed(fields={_FIELD: sentence("too_large")})
    with told(field=_FIELD):
        return await storage.keep(file.path, file.file_name, owner_of(officer))
