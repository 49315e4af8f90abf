"""Lào Cai, which has worked, joins Bình Định, which has worked; then they part again."""

from datetime import timedelta
from urllib.parse import urlsplit

import httpx

from app.doors.probes import create_inner
from app.leaving import loading
from app.merging import comparing, rehearsing, splitting
from app.onestop.dossiers import service
from app.onestop.notices import providers, reports
from app.trail import sealing
from app.trail.queries import lines_of
from app.usage import ending
from app.usage.rows import ROWS
from billing import rebuild
from infra import clock
from infra.clock import now
from storage.store import store_of
from tenants import db, provision, registry
from tenants.clusters import owner
from tenants.current import current
from tenants.work import work
from tests import cast
from tests.cli.running import run
from tests.merging.conftest import elsewhere, filed, merged
from tests.onestop.dossiers.story import agency, on_paper, submitted

_TWICE = """
select count(*) from (select from usage where tenant_id = any($1) and meter = 'officer.active'
    group by id having count(*) > 1) t
"""
_APART = "select from usage_apart where quantity <> 0"


async def test_a_rehearsal_says_how_long_it_takes_and_leaves_nothing(
    worked, joining, make_tenant, monkeypatch
):
    await _crossed(joining)
    seen, digests = [], comparing.digests

    async def at_work(tenant):
        await registry.reload()
        seen.extend(await registry.active())
        return await digests(tenant)

    monkeypatch.setattr(comparing, "digests", at_work)
    somebody = await make_tenant(f"dien-tap-nhan-{worked.slug}"[:31])
    status, told = await run("tenant", "merge", "rehearse", worked.slug, joining.slug)
    assert status == 1 and "which is a tenant's own" in told
    await provision.drop(somebody)
    told = (await elsewhere(rehearsing.rehearse(joining, worked))).lines
    assert "receiving: as before" in told and "joining: as before" in told
    # A copy that were at work would send its messages a second time.
    assert seen and not [each for each in seen if "dien-tap" in each.slug]
    _, listed = await run("tenant", "list")
    assert "dien-tap" not in listed


async def test_who_joined_stays_closed_its_trail_proves_itself_and_its_messages_wait_on(
    worked, joining, tmp_path
):
    plan, waiting = tmp_path / "plan.json", await _waiting() + await cast.at(joining, _waiting())
    for words in (
        ("plan", worked.slug, joining.slug, "--out", str(plan)),
        ("sheet", str(plan), "--out", str(tmp_path / "plan.csv")),
        ("decide", str(plan)),
    ):
        status, told = await run("tenant", "merge", *words)
        assert status in (0, None), told
    merge = ("tenant", "merge", "run", worked.slug, joining.slug, "--plan", str(plan))
    await provision.suspend(worked.slug, "Bảo trì", None)
    status, told = await run(*merge)
    assert status == 1 and f"nobody of {joining.slug} would get in" in told
    await provision.resume(worked.slug)
    status, told = await run(*merge)
    assert status in (0, None), told
    status, told = await run("audit", "verify", worked.slug)
    assert status in (0, None)
    assert f"{worked.slug}/{joining.slug}: whole" in told
    assert await _waiting() == waiting > 0
    for verb in ("open", "resume", "drop"):
        confirmed = ("--confirm", joining.slug) if verb == "drop" else ()
        assert (await run("tenant", verb, joining.slug, *confirmed))[0] == 1, verb


async def test_what_happened_since_lies_with_the_province_whose_agency_did_it(worked, joining):
    waiting = await cast.at(joining, _online())
    before = [await _files(), await cast.at(joining, _files())]
    at_home = await _crossed(joining)
    await merged(joining, worked)
    for code, ours in at_home.items():
        assert await _named(code) == ours
        assert await _named(f"{code}.{joining.slug.upper()}") not in (ours, None)
    mai, lan = await cast.officer(cast.OUTSIDER), await cast.officer(cast.LAN)
    my, hung = await cast.citizen("Giàng Thị Mỷ", "my.giang"), await cast.citizen()
    there = await agency("ubnd-phuong-lao-cai")
    async with work():
        await service.receive(mai, waiting, None)
    with_them = (await filed(hung, there)).code
    async with work():
        counter = await service.intake(mai, on_paper(full_name="Lý Văn Tả"))
    with_us = (await submitted(my)).code
    new = (await filed(await cast.citizen("Lò Thị Hoa", "hoa.lo"), there)).code
    async with work():
        ours = await service.intake(lan, on_paper(full_name="Đinh Thị Hơ"))
    codes = [waiting, with_them, new, counter.code, with_us, ours.code]
    while await sealing.seal_rows():
        pass
    reported = [await _sent(with_them), await _sent(ours.code)]

    await elsewhere(splitting.split(joining, worked, by="Kiểm thử"))

    # The provider knows one address, wherever the message lies by now.
    assert [await _called(f"{address}?state=delivered") for address in reported] == [204, 204]
    assert await _delivered() == await cast.at(joining, _delivered()) == 1
    assert await _known(codes) == {with_us, ours.code}
    assert await cast.at(joining, _known(codes)) == {waiting, with_them, new, counter.code}
    assert await cast.at(joining, _acts(waiting)) >= {"dossier.submit", "dossier.receive"}
    assert await _people() == {"hung.tran", "my.giang"}
    assert await cast.at(joining, _people()) == {"hung.tran", "my.giang", "hoa.lo"}
    files = [await _files(), await cast.at(joining, _files())]
    assert files == [before[0] + 1, before[1] + 2]
    assert (await cast.at(joining, _counted())).code not in codes
    await _books_and_trails_of_both_are_whole(worked, joining)


