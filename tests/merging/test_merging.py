"""Lào Cai, which has worked, joins Bình Định, which has worked; then they part again."""

from app.merging import comparing, splitting
from tests.cli.running import run
from tests.merging.conftest import elsewhere, merged


async def test_a_merger_followed_by_a_split_is_the_identity(worked, joining):
    before = [await comparing.digests(each) for each in (worked, joining)]
    done = await merged(joining, worked)
    print(done)
    between = await comparing.digests(worked)
    parted = await elsewhere(splitting.split(joining, worked, by="Kiểm thử"))
    print(parted)
    after = [await comparing.digests(each) for each in (worked, joining)]
    print(comparing.differing(before[0], between))
    assert [comparing.differing(*pair) for pair in zip(before, after, strict=True)] == [[], []]


async def test_a_rehearsal_says_how_long_it_takes_and_leaves_nothing(worked, joining):
    status, told = await run("tenant", "merge", "rehearse", worked.slug, joining.slug)
    assert status == 0, told
    assert "receiving: as before" in told and "joining: as before" in told
    _, listed = await run("tenant", "list")
    assert "dien-tap" not in listed


async def test_the_trail_of_who_joined_proves_itself_among_ours(worked, joining, tmp_path):
    plan = tmp_path / "plan.json"
    for words in (
        ("plan", worked.slug, joining.slug, "--out", str(plan)),
        ("sheet", str(plan), "--out", str(tmp_path / "plan.csv")),
        ("decide", str(plan)),
        ("run", worked.slug, joining.slug, "--plan", str(plan)),
    ):
        status, told = await run("tenant", "merge", *words)
        assert status in (0, None), told
    print(told)
    status, told = await run("audit", "verify", worked.slug)
    print(told)
    assert f"{worked.slug}/{joining.slug}: whole" in told
