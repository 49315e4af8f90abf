"""Lào Cai, which has worked, joins Bình Định, which has worked; then they part again."""

from app.merging import comparing, splitting
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
