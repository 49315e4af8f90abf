"""Worker processes as they run in production, killed as they are in production."""

import asyncio
import signal
from pathlib import Path
from uuid import UUID

import asyncpg

from app import worker
from app.jobs import BY_NAME, JOBS, Job
from app.onestop.notices import service
from app.worker import TICKS, answer, look
from infra import bell
from infra.embedded.valkey import Valkey
from tenants import db, work
from tenants.current import current
from tenants.shapes import Tenant
from tests.chaos.wire import Wires
from tests.onestop.notices.conftest import Phone, Told
from tests.worker.conftest import Workers, outside, until


async def _tell(dossier: Told, occasion: str = "1") -> UUID:
    async with work.work():
        told = await service.notify(dossier, "CO_KQ", occasion=occasion)
    assert told is not None
    return told


async def _tell_and_lose_the_bell(dossier: Told) -> UUID:
    told = await _tell(dossier)
    await bell._connection().flushall()
    return told


async def _is(notice: UUID, state: str) -> bool:
    return await db.tenant.fetch_value("select state from notice where id = $1", notice) == state


async def _queued() -> set[tuple[str, str]]:
    redis = bell._connection()
    try:
        rung = await redis.queued_jobs(queue_name=bell.QUEUE)
    except RuntimeError:  # A job was taken between the reading of the list and of itself.
        return await _queued()
    # A tick of the clock stands in the same queue and is for nobody.
    return {(job.function, job.args[0]) for job in rung if job.args}


async def _all_taken() -> bool:
    return not await _queued()


async def test_a_ring_after_the_act_sends_the_message(
    dossier: Told, phone: Phone, bells: Valkey, workers: Workers
) -> None:
    workers.start()
    notice = await _tell(dossier)
    await until(lambda: _is(notice, "sent"))
    assert len(await phone.messages(notice)) == 1


async def test_a_worker_killed_between_sending_and_recording_sends_nothing_twice(
    dossier: Told, phone: Phone, bells: Valkey, workers: Workers
) -> None:
    held = await _hold_usage_back()  # The record cannot be finished meanwhile.
    first = workers.start()
    notice = await _tell(dossier)
    await until(lambda: _arrived(phone, notice))
    first.send_signal(signal.SIGKILL)
    first.wait()
    await held.execute("rollback")
    assert await _is(notice, "pending")

    # The lease runs out, and a send would now meet a refusal: only asking finds the message.
    await phone.fail("reject")
    await db.tenant.execute("update notice set claimed_until = now() - interval '1 second'")
    workers.start()
    await bell._connection().flushall()
    await bell.ring(service.JOB, current().slug)
    await until(lambda: _is(notice, "sent"))
    assert len(await phone.messages(notice)) == 1
    assert await db.tenant.fetch_value("select count(*) from usage_record") == 1


async def _hold_usage_back() -> asyncpg.Connection:
    pools, key = db.place_of(current())
    connection = await pools.acquire(key)
    await connection.execute("begin")
    await connection.execute("lock table usage_pending in exclusive mode")
    return connection


async def _arrived(phone: Phone, notice: UUID) -> bool:
    return bool(await phone.messages(notice))


async def test_redis_may_go_and_come_back_under_a_working_worker(
    dossier: Told, phone: Phone, bells: Valkey, workers: Workers
) -> None:
    child = workers.start()
    before = await _tell(dossier, "1")
    await until(lambda: _is(before, "sent"))
    bells.stop()
    lost = await _tell(dossier, "2")
    bells.start()
    bells.ready()
    await bell.close()
    after = await _tell(dossier, "3")
    await until(lambda: _is(after, "sent"))
    await until(lambda: _is(lost, "sent"))
    assert child.poll() is None


async def test_a_line_to_redis_that_lies_dead_holds_a_worker_up_for_seconds_only(
    dossier: Told, phone: Phone, bells: Valkey, workers: Workers, tmp_path: Path
) -> None:
    wires, here = Wires(), tmp_path / "line"
    wires.lay("valkey", here, Path(bells.url.removeprefix("unix://").partition("?")[0]))
    child = workers.start(MOTCUA_REDIS_URL=f"unix://{here}")
    before = await _tell(dossier, "1")
    await until(lambda: _is(before, "sent"))
    wires.set("valkey", "dead")
    after = await _tell(dossier, "2")
    await until(lambda: _is(after, "sent"))
    assert child.poll() is None
    wires.close()


async def test_a_worker_reads_its_secrets_again_when_told_to_and_ends_cleanly(
    tenant: Tenant, bells: Valkey, workers: Workers
) -> None:
    child = workers.start()
    await bell.ring("send_notices", tenant.slug)
    await until(_all_taken)
    child.send_signal(signal.SIGHUP)
    await until(lambda: _is_said(workers, "settings_taken"))
    child.send_signal(signal.SIGTERM)
    assert child.wait() == 0
    assert "Traceback" not in workers.said


