"""A citizen keeps the papers the agency gave; nobody else's."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from app.onestop.dossiers import service
from app.onestop.slips.queries import slips_of
from tenants.work import work
from tests import cast
from tests.onestop.dossiers.story import submitted

pytestmark = pytest.mark.usefixtures("monday")


async def _received(citizen):
    dossier = await submitted(citizen)
    async with work():
        await service.receive(await cast.officer(cast.LAN), dossier.code, None)
    (slip,) = await slips_of(dossier.code)
    return dossier.code, f"/da-nop/{dossier.code}/phieu/{slip.id}"


async def test_the_citizen_keeps_one_copy_of_the_receipt(browse, province):
    hung = await cast.citizen()
    code, address = await _received(hung)
    browser = await browse(province, hung)
    page = (await browser.get(f"/da-nop/{code}")).text
    assert "Giấy tờ cơ quan đã cấp" in page and address in page
    answer = await browser.get(address)
    assert answer.headers["content-type"] == "application/pdf"
    pages = PdfReader(BytesIO(answer.content)).pages
    assert len(pages) == 1
    assert "Liên: Giao người nộp hồ sơ" in pages[0].extract_text()


async def test_nobody_else_opens_it(browse, province, neighbour):
    _, address = await _received(await cast.citizen())
    other = await cast.citizen("Lê Thị Mai", "mai.le")
    stranger = await cast.at(neighbour, cast.citizen("Người Ngoài", "ngoai"))
    for browser in (await browse(province, other), await browse(neighbour, stranger)):
        assert (await browser.get(address)).status_code == 404
    officer = await browse(province, await cast.officer(cast.LAN))
    assert (await officer.get(address)).status_code != 200
    assert (await (await browse(province)).get(address)).status_code != 200
