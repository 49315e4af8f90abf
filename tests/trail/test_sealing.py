"""The trail sealed: nothing slips past, and whoever edits it is found out."""

import asyncio
import random
from datetime import timedelta
from itertools import count

import asyncpg
import msgspec
import pytest

from app.cli import main as cli
from app.doors.probes import metrics
from app.people.shapes import Actor
from app.trail import heads
from app.trail.jobs import check_trail, seal_trail
from app.trail.retention import drop_old
from app.trail.rows import COLUMNS
from app.trail.sealing import any_to_seal, seal_rows, verify
from app.trail.service import record
from infra import clock
from infra.clock import VIETNAM, frozen
from infra.ids import uuid7
from infra.settings import settings
from tenants import db
from tenants.clusters import owner
from tenants.provision import ProvisionError
from tenants.shapes import Tenant
from tenants.work import work

LAN = Actor(kind="officer", name="Nguyễn Thị Lan", id=uuid7(), address="127.0.0.9")


# No two rows say the same: exchanged ones must show, in whichever order their ids lie.
_numbers = count()


async def acts(count, kind="dossier"):
    async with work():
        for number in range(count):
            await record(LAN, "dossier.receive", (kind, number), detail={"n": next(_numbers)})


async def sealed(*sizes):
    """So many rows in each of so many seals, the last one published."""
    for size in sizes:
        await acts(size)
        assert await seal_rows() == size
    await heads.publish()


async def lines(**choices):
    return [finding.line for finding in (await heads.verify_here(**choices)).findings]


async def test_what_is_sealed_verifies_and_every_column_is_in_it(tenant: Tenant):
    await sealed(3, 2)
    await acts(1)
    verdict = await heads.verify_here()
    assert verdict.whole
    assert (verdict.seals, verdict.rows, verdict.unsealed) == (2, 5, 1)
    # A backup is looked at long afterwards: what waited for its seal then was not late.
    taken = clock.now()
    with frozen(taken + timedelta(hours=6)):
        assert (await lines())[0].startswith("rows wait for a seal for too long (1 rows")
        assert (await verify(at=taken)).whole
    columns = await db.tenant.fetch(
        "select attname from pg_attribute where attrelid = 'trail'::regclass and attnum > 0"
    )
    said = COLUMNS.replace(",", " ").replace("::", " ").split()
    assert all(row["attname"] in said for row in columns)


ROW = "(select id from trail order by cluster, tx, id offset {} limit 1)"
# What is done to three seals of three rows each by who owns the database, and what is said of it.
TAMPERED = {
    "a row changed": (
        f"update trail set detail = '{{}}' where id = {ROW.format(4)}",
        ["seal 2: row ID was changed"],
    ),
    "a name changed": (
        f"update trail set actor_name = 'X' where id = {ROW.format(0)}",
        ["seal 1: row ID was changed"],
    ),
    "a row removed": (
        f"delete from trail where id = {ROW.format(8)}",
        ["seal 3: row ID was removed"],
    ),
    "a row inserted": (
        "insert into trail (id, at, actor_kind, actor_name, act, subject_kind, subject_id,"
        " cluster, tx) select '00000000-0000-4000-8000-000000000001', at, 'system', 'X', 'x',"
        " 'x', '1', cluster, tx"
        f" from trail where id = {ROW.format(1)}",
        ["seal 1: row ID was inserted"],
    ),
    "a row dated back": (
        "insert into trail (id, at, actor_kind, actor_name, act, subject_kind, subject_id)"
        " select gen_random_uuid(), at - interval '3 days', 'system', 'X', 'x', 'x', '1'"
        " from trail limit 1",
        ["seal 4: row ID is dated long before the rows sealed before it"],
    ),
    "two rows swapped": (
        "update trail t set act = o.act, detail = o.detail from trail o where"
        f" t.id = {ROW.format(0)} and o.id = {ROW.format(4)}"
        f" or t.id = {ROW.format(4)} and o.id = {ROW.format(0)}",
        ["seal 1: row ID was changed", "seal 2: row ID was changed"],
    ),
    "the end cut off": (
        "delete from trail where tx > (select to_tx from trail_seal where seq = 2);"
        "delete from trail_leaf where seq = 3; delete from trail_seal where seq = 3",
        ["seal 2: seals after it were published and are gone (up to 3)"],
    ),
    "the last seal made anew": (
        "delete from trail_leaf where seq = 3; delete from trail_seal where seq = 3;"
        "delete from trail where tx > (select to_tx from trail_seal where seq = 2)"
        f" and id <> {ROW.format(6)}",
        ["seal 3: it is not the seal that was published"],
    ),
    "a seal removed": (
        "delete from trail_leaf where seq = 2; delete from trail_seal where seq = 2",
        ["seal 2: the seal was removed"],
    ),
    "a seal changed": (
        "update trail_seal set rows = 2 where seq = 2",
        ["seal 2: the seal was changed"],
    ),
    "two seals reordered": (
        "set session_replication_role = replica;"
        "update trail_seal set seq = 9 where seq = 1; update trail_seal set seq = 1 where seq = 2;"
        "update trail_seal set seq = 2 where seq = 9; reset session_replication_role",
        ["seal 1: the seal was changed", "seal 2: the seal was changed"],
    ),
    "seals by another key": (
        "update trail_seal set signature = sha256('x') || sha256('y') where seq = 3",
        ["seal 3: the seal is not signed by this tenant's key"],
    ),
    "the leaves lost": (
        "delete from trail_leaf where seq = 1",
        ["seal 1: the list of its rows was changed or removed"],
    ),
    "rows gone as if too old": (
        "insert into trail_drop select 1, 1, 3, 12, now(), '\\x00';"
        "delete from trail where tx <= (select to_tx from trail_seal where seq = 1);"
        "delete from trail_leaf where seq = 1",
        ["seal 1: rows were taken away without right (seals 1 to 1)",
         "seal 1: the list of its rows was changed or removed",
         "seal 1: its rows are not those that were sealed"],
    ),
}  # fmt: skip


