"""Mergers that are disturbed: late writers, dead processes whose commit is still under way, wrong
words, other mergers, rows taken away. Each part of the story is another attempt."""

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from app import backups, lifecycle
from app.chains import tenant_chain
from app.merging import closing, journal, moving, planning, running, sides, splitting, telling
from app.merging.refusals import MergeRefused
from app.trail import joined
from app.trail.service import record
from app.usage.rows import ROWS
from billing import collect, meter, rebuild
from infra import clock
from infra.clock import now
from tenants import addresses, db, holding, issuers, provision, registry
from tenants.backup import restoring
from tenants.backup.shapes import BackupError
from tenants.clusters import clone, close_doors, grant_tables, owner, template
from tenants.current import acting_for
from tenants.work import work
from tests import cast
from tests.cli.running import run
from tests.merging.conftest import decided, elsewhere, merged

_PARTNERS = """
insert into partner (id, slug, name, address, public_key, added_at)
values (gen_random_uuid(), $1, 'Bộ', $2, $3, now())
"""
_WORKFLOW = """
insert into workflow (id, procedure_code, version, document, state, valid_from, saved_at,
    published_at)
select gen_random_uuid(), '9.same', count(*) + 1, $1::jsonb, 'published', '2026-01-01', now(), now()
from workflow where procedure_code = '9.same'
"""
_LOADED = """
insert into restore_run (id, tenant_slug, target_at, set_id, database, began_at, loaded_at)
select gen_random_uuid(), $1, now(), gen_random_uuid(), $2, now(), now()
"""
# An act nobody did there, dated so that it waits for no seal yet.
_FORGED = """
insert into joined_trail select (jsonb_populate_record(t, jsonb_build_object(
    'id', gen_random_uuid(), 'tx', t.tx + 1000000, 'at', now() + interval '1 year'))).*
from joined_trail t where joined_id = $1 order by tx desc limit 1
"""


async def test_disturbed_again_and_again_they_are_one_and_part_as_who_they_were(
    worked, joining, make_tenant, monkeypatch
):
    await _the_same_names_for_other_things(worked, joining)
    plan = await _who_gets_more_or_nothing_is_told_beforehand(worked, joining)
    await _who_was_suspended_stays_so(joining)
    await _a_commit_under_way_is_waited_for(worked, joining, plan, monkeypatch)
    await _rows_before_issuers(worked, joining, plan, monkeypatch)
    await _names_mean_what_they_meant(worked, joining)
    await _parts_have_no_parts(worked, joining, plan, await make_tenant())
    assert (await run("backup", "switch", joining.slug, "--reason", "thử"))[0] == 1
    with pytest.raises(provision.ProvisionError, match="is part of"):
        await provision.create(joining.slug, joining.site, tenant_chain())
    await _what_was_done_in_the_last_second(worked, joining)
    await elsewhere(_the_books_say_what_the_rows_say(worked))
    await _a_split_cut_short(worked, joining, monkeypatch)
    await _what_else_takes_a_tenant_apart_waits(worked, joining, plan)
    await _the_receiving_one_restored_to_before(worked, joining)


async def _the_same_names_for_other_things(worked, joining):
    """One system entered by both, with two keys; two systems of one name; one workflow that names
    an agency both have, and systems both know."""
    agency = await db.tenant.fetch_value("select key from agency where kind = 'department' limit 1")
    for each, key, own in ((worked, "1", "https://c.test"), (joining, "2", "https://b.test")):
        async with owner(each.cluster, each.database) as connection:
            await connection.execute(_PARTNERS, f"bo-{key}", "https://a.test", key)
            await connection.execute(_PARTNERS, "bo", own, key)
            document = {"agency": {"by": "key", "key": agency}, "subs": [{"tenant": "bo"}]}
            await connection.execute(_WORKFLOW, msgspec.json.encode(document).decode())
    async with owner(joining.cluster, joining.database) as connection:
        document = {"subs": [{"tenant": "bo-2"}]}
        await connection.execute(_WORKFLOW, msgspec.json.encode(document).decode())


async def _names_mean_what_they_meant(worked, joining):
    async with owner(worked.cluster, worked.database) as connection:
        rows = await connection.fetch("select slug, address from partner where slug like 'bo%'")
        assert {tuple(row) for row in rows} == {
            ("bo-1", "https://a.test"),
            ("bo", "https://c.test"),
            (f"bo-{joining.slug}", "https://b.test"),
        }
        rows = await connection.fetch(
            "select document::text as it, state from workflow"
            " where procedure_code = '9.same' order by version"
        )
        ours, theirs, only = [row["it"] for row in rows]
        assert [row["state"] for row in rows] == ["published", "retired", "retired"]
        assert '"bo"' in ours
        assert f'"bo-{joining.slug}"' in theirs and f".{joining.slug}" in theirs
        assert '"bo-1"' in only