async def _is_said(workers: Workers, word: str) -> bool:
    return word in workers.said


async def test_trouble_of_one_tenant_is_logged_and_stops_nobody_else(
    dossier: Told, phone: Phone, bells: Valkey, make_tenant, workers: Workers
) -> None:
    broken = await make_tenant()
    await outside(_break(broken))
    workers.start()
    await bell.ring("send_notices", broken.slug)
    await bell.ring("send_notices", "khong-co")
    notice = await _tell(dossier)
    await until(lambda: _is(notice, "sent"))
    await until(_all_taken)
    said = [line for line in workers.said.splitlines() if "job_failed" in line]
    assert said
    assert f'"tenant": "{broken.slug}"' in said[0]
    assert '"job": "send_notices"' in said[0]
    assert "job_for_no_tenant" in workers.said


async def _break(tenant: Tenant) -> None:
    """Leave the tenant with a role that cannot log in."""
    await db.control.execute("update tenant set role = 'nobody' where slug = $1", tenant.slug)


async def test_a_lost_bell_is_rung_by_the_sweep_for_the_tenant_that_needs_it(
    dossier: Told, phone: Phone, bells: Valkey, make_tenant, workers: Workers
) -> None:
    idle = await make_tenant()
    notice = await _tell_and_lose_the_bell(dossier)
    await outside(look("minute"))
    queued = await _queued()
    assert ("send_notices", current().slug) in queued
    assert ("send_notices", idle.slug) not in queued
    workers.start()
    await until(lambda: _is(notice, "sent"))


async def test_a_batch_that_leaves_rows_rings_again(
    dossier: Told, phone: Phone, bells: Valkey, workers: Workers
) -> None:
    async with work.work():
        for number in range(90):
            await service.notify(dossier, "CO_KQ", occasion=str(number))
    workers.start()
    await until(_all_sent)


async def _all_sent() -> bool:
    return not await db.tenant.fetch_value("select count(*) from notice where state <> 'sent'")


async def test_a_job_runs_for_the_tenant_it_was_rung_for_and_no_other(
    dossier: Told, phone: Phone, bells: Valkey, make_tenant
) -> None:
    notice = await _tell_and_lose_the_bell(dossier)
    other = await make_tenant()
    await outside(answer("send_notices", other.slug))
    assert await _is(notice, "pending")
    await outside(answer("send_notices", current().slug))
    assert await _is(notice, "sent")


async def test_one_tenants_jobs_leave_places_for_the_others(
    tenant: Tenant, bells: Valkey, make_tenant, monkeypatch
) -> None:
    quiet, go, begun = await make_tenant(), asyncio.Event(), []

    async def slow() -> bool:
        begun.append(current().slug)
        await go.wait()
        return False

    names = [f"slow_{number}" for number in range(worker.ANY.places)]
    for number, name in enumerate(names):
        monkeypatch.setitem(BY_NAME, name, Job(name, slow, "minute", heavy=number < 5))
    loud = [asyncio.create_task(outside(answer(name, tenant.slug))) for name in names]
    await until(lambda: _counted(begun, worker.ANY.most))
    calm = [asyncio.create_task(outside(answer(name, quiet.slug))) for name in names[:1]]
    await until(lambda: _counted(begun, worker.ANY.most + 1))
    # Of the heavy ones not even all of its share, so that the next tenant's has a place.
    assert begun.count(tenant.slug) == worker.ANY.most and quiet.slug in begun
    assert sum(worker.BY_NAME[name].heavy for name, _ in worker._at_work) == worker.HEAVY.most + 1
    go.set()
    await asyncio.gather(*loud, *calm)
    # Who found no room is rung for as places become free.
    assert len(await _queued()) == worker.ANY.most + 1
    worker._later.clear()


async def _counted(begun: list[str], wanted: int) -> bool:
    return len(begun) == wanted


async def test_usage_reaches_the_books_by_the_minutes_sweep(
    dossier: Told, phone: Phone, bells: Valkey, workers: Workers
) -> None:
    workers.start()
    notice = await _tell(dossier)
    await until(lambda: _is(notice, "sent"))
    await outside(look("minute"))
    await until(_booked)


async def _booked() -> bool:
    return bool(
        await outside(
            db.control.fetch_value("select count(*) from usage where tenant_id = $1", current().id)
        )
    )


def test_every_job_has_a_name_of_its_own_and_a_time() -> None:
    assert len(BY_NAME) == len(JOBS)
    assert {job.every for job in JOBS} == {tick.name for tick in TICKS}
