"""Streams as sealed parts: nothing can be changed, left out, moved or cut unnoticed."""

import os

import pytest

from infra import parts
from infra.archive import BlobMissing, Directory, archive_at
from infra.parts import PartDamaged
from infra.settings import BadSetting

KEY = bytes(range(32))


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(parts, "PART_BYTES", 1000)


async def pieces(content, size=333):
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def back(archive, written, key=KEY, home="a/b"):
    return b"".join([part async for part in parts.read([archive], home, key, written)])


@pytest.mark.parametrize("length", [0, 1, 999, 1000, 1001, 25_000])
async def test_what_was_written_is_read_back(tmp_path, small, length):
    archive, content = Directory(tmp_path), os.urandom(length)
    written = await parts.write(archive, "a/b", KEY, pieces(content))
    assert written.plain_bytes == length and len(written.digests) == max(1, -(-length // 1000))
    assert await back(archive, written.digests) == content
    assert not any(content[:50] in p.read_bytes() for p in tmp_path.rglob("0*") if length > 50)


async def test_a_changed_missing_moved_or_cut_part_is_refused(tmp_path, small):
    archive = Directory(tmp_path)
    digests = (await parts.write(archive, "a/b", KEY, pieces(bytes(5000)))).digests
    names = await archive.names("a/b/")
    kept = {name: await archive.get(name) for name in names}
    with pytest.raises(PartDamaged):
        await back(archive, digests[:-1])
    await archive.put(names[1], kept[names[1]][:-1] + b"?")
    with pytest.raises(PartDamaged):
        await back(archive, digests)
    with pytest.raises(PartDamaged):
        await parts.check(archive, "a/b", digests)
    swapped = [digests[1], digests[0], *digests[2:]]
    await archive.put(names[0], kept[names[1]])
    await archive.put(names[1], kept[names[0]])
    with pytest.raises(PartDamaged, match="another key"):
        await back(archive, swapped)
    await archive.delete(names[0])
    with pytest.raises(BlobMissing):
        await back(archive, digests)


async def test_another_key_or_another_place_opens_nothing(tmp_path, small):
    archive = Directory(tmp_path)
    written = await parts.write(archive, "a/b", KEY, pieces(b"x" * 1500))
    with pytest.raises(PartDamaged):
        await back(archive, written.digests, key=bytes(32))
    for name in await archive.names("a/b/"):
        await archive.put(name.replace("a/b/", "c/"), await archive.get(name))
    with pytest.raises(PartDamaged):
        await back(archive, written.digests, home="c")


async def test_a_stream_that_breaks_off_leaves_no_claim_and_says_so(tmp_path, small):
    async def broken():
        yield bytes(2500)
        raise OSError("the line fell")

    with pytest.raises(OSError, match="the line fell"):
        await parts.write(Directory(tmp_path), "a/b", KEY, broken())


async def test_an_archive_keeps_names_inside_and_addresses_are_checked(tmp_path):
    archive = archive_at(f"file://{tmp_path}/x%20y")
    await archive.put("a/1", b"1")
    assert (tmp_path / "x y" / "a" / "1").read_bytes() == b"1"
    (tmp_path / "x y" / "a" / "2.abc.half").write_bytes(b"?")
    assert await archive.names("a/") == ["a/1"] and await archive.names("b/") == []
    with pytest.raises(ValueError, match="leads out"):
        await archive.put("../a", b"")
    for address in ("ftp://a/b", "file:relative", "s3+https://k:s@host", "s3+ftp://k:s@h/b"):
        with pytest.raises(BadSetting):
            archive_at(address)


async def test_a_part_that_is_damaged_or_lost_in_one_place_comes_from_the_next(tmp_path, small):
    first, second = Directory(tmp_path / "gan"), Directory(tmp_path / "xa")
    content = os.urandom(2500)
    digests = (await parts.write(first, "a/b", KEY, pieces(content))).digests
    for name in await first.names("a/b/"):
        await second.put(name, await first.get(name))
    await first.put("a/b/000000", b"?")
    await first.delete("a/b/000002")
    both = [part async for part in parts.read([first, second], "a/b", KEY, digests)]
    assert b"".join(both) == content
