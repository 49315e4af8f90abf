"""Draining messages: one worker against the gateway stand-in, beside a bare loop against it."""

import asyncio
import os
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

import uvloop

from app.onestop.notices import jobs
from app.onestop.notices.gateways.shapes import Outgoing
from app.onestop.notices.gateways.standin import StandIn
from app.onestop.notices.providers import Provider
from infra.embedded.smsc import Smsc
from infra.ids import uuid7
from infra.lines import Lines
from infra.settings import settings
from tenants import db, registry
from tenants.clusters import owner
from tenants.current import acting_for
from tenants.shapes import Tenant
from tests.bench.house import House, province, run
from tests.bench.machine import SERVER_CORE, on_core
from tests.bench.report import Figures, aim, heading, median, table
from tests.ports import free_port

T = TypeVar("T")

_TEXT = "UBND P. Quy Nhon: Ho so H08.21583-261120-00007 da co ket qua. Moi ong/ba den nhan"
# Somebody has looked at them: this measures sending, not the limits of a province.
_QUEUE = """
insert into notice (id, event, fact, phone, text, encoding, parts, state, next_at, created_at,
                    cleared_at)
select uuidv7(), 'CO_KQ', 'bench:' || $1 || ':' || n, '+8490' || lpad(n::text, 7, '0'), $2,
       'GSM7', 1, 'pending', now() - interval '1 hour', now(), now()
from generate_series(1, $3::int) n
"""


def measure(house: House, *, quick: bool) -> Figures:
    """Messages a second with few and many waiting, and what a loop without a database does."""
    heading("Messages a second: one worker, the stand-in and PostgreSQL on the other core")
    with Smsc(house.place / "sms", free_port()) as server:
        os.environ.update(MOTCUA_SMS_URL=server.url, MOTCUA_SMS_AT_NIGHT="true")
        settings.cache_clear()
        tenant = run(province("tinnhan"))
        found = _rounds(tenant, server.url, quick=quick)
    table({name: {"a second": value} for name, value in found.items()})
    figures: Figures = {name: round(value) for name, value in found.items()}
    most, few = found["10,000 waiting"], found["a bare loop"]
    figures["of_bare_loop"] = round(most / few, 3)
    aim("messages a second and worker", round(most), 1000)
    aim("of a bare loop against the stand-in", figures["of_bare_loop"], 0.5)
    return figures


def _rounds(tenant: Tenant, url: str, *, quick: bool) -> dict[str, float]:
    taken = 600 if quick else 6000
    bare = [_on_loop(_bare(url, taken)) for _ in range(3)]
    found = {"a bare loop": median(bare)}
    for name, waiting in (("10,000 waiting", 10_000), ("100,000 waiting", 100_000)):
        run(_queue(tenant, name, waiting // 10 if quick else waiting))
        found[name] = _on_loop(_drained(tenant, taken))
    return found


def _on_loop(doing: Coroutine[Any, Any, T]) -> T:
    """Run as a worker does: on its own core, with its loop."""
    with on_core(SERVER_CORE), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(doing)


async def _queue(tenant: Tenant, name: str, count: int) -> None:
    async with owner(tenant.cluster, tenant.database) as connection:
        await connection.execute("update notice set state = 'sent', sent_at = now()")
        await connection.execute(_QUEUE, name, _TEXT, count)
        await connection.execute("vacuum (analyze) notice")


async def _drained(tenant: Tenant, count: int) -> float:
    registry.forget()
    done, began = 0, time.perf_counter()
    with acting_for(tenant):
        while done < count:
            await jobs.send_notices()
            done += jobs.BATCH
    rate = done / (time.perf_counter() - began)
    await db.close()
    return rate


async def _bare(url: str, count: int) -> float:
    provider = Provider(name="standin", driver="standin", url=url)
    async with Lines(url, most=provider.lines) as lines:
        gateway = StandIn(provider, lines)
        began = time.perf_counter()
        await asyncio.gather(*(gateway.send(_message()) for _ in range(count)))
        return count / (time.perf_counter() - began)


def _message() -> Outgoing:
    return Outgoing(
        reference=str(uuid7()), to="+84905000301", text=_TEXT, brand="BD", unicode=False,
        report_to="http://127.0.0.1/",
    )  # fmt: skip
