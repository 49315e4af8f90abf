"""Two provinces as two foreign systems: each with its own doors on the network, and a workflow of
the first whose middle lies with the second. All people are constructed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import Context
from datetime import date
from typing import Any

import msgspec
import uvicorn

from app.main import create_app
from app.onestop.catalog import queries as catalog
from app.onestop.catalog import service as catalogue
from app.onestop.catalog.shapes import Level, PostKind
from app.onestop.dossiers.models import Dossier
from app.onestop.exchange import partners
from app.onestop.exchange.sending import send_exchange
from app.onestop.workflows.agencies import ByKey
from app.onestop.workflows.tree import Role, Sequence, Step, Sub, Workflow
from app.people.shapes import Actor, HeldPost
from tenants import db
from tenants.shapes import Tenant
from tenants.work import work
from tests import cast
from tests.onestop.dossiers.linked import bound, taken_in, walk_to
from tests.onestop.dossiers.story import BIRTH

FAR = "9.far"
HEALTH = "so-y-te"
WORKFLOW = Workflow(
    code="lien-he-thong", version=1, name="Xác nhận có hỏi hệ thống khác",
    valid_from=date(2025, 7, 1), basis="Quy trình thử",
    tree=Sequence((
        Step("tiep-nhan", "Tiếp nhận", PostKind.RECEPTION, 10),
        Step("tham-dinh", "Thẩm định", PostKind.SPECIALIST, 30),
        Sub("tinh-ban", "Xác nhận của Sở tỉnh bạn", ByKey(HEALTH), Role.SUPPORT, 40,
            tenant="laocai", procedure=FAR),
        Step("phe-duyet", "Phê duyệt", PostKind.LEADER, 20),
        Step("tra-ket-qua", "Trả kết quả", PostKind.RECEPTION),
    )),
)  # fmt: skip


@asynccontextmanager
async def on_the_network(port: int) -> AsyncIterator[None]:
    """The doors of every tenant, listening on loopback."""
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(), host="127.0.0.1", port=port, lifespan="off", ws="none",
            log_config=None, access_log=False, reset_contextvars=True,
        )
    )  # fmt: skip
    server.install_signal_handlers = lambda: None  # type: ignore[method-assign]
    serving = asyncio.create_task(server.serve(), context=Context())
    while not server.started:  # noqa: ASYNC110  It has no event to wait for.
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        await serving


async def introduced(ours: Tenant, theirs: Tenant) -> None:
    """Each is entered at the other as a partner."""
    for at, slug, about in ((ours, "laocai", theirs), (theirs, "binhdinh", ours)):
        own = await cast.at(about, _own())
        await cast.at(at, _add(slug, own))


async def sent() -> Dossier:
    """A dossier of ours whose middle now lies with the other system; nothing is sent yet."""
    dossier = await taken_in(await bound(WORKFLOW))
    await walk_to(dossier.id, "tinh-ban")
    return await again(dossier)


async def settles_there() -> None:
    """The province settles FAR at its health department; for the other side."""
    view = await catalog.procedure(BIRTH)
    assert view is not None
    record = msgspec.structs.replace(
        view.document, code=FAR, short_name="Xác nhận", levels=[Level.PROVINCE],
        department=HEALTH, local_codes=[],
    )  # fmt: skip
    async with work():
        await catalogue.load([record])


async def exchanged() -> None:
    """Send all that is due of the current tenant."""
    while await send_exchange():
        pass


async def their_people(key: str = HEALTH) -> Actor:
    """Somebody of the other province who holds every post of that agency."""
    rows = await db.tenant.fetch(
        "select p.id, p.kind, p.title, p.agency_id, a.name as agency_name"
        " from post p join agency a on a.id = p.agency_id where a.key = $1", key,
    )  # fmt: skip
    mai = await cast.officer(cast.OUTSIDER)
    return msgspec.structs.replace(mai, posts=tuple(HeldPost(**dict(row)) for row in rows))


async def here(where: str = "channel = 'linked'") -> Dossier:
    """The dossier the request has become."""
    row = await db.tenant.fetch_row(f"select id from dossier where {where}")
    assert row is not None
    found = await Dossier.objects().where(Dossier.id == row["id"]).first()
    assert found is not None
    return found


async def again(dossier: Dossier) -> Dossier:
    """The dossier as it is now."""
    found = await Dossier.objects().where(Dossier.id == dossier.id).first()
    assert found is not None
    return found


async def visit(dossier: Dossier) -> Any:
    """The newest visit to the other system."""
    return await db.tenant.fetch_row(
        "select * from linked_work where dossier_id = $1 order by entered_at desc limit 1",
        dossier.id,
    )


async def messages() -> list[tuple[str, str]]:
    """Kind and state of everything sent, in order."""
    rows = await db.tenant.fetch("select kind, state from outgoing order by seq")
    return [(row["kind"], row["state"]) for row in rows]


async def _own() -> partners.Own:
    return partners.own()


async def _add(slug: str, own: partners.Own) -> None:
    async with work():
        await partners.add(
            None, slug=slug, name=own.name, address=own.address, public_key=own.public_key
        )
