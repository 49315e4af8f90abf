"""Files sent by a plain form, without scripts."""

import hashlib
import os
from collections.abc import AsyncIterator
from uuid import UUID

from app.onestop.papers import queries
from app.people.shapes import Actor
from storage import staging
from tests.onestop.papers.conftest import Browse
from tests.onestop.papers.tus import NAME, PDF, announce
from tests.storage import samples


async def test_a_plain_form_brings_files_and_fields(
    hung: Actor, draft: UUID, slot: str, browse: Browse
) -> None:
    browser = await browse(hung)
    answer = await browser.post(
        f"/bieu-mau/{draft}",
        data={"ho_ten": "Nguyễn Thị Lan", "luu": "1"},
        files=[(f"tep_{slot}", (NAME, PDF)), (f"tep_{slot}", ("trang-2.pdf", samples.pdf()))],
    )
    assert answer.json() == {"fields": {"ho_ten": ["Nguyễn Thị Lan"], "luu": ["1"]}, "errors": {}}
    papers = await queries.papers_of_draft(draft)
    assert [paper.name for paper in papers] == [NAME, "trang-2.pdf"]
    assert papers[0].digest == hashlib.sha256(PDF).hexdigest()
    assert list(staging.folder().iterdir()) == []


async def test_a_plain_form_says_beside_the_field_what_is_wrong_and_keeps_the_rest(
    hung: Actor, draft: UUID, slot: str, browse: Browse
) -> None:
    browser = await browse(hung)
    field = f"tep_{slot}"
    answer = await browser.post(
        f"/bieu-mau/{draft}",
        data={"ho_ten": "Lan"},
        files=[(field, (NAME, PDF)), (field, ("to.pdf", b"%PDF-1.7" + bytes(25 * 1024 * 1024)))],
    )
    assert answer.status_code == 201
    assert answer.json()["fields"] == {"ho_ten": ["Lan"]}
    assert "Tệp vượt quá 20 MB" in answer.json()["errors"][field]
    assert [paper.name for paper in await queries.papers_of_draft(draft)] == [NAME]
    assert list(staging.folder().iterdir()) == []


async def test_a_form_cut_short_leaves_nothing(
    hung: Actor, draft: UUID, slot: str, browse: Browse
) -> None:
    async def cut() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="tep_a"; filename="a.pdf"\r\n\r\n%PDF'

    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    browser = await browse(hung)
    answer = await browser.post(f"/bieu-mau/{draft}", headers=kind, content=cut())
    assert answer.status_code == 422
    assert list(staging.folder().iterdir()) == []


async def test_a_form_of_endless_text_is_refused(hung: Actor, draft: UUID, browse: Browse) -> None:
    browser = await browse(hung)
    answer = await browser.post(f"/bieu-mau/{draft}", data={"a": "x" * 1_100_000}, files={"b": b""})
    assert answer.status_code == 413


async def test_a_form_of_another_site_uploads_nothing(
    hung: Actor, draft: UUID, slot: str, browse: Browse
) -> None:
    browser = await browse(hung)
    browser.headers["Origin"] = "http://laocai.localhost"
    assert (await announce(browser, draft, slot)).status_code == 403


async def test_a_large_form_is_not_held_in_memory(
    hung: Actor, draft: UUID, slot: str, browse: Browse
) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield f'--x\r\nContent-Disposition: form-data; name="tep_{slot}"; '.encode()
        yield b'filename="a.pdf"\r\n\r\n'
        for _ in range(120):
            yield os.urandom(1024 * 1024)
        yield b"\r\n--x--\r\n"

    before = memory()
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await (await browse(hung)).post(f"/bieu-mau/{draft}", headers=kind, content=body())
    assert "Tệp vượt quá 20 MB" in answer.text
    assert memory() - before < 60 * 1024 * 1024


def memory() -> int:
    """Bytes of this process that are in memory."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