async def _who_gets_more_or_nothing_is_told_beforehand(worked, joining):
    """Their administrators, and whoever works there and was dismissed here."""
    same = "update officer set issuer = 'i', subject = 's', dismissed_at = $2 where username = $1"
    for each, name, at in ((worked, cast.MINH, datetime.now(UTC)), (joining, cast.OUTSIDER, None)):
        async with owner(each.cluster, each.database) as connection:
            await connection.execute(same, name, at)
    plan = await elsewhere(planning.plan(joining, worked))
    warned = "\n".join(plan.warnings)
    assert f"administer all of {worked.slug}: quang.do" in warned
    assert f"at work in {joining.slug}, dismissed in {worked.slug}" in warned
    of_one_name = next(m.theirs for m in plan.meetings if m.key == {"slug": "bo"})
    return decided(planning.proposed(plan, "partner", of_one_name, "keep"))


async def _who_was_suspended_stays_so(joining):
    await provision.suspend(joining.slug, "Sự cố an toàn thông tin", None)
    assert not await elsewhere(closing.shut(joining))
    await closing.open_again(joining)
    assert await _status(joining) == "suspended"
    await provision.resume(joining.slug)


async def _a_commit_under_way_is_waited_for(worked, joining, plan, monkeypatch):
    """Its process is dead, and nobody sees yet that the rows have come."""
    with monkeypatch.context() as patch:
        patch.setattr(moving, "move", _dies)
        with pytest.raises(OSError, match="killed"):
            await elsewhere(running.run(joining, worked, plan, by="Kiểm thử"))
    book = await journal.last(joining, "Kiểm thử")
    async with owner(worked.cluster, worked.database) as dead:
        under_way = dead.transaction()
        await under_way.start()
        await dead.execute("select pg_advisory_xact_lock($1)", sides._LOCK)
        await dead.execute(
            "insert into merger values ($1, $2, 'x', 'X', $3, '{}', now())",
            *(book.id, joining.id, bytes(32)),
        )
        cancelling = asyncio.create_task(running.cancel(joining, by="Kiểm thử"))
        await asyncio.sleep(0.2)
        assert not cancelling.done()
        await under_way.commit()
        with pytest.raises(MergeRefused, match="run the merger again"):
            await cancelling
        await dead.execute("delete from merger")


async def _rows_before_issuers(worked, joining, plan, monkeypatch):
    """In between nobody's username is taken for somebody's who has just come."""
    plain, late = closing._last_words, []

    async def last_words(tenant):
        await plain(tenant)
        if not late:
            late.append(await elsewhere(cast.at(tenant, _late())))

    monkeypatch.setattr(closing, "_last_words", last_words)
    with monkeypatch.context() as patch:
        patch.setattr(addresses, "take_over", _dies)
        with pytest.raises(OSError, match="killed"):
            await elsewhere(running.run(joining, worked, plan, by="Kiểm thử"))
    ours = await _our_issuer(worked)
    assert not await issuers.is_sole(ours)
    await elsewhere(running.run(joining, worked, plan, by="Kiểm thử"))
    assert await issuers.is_sole(ours)


async def _parts_have_no_parts(worked, joining, plan, third):
    into_a_part = msgspec.structs.replace(plan, joined_id=third.id, into_id=joining.id)
    with pytest.raises(provision.ProvisionError, match="is part of"):
        await elsewhere(running.run(third, joining, into_a_part, by="Kiểm thử"))
    book = await journal.begun(third, joining, bytes(32), "Kiểm thử")
    for step in ("closed", "moved", "whole"):
        await book.note(step)
    with pytest.raises(provision.ProvisionError, match="is part of"):
        await elsewhere(splitting.split(third, joining, by="Kiểm thử"))
    await book.note("parted")


async def _what_was_done_in_the_last_second(worked, joining):
    """What came after the last words is booked and sealed; a trail that is taken away is missed."""
    async with owner(joining.cluster, joining.database) as connection:
        assert await connection.fetchval("select count(*) from usage_pending") == 0
        assert await connection.fetchval("select count(*) from trail where act = 'late.act'") == 1
    (found,) = await joined.verify_joined()
    assert found.verdict.whole and found.verdict.unsealed == 0
    async with owner(worked.cluster, worked.database) as thief:
        await thief.execute(_FORGED, joining.id)
        (found,) = await joined.verify_joined()
        assert found.verdict.faults == 1 and found.verdict.unsealed == 1
        for name in ("trail", "trail_leaf", "trail_seal"):
            await thief.execute(f"delete from joined_{name}")
    status, told = await run("audit", "verify", worked.slug)
    assert status == 1 and f"{worked.slug}/{joining.slug}: 1 findings" in told


