"""Two provinces that have worked, one of which is to join the other."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextvars import Context
from uuid import UUID

import pytest

from app.leaving.catalogue import Column, Table
from app.merging import planning, rehearsing, running
from app.merging.running import Merged
from app.merging.shapes import Plan
from app.onestop.dossiers import service
from app.onestop.dossiers.models import Dossier
from app.people.shapes import Actor
from app.trail import sealing
from app.usage import ending
from infra.settings import settings
from tenants import db
from tenants.clusters import literal, owner, quoted
from tenants.shapes import Tenant
from tenants.work import work
from tests import cast
from tests.conftest import MakeTenant, Servers
from tests.leaving.conftest import dropped, worked
from tests.onestop.dossiers.story import ANSWERS, BIRTH, on_paper, with_paper

__all__ = ["worked"]
# What nobody who looks after a cluster has to ask us about.
_HABITS = {
    "datestyle": "SQL, DMY",
    "intervalstyle": "sql_standard",
    "bytea_output": "escape",
    "extra_float_digits": "0",
    "timezone": "Asia/Ho_Chi_Minh",
    "statement_timeout": "20s",
    "lock_timeout": "20s",
    "idle_in_transaction_session_timeout": "20s",
}


async def elsewhere(doing):
    """What `doing` gives in a context of its own, as on a command line."""
    return await asyncio.create_task(doing, context=Context())


async def merged(joining: Tenant, into: Tenant) -> Merged:
    """One merger with everything decided as proposed."""
    plan = await elsewhere(planning.plan(joining, into))
    return await elsewhere(running.run(joining, into, decided(plan), by="Kiểm thử"))


def decided(plan: Plan) -> Plan:
    """The plan with everything that was proposed."""
    return planning.proposed(plan)


@pytest.fixture
async def joining(neighbour: Tenant) -> Tenant:
    """Lào Cai after some days of work: filed at the counter and online, by a citizen who is known
    in Bình Định as well, and a draft."""
    await cast.at(neighbour, _busy())
    return neighbour


@pytest.fixture
def clusters(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A second cluster, which this test's tenants may lie in."""
    second = servers.second()
    here, owners = settings().clusters["main"], settings().cluster_admins["main"]
    far = second.dsn_for("", "", "")
    monkeypatch.setenv("MOTCUA_CLUSTERS", f"main={here} second={far}")
    monkeypatch.setenv("MOTCUA_CLUSTER_ADMINS", f"main={owners} second={second.dsn}")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
async def far(clusters: None, make_tenant: MakeTenant, neighbour: Tenant) -> AsyncIterator[Tenant]:
    """Lào Cai after the same days of work, in another cluster with habits of its own."""
    made = await make_tenant(cluster="second", site=neighbour.site)
    async with owner(made.cluster, made.database) as connection:
        for name, value in _HABITS.items():
            await connection.execute(
                f"alter database {quoted(made.database)} set {name} = {literal(value)}"
            )
    await rehearsing._fill(made, neighbour)
    await cast.at(made, _busy())
    yield made
    await dropped([made.slug])


async def filed(person: Actor, agency_id: UUID) -> Dossier:
    """A birth filed online with an agency."""
    async with work():
        draft = await service.start_draft(person, BIRTH, agency_id)
        await service.save_draft(person, draft.id, ANSWERS)
    await with_paper(person, draft)
    async with work():
        return await service.submit(person, draft.id)


async def _busy() -> None:
    mai, hung = await cast.officer(cast.OUTSIDER), await cast.citizen()
    own = await cast.citizen("Giàng Thị Mỷ", "my.giang")
    async with work():
        await service.intake(mai, on_paper(full_name="Vàng A Páo"))
    here = await db.tenant.fetch_value("select id from agency where key = 'ubnd-phuong-lao-cai'")
    for person in (hung, own):
        await filed(person, here)
    async with work():
        await service.start_draft(own, BIRTH, here)
    await ending.count_up_to_now()
    while await sealing.seal_rows():
        pass


def table_of(name: str, *columns: str) -> Table:
    """A table with these columns, `name type` each, by its id."""
    made = [Column(name=c.split()[0], type=c.split()[1], required=False) for c in columns]
    return Table(name=name, columns=made, key=["id"], foreign=[])