@pytest.mark.asvs("16.4.2")
async def test_every_kind_of_tampering_is_found_and_named(tenant: Tenant):
    await sealed(3, 3, 3)
    assert await lines() == []
    async with owner("main", tenant.database) as admin:
        copy = [await admin.fetch(f"select * from {name}") for name in TABLES]
        for name, (sql, said) in TAMPERED.items():
            await admin.execute(sql)
            while await any_to_seal():
                await seal_rows()
            found = [_unnamed(line) for line in await lines()]
            wanted = [line for line in found if "reordered" not in name or "seal was" in line]
            assert sorted(set(wanted)) == sorted(said), name
            await _put_back(admin, copy)
        assert await lines() == []


TABLES = ("trail", "trail_seal", "trail_leaf", "trail_drop")


async def _put_back(admin, copy):
    await admin.execute(f"truncate {', '.join(TABLES)}")
    for name, rows in zip(TABLES, copy, strict=True):
        await admin.copy_records_to_table(name, records=rows)


def _unnamed(line):
    head, row, rest = line.partition("row ")
    return head + row + "ID" + rest[36:] if row and len(rest) > 36 and rest[8] == "-" else line


async def test_a_database_turned_back_shows_until_somebody_answers_for_it(tenant: Tenant):
    await sealed(2, 2)
    async with owner("main", tenant.database) as admin:
        await admin.execute("delete from trail_leaf where seq = 2")
        await admin.execute("delete from trail_seal where seq = 2")
        await admin.execute(f"delete from trail where id in ({ROW.format(2)}, {ROW.format(3)})")
    assert await lines() == ["seal 1: seals after it were published and are gone (up to 2)"]
    await heads.accept_break(tenant, 1, "vanhanh", "restored as of yesterday evening")
    assert await lines() == []
    await sealed(1, 1)
    assert (await heads.published(tenant)).newest == 3
    assert await lines() == []


async def test_a_database_restored_in_another_cluster_goes_on(tenant: Tenant):
    """Its rows carry another cluster's number and higher transactions than this one has reached;
    some of them were not sealed yet when it was copied."""
    await acts(2)
    async with owner("main", tenant.database) as admin:
        await admin.execute("update trail set cluster = 7, tx = 999999999998")
        assert await seal_rows() == 2
        await acts(2)
        # Counted as numbers: as texts the second would come before the first.
        for offset, tx in ((2, 999999999999), (3, 1000000000000)):
            await admin.execute(
                f"update trail set cluster = 7, tx = {tx} where id = {ROW.format(offset)}"
            )
    await acts(3)
    while await any_to_seal():
        await seal_rows(1)
    verdict = await heads.verify_here()
    assert (verdict.findings, verdict.rows, verdict.unsealed) == ([], 7, 0)


