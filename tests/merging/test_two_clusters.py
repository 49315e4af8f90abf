"""Two provinces whose databases lie in two clusters become one, and part again."""

from app.leaving import loading
from app.merging import closing, comparing, splitting
from app.onestop.dossiers import service
from app.trail import sealing
from tenants import db
from tenants.clusters import owner
from tenants.work import work
from tests import cast
from tests.cli.running import run
from tests.merging.conftest import elsewhere, filed, merged
from tests.onestop.dossiers.story import agency, on_paper


async def test_a_province_of_another_cluster_joins_works_on_and_gets_its_part_back(worked, far):
    both = (worked, far)
    for each in both:
        await closing.count(each)
    before = [await comparing.digests(each) for each in both]
    await merged(far, worked)
    parted = await elsewhere(splitting.split(far, worked, by="Kiểm thử"))
    # Nothing had happened since, and what one cluster spells otherwise is no change.
    assert parted.given == 0
    after = [await comparing.digests(each) for each in both]
    assert [comparing.differing(*pair) for pair in zip(before, after, strict=True)] == [[], []]

    await merged(far, worked)
    mai, lan = await cast.officer(cast.OUTSIDER), await cast.officer(cast.LAN)
    there = await agency("ubnd-phuong-lao-cai")
    online = (await filed(await cast.citizen("Lò Thị Hoa", "hoa.lo"), there)).code
    counter, ours = (await _counted(mai)).code, (await _counted(lan)).code
    await _verified(worked, f"{worked.slug}/{far.slug}")
    await elsewhere(splitting.split(far, worked, by="Kiểm thử"))

    codes = [online, counter, ours]
    assert await _known(codes) == {ours}
    assert await cast.at(far, _known(codes)) == {online, counter}
    assert await cast.at(far, _goes_on()) not in codes
    for each in both:
        await _verified(each)
        async with owner(each.cluster, each.database) as connection:
            assert await loading.orphans(connection) == []


async def _known(codes):
    rows = await db.tenant.fetch("select code from dossier where code = any($1)", codes)
    return {row["code"] for row in rows}


async def _counted(officer):
    async with work():
        return await service.intake(officer, on_paper(full_name="Lý Văn Tả"))


async def _goes_on():
    return (await _counted(await cast.officer(cast.OUTSIDER))).code


async def _verified(tenant, *names):
    """Its trail, and each of these that came along, is as it was sealed."""
    await cast.at(tenant, _seal())
    status, told = await run("audit", "verify", tenant.slug)
    assert status in (0, None) and all(f"{name}: whole" in told for name in (tenant.slug, *names))


async def _seal():
    while await sealing.seal_rows():
        pass
