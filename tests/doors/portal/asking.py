"""A dossier of the citizen's that stands where something is asked of its citizen."""

from datetime import timedelta

from app.onestop.dossiers import service
from app.onestop.slips.shapes import SupplementItem
from infra import clock
from tenants.work import work
from tests import cast
from tests.doors.browsing import MONDAY
from tests.onestop.dossiers.story import submitted

NOTE_NAME = "Giấy chứng sinh hoặc giấy tờ thay thế"
ITEMS = [
    SupplementItem(name=NOTE_NAME, form="original", reason_code="unreadable"),
    SupplementItem(name="Ảnh chụp sổ hộ khẩu cũ", reason_code="not_enough", note="Cả hai mặt"),
]
BIRTH_NOTE, OTHER = "giay-chung-sinh", "bo-sung-1-1"


async def filed(citizen):
    """A birth filed a little earlier: what comes at the very moment of a request is an answer."""
    with clock.frozen(MONDAY - timedelta(minutes=5)):
        return await submitted(citizen)


async def received(citizen):
    """A birth filed and received."""
    dossier = await filed(citizen)
    async with work():
        await service.receive(await cast.officer(cast.LAN), dossier.code, None)
    return dossier.code


async def at_work(citizen):
    """The same in the specialist's hands."""
    code = await received(citizen)
    async with work():
        await service.hand_over(await cast.officer(cast.LAN), code, None)
    return code


async def asked(citizen, *, before_reception=False, items=ITEMS):
    """The same, and papers are asked for."""
    if before_reception:
        code, who = (await filed(citizen)).code, cast.LAN
    else:
        code, who = await at_work(citizen), cast.HOA
    async with work():
        await service.ask_supplement(
            await cast.officer(who), code, None, items=items,
            reply_by=MONDAY + timedelta(days=10), note="Chụp rõ bốn góc",
        )  # fmt: skip
    return code