async def _books_and_trails_of_both_are_whole(worked, joining):
    # What went along is stated where it was counted, nobody twice in a month.
    assert await cast.at(worked, _books()) == await cast.at(joining, _books()) == []
    both = [worked.id, joining.id]
    assert await db.control.fetch_value(_TWICE, both) == 0 < len(await db.control.fetch(_APART))
    for each in (worked, joining):
        _, told = await run("audit", "verify", each.slug)
        assert f"{each.slug}: whole" in told
        async with owner(each.cluster, each.database) as connection:
            assert await loading.orphans(connection) == []


async def _files():
    """How many files there are, by their rows; each of them is in the store."""
    rows = await db.tenant.fetch("select key from stored_object")
    for row in rows:
        await store_of(current()).stat(row["key"])
    return len(rows)


async def _waiting():
    return await db.tenant.fetch_value("select count(*) from notice where state = 'pending'")


async def _online():
    return await db.tenant.fetch_value("select min(code) from dossier where channel = 'online'")


async def _crossed(joining):
    """Each side has a dossier that was once called what one of the other is called; by code whose
    it is here."""
    (ours,), (theirs,) = await _first(), await cast.at(joining, _first())
    await _alias(theirs["code"], ours["id"])
    await cast.at(joining, _alias(ours["code"], theirs["id"]))
    return {ours["code"]: ours["id"], theirs["code"]: ours["id"]}


async def _first():
    return await db.tenant.fetch("select id, code from dossier order by id limit 1")


async def _alias(code, dossier):
    await db.tenant.execute(
        "insert into code_alias (code, dossier_id, since, reason) values ($1, $2, now(), 'mã cũ')",
        *(code, dossier),
    )


async def _named(code):
    return await db.tenant.fetch_value("select dossier_named($1)", code)


async def _books():
    """In which days the books do not follow from the rows, three days from now."""
    with clock.frozen(now() + timedelta(days=3)):
        await ending.count_up_to_now()
        return (await rebuild.check(ROWS)).differences


async def _sent(code):
    """Let a message of a dossier have gone out by a provider only we have; where it reports to."""
    await providers.choose("rieng", {"driver": "standin", "url": "http://127.0.0.1:9"})
    notice = await db.tenant.fetch_value(
        "update notice set state = 'in_doubt', tried = 1 where id = (select id from"
        " notice where dossier_id = dossier_named($1) limit 1) returning id",
        code,
    )
    await db.tenant.execute(
        "insert into notice_attempt (notice_id, number, provider, at)"
        " values ($1, 1, 'rieng', now())",
        notice,
    )
    return reports.report_address(current(), notice, 1)


async def _called(address):
    through = httpx.ASGITransport(create_inner())
    async with httpx.AsyncClient(transport=through, base_url="http://inner") as provider:
        parts = urlsplit(address)
        return (await provider.get(f"{parts.path}?{parts.query}")).status_code


async def _delivered():
    return await db.tenant.fetch_value("select count(*) from notice where state = 'delivered'")


async def _known(codes):
    rows = await db.tenant.fetch("select code from dossier where code = any($1)", codes)
    return {row["code"] for row in rows}


async def _acts(code):
    identity = await db.tenant.fetch_value("select dossier_named($1)", code)
    return {line.act for line in await lines_of(("dossier", identity))}


async def _people():
    return {row["subject"] for row in await db.tenant.fetch("select subject from citizen")}


async def _counted():
    async with work():
        return await service.intake(await cast.officer(cast.OUTSIDER), on_paper())