async def _the_books_say_what_the_rows_say(worked):
    """What they used before lies in their own books, and its rows here."""
    with acting_for(await registry.by_slug(worked.slug)), clock.frozen(now() + timedelta(days=1)):
        while await collect.collect():
            pass
        assert (await rebuild.check(ROWS)).differences == []


async def _a_split_cut_short(worked, joining, monkeypatch):
    def split(*agencies):
        return elsewhere(splitting.split(joining, worked, agencies=agencies, by="Kiểm thử"))

    with pytest.raises(MergeRefused, match="no agency here is called so-la"):
        await split("so-la")
    with monkeypatch.context() as patch:
        patch.setattr(telling, "remember", _another_was_faster)
        with pytest.raises(MergeRefused, match="run again"):
            await split()
    with pytest.raises(MergeRefused, match="say the same"):
        await split("so-tai-chinh")
    async with owner(joining.cluster, joining.database) as connection:
        await connection.execute("delete from merged_row")
    with monkeypatch.context() as patch:
        patch.setattr(addresses, "give_back", _dies)
        with pytest.raises(OSError, match="killed"):
            await split()
    with pytest.raises(MergeRefused, match="run the split again"):
        await elsewhere(running.cancel(joining, by="Kiểm thử"))
    await split()
    assert await _status(joining) == "active"
    assert (await registry.by_host(joining.host)).id == joining.id


async def _what_else_takes_a_tenant_apart_waits(worked, joining, plan):
    """Removing, switching and merging one tenant come one after the other, and none into the
    middle of another that was killed."""
    for one in (worked, joining):
        async with holding.held(one.slug):
            for verb in (
                running.run(joining, worked, plan, by="Kiểm thử"),
                lifecycle.drop(one.slug),
                backups.switch(one.slug, "Kiểm thử", "thử"),
            ):
                with pytest.raises(provision.ProvisionError, match=r"is at work|has a contract"):
                    await elsewhere(verb)
    book = await journal.begun(joining, worked, bytes(32), "Kiểm thử")
    await book.note("closed", open=True)
    for one in (worked, joining):
        with pytest.raises(provision.ProvisionError, match=r"half done|is part of"):
            await elsewhere(backups.switch(one.slug, "Kiểm thử", "thử"))
    await elsewhere(running.cancel(joining, by="Kiểm thử"))
    assert await _status(joining) == "active"


async def _the_receiving_one_restored_to_before(worked, joining):
    """What is loaded knows nothing of who joined since."""
    await elsewhere(merged(joining, worked))
    async with owner("main") as admin:
        await clone(admin, await template("main", tenant_chain()), restoring.beside(worked))
        await close_doors(admin, restoring.beside(worked), worked.role)
    async with owner("main", restoring.beside(worked)) as connection:
        await grant_tables(connection, worked.role)
    values = (worked.slug, restoring.beside(worked))
    await db.control.execute(_LOADED, *values)
    with pytest.raises(BackupError, match=f"{joining.slug} had not joined"):
        await elsewhere(backups.switch(worked.slug, "Kiểm thử", "thử"))
    kept = await elsewhere(backups.switch(worked.slug, "Kiểm thử", "thử", alone=True))
    async with owner("main") as admin:
        await admin.execute(f"drop database {kept}")
    await elsewhere(running.cancel(joining, by="Kiểm thử"))
    assert await _status(joining) == "active"
    assert (await registry.by_host(joining.host)).id == joining.id
    assert await cast.at(joining, db.tenant.fetch_value("select count(*) from dossier")) > 0


async def _dies(*_, **__):
    raise OSError("killed")


async def _another_was_faster(both, known, _):
    row = (
        "insert into merged_row (merger_id, table_name, old_key, moved) values ($1, 'x', 'x', true)"
    )
    await both.theirs.execute(row, known.id)
    return 0


async def _late():
    async with work():
        mai = await cast.officer(cast.OUTSIDER)
        await record(mai, "late.act", ("officer", mai.id))
        await meter.count("late", "api.call", subject="x", occurred_at=datetime.now(UTC))


async def _our_issuer(worked):
    words = {"label": "x", "client_id": "x", "client_secret": ""}
    identity = await issuers.trust(worked.id, "staff", "https://x.test", **words)
    return await issuers.by_id(worked.id, identity)


async def _status(tenant):
    return await db.control.fetch_value("select status from tenant where id = $1", tenant.id)
