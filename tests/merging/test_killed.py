"""A merger and a split that are killed leave either what was or what is to be, and go on."""

from functools import partial

from app.merging import closing, comparing, planning, running, splitting
from app.merging.refusals import MergeRefused
from tenants import db
from tests.leaving.dying import killed, moments
from tests.merging.conftest import decided, elsewhere


async def test_a_split_undoes_a_merger_to_the_byte_whatever_was_killed_on_the_way(worked, joining):
    both = (worked, joining)
    for each in both:
        await closing.count(each)
    before = [await comparing.digests(each) for each in both]
    alone = await _dossiers()
    plan = decided(await elsewhere(planning.plan(joining, worked)))
    together = alone + plan.rows["dossier"]
    merge = partial(running.run, joining, worked, plan, by="Kiểm thử")
    for seconds in moments(2, 1.2, seed=11):
        killed(merge, seconds)
        assert await _dossiers() in (alone, together)
    await elsewhere(merge())
    assert await _dossiers() == together
    between = await comparing.digests(worked)
    assert {"dossier", "citizen", "joined_trail"} <= set(comparing.differing(before[0], between))
    split = partial(splitting.split, joining, worked, by="Kiểm thử")

    for seconds in moments(2, 3.5, seed=12):
        killed(split, seconds)
        assert await _dossiers() in (alone, together)
    try:
        await elsewhere(split())
    except MergeRefused as refused:
        assert "is not a part" in str(refused)
    after = [await comparing.digests(each) for each in both]
    assert [comparing.differing(*pair) for pair in zip(before, after, strict=True)] == [[], []]


async def _dossiers():
    return await db.tenant.fetch_value("select count(*) from dossier")
