"""Active officers of a month: each once, from the first act on."""

from datetime import UTC, datetime, timedelta

from app.usage.officers import count_officers
from infra import clock
from infra.ids import uuid7
from tenants import db
from tenants.work import work

# 00:00 of 1 December in Vietnam.
EDGE = datetime(2026, 11, 30, 17, tzinfo=UTC)
TICK = timedelta(microseconds=1)


async def act(who, at, kind="officer", did="dossier.receive"):
    async with work():
        await db.tenant.execute(
            "insert into trail (id, at, actor_kind, actor_id, actor_name, act, subject_kind,"
            " subject_id) values ($1, $2, $3, $4, 'A', $5, 'dossier', 'd')",
            *(uuid7(), at, kind, who, did),
        )


async def test_an_officer_counts_once_in_each_month_with_an_act_in_it(tenant):
    lan, hoa = str(uuid7()), str(uuid7())
    await act(lan, EDGE - TICK)
    await act(lan, EDGE)
    await act(lan, EDGE + TICK)
    await act(hoa, EDGE - TICK, kind="citizen")
    await act(hoa, EDGE, did="officer.sign_in")
    for _ in range(2):
        with clock.frozen(EDGE + timedelta(days=1)):
            await count_officers()
    rows = await db.tenant.fetch("select id, occurred_at from usage_record order by id")
    assert [(row["id"], row["occurred_at"]) for row in rows] == [
        (f"officer:{lan}:2026-11", EDGE - TICK),
        (f"officer:{lan}:2026-12", EDGE),
    ]