async def test_no_row_slips_past_whatever_order_they_commit_in(tenant: Tenant):
    rng = random.Random(20261123)
    insert = (
        "insert into trail (id, at, actor_kind, actor_name, act, subject_kind, subject_id)"
        " select gen_random_uuid(), now(), 'system', 'x', 'x', 'x', '1' from generate_series(1,$1)"
    )
    async with owner("main", tenant.database) as a, owner("main", tenant.database) as b, \
            owner("main", tenant.database) as c:  # fmt: skip
        open_: dict[asyncpg.Connection, asyncpg.connection.transaction.Transaction] = {}
        for _ in range(150):
            one = rng.choice((a, b, c))
            match rng.randrange(4):
                case 0 if one in open_:
                    await open_.pop(one).rollback()
                case 1 if one in open_:
                    await open_.pop(one).commit()
                case 2:
                    await asyncio.gather(seal_rows(rng.randint(1, 5)), seal_rows(3))
                case _:
                    if one not in open_:
                        open_[one] = one.transaction()
                        await open_[one].start()
                    await one.execute(insert, rng.randint(1, 4))
        for left in open_.values():
            await left.commit()
        written = await a.fetchval("select count(*) from trail")
    while await any_to_seal():
        await seal_rows()
    verdict = await heads.verify_here()
    assert (verdict.findings, verdict.rows, verdict.unsealed) == ([], written, 0)
    assert written > 50


async def test_the_application_can_only_add_and_a_weaker_guard_is_said(tenant: Tenant):
    await sealed(1)
    for table in TABLES:
        column = "leaves = ''" if table == "trail_leaf" else "rows = 1"
        for sql in (
            f"update {table} set {'act = act' if table == 'trail' else column}",
            f"delete from {table}", f"truncate {table}", f"drop table {table}",
            f"alter table {table} disable trigger all",
            f"alter table {table} owner to current_user",
        ):  # fmt: skip
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await db.tenant.execute(sql)
        await db.tenant.execute(f"grant update on {table} to current_user")  # Only warns.
    for sql in (
        "insert into trail (id, at, actor_kind, actor_name, act, subject_kind, subject_id, tx)"
        " values (gen_random_uuid(), now(), 'system', 'x', 'x', 'x', '1', 1)",
        "update append_only set given = '{}'",
        "create or replace function drop_sealed_trail(bigint, bigint, int, timestamptz, bytea)"
        " returns bigint language sql as 'select 1::bigint'",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await db.tenant.execute(sql)
    assert await lines() == []
    async with owner("main", tenant.database) as admin:
        await admin.execute(f"grant delete on trail to {tenant.role}")
    assert await lines() == ["the application may do more than add rows (delete on trail)"]


async def test_rows_go_only_when_they_are_old_enough_and_the_chain_stays_whole(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    with frozen(clock.now() - timedelta(days=500)):
        await sealed(2, 2)
    await sealed(2, 2)
    assert await drop_old() == 0
    keeping = msgspec.structs.replace(settings(), trail_keep_months=13)
    monkeypatch.setattr("app.trail.retention.settings", lambda: keeping)
    assert (await drop_old(), await drop_old()) == (4, 0)
    assert (await db.tenant.fetch_value("select count(*) from trail"), await lines()) == (5, [])
    verdict = await heads.verify_here()
    assert (verdict.seals, verdict.dropped, verdict.rows) == (4, 2, 4)
    ask = "select drop_sealed_trail(3, $1, $2, now(), 'x')"
    for last, months in ((3, 12), (3, 11), (3, -1), (4, 12)):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await db.tenant.execute(ask, last, months)
    assert await lines() == []


async def test_the_night_and_the_command_line_tell_what_was_found(
    tenant: Tenant, capsys: pytest.CaptureFixture[str]
):
    await acts(3)
    assert not await seal_trail()
    await check_trail()
    assert (await heads.latest())[tenant.slug].findings == 0
    asked = cli.parser().parse_args(["audit", "verify", tenant.slug, "--from", "1", "--to", "1"])
    await asked.verb(asked)
    assert f"{tenant.slug}: whole: 1 seals, 3 rows" in capsys.readouterr().out
    async with owner("main", tenant.database) as admin:
        await admin.execute(f"delete from trail where id = {ROW.format(1)}")
    await check_trail()
    assert "was removed" in (await heads.latest(tenant))[tenant.slug].lines[0]
    today = str(clock.now().astimezone(VIETNAM).date())
    asked = cli.parser().parse_args(["audit", "verify", tenant.slug, "--from", today])
    with pytest.raises(ProvisionError):
        await asked.verb(asked)
    assert "seal 1: row" in capsys.readouterr().out
    assert "motcua_trail_findings" in (await metrics.fn()).content.decode()
    # A part says nothing of the whole; the whole does, so an alert ends when its cause has.
    before = (await heads.latest(tenant))[tenant.slug]
    asked = cli.parser().parse_args(["audit", "verify", tenant.slug])
    with pytest.raises(ProvisionError):
        await asked.verb(asked)
    after = (await heads.latest(tenant))[tenant.slug]
    assert before.checked_at < after.checked_at and after.findings == before.findings
