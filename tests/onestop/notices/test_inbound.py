"""What people write to the service number, and what they are answered."""

from datetime import timedelta

import httpx
import pytest
from litestar import Litestar

from app.doors.failures import HANDLERS
from app.doors.inbound import inbound_routes
from app.onestop.notices import answering, inbound
from app.onestop.notices.inbound import Before, Kind, Outcome, understand
from infra.clock import frozen, now
from tenants import db
from tenants.current import current
from tenants.work import work
from tests.onestop.notices.conftest import PHONE, Told

CODE = "H08.21583-261120-0007"


@pytest.mark.parametrize(
    "text",
    [
        f"HCC {CODE}", f"hcc   {CODE.lower()}", f"HCC BD {CODE}", f"hcc binhdinh {CODE}",
        "HCC H08.21583 261120 0007", "HCC H08.21583-261120 0007", "hcc bd H08.21583 2611200007",
        "HCC H08.215832611200007", f"HCC{CODE}", CODE, f"HCC: {CODE}.", f"HCC “{CODE}”",
        "HCC H08.21583–261120–0007",
    ],
)  # fmt: skip
def test_a_code_is_understood_however_it_is_typed(text: str) -> None:
    wanted = understand(text)
    assert wanted.kind is Kind.LOOKUP and CODE in wanted.codes, wanted


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("STOP", Kind.STOP), ("hcc dừng", Kind.STOP), ("TC", Kind.STOP), ("Từ chối", Kind.STOP),
        ("HCC bật", Kind.START), ("HCC", Kind.HELP), ("HCC HELP", Kind.HELP), ("", Kind.HELP),
        ("trợ giúp", Kind.HELP), ("chào anh chị", Kind.UNKNOWN), ("HCC 0905000301", Kind.UNKNOWN),
        ("bat", Kind.UNKNOWN), ("😀" * 400, Kind.HELP), ("HCC " + "A-1" * 99, Kind.UNKNOWN),
    ],
)  # fmt: skip
def test_orders_help_and_nonsense_are_told_apart(text: str, kind: Kind) -> None:
    assert understand(text).kind is kind


def test_lookups_are_answered_in_measure_and_directions_once_a_day() -> None:
    assert inbound.outcome(Kind.LOOKUP, Before(4, 19)) is Outcome.ANSWERED
    assert inbound.outcome(Kind.LOOKUP, Before(5, 5)) is Outcome.LIMITED
    assert inbound.outcome(Kind.LOOKUP, Before(0, 20)) is Outcome.LIMITED
    for kind in (Kind.HELP, Kind.UNKNOWN, Kind.STOP):
        assert inbound.outcome(kind, Before()) is Outcome.ANSWERED
        assert inbound.outcome(kind, Before(0, 0, 1)) is Outcome.SILENT
    assert inbound.kept("so  079203001234 cua toi") == "so ***234 cua toi"


async def write(text: str, number: str = PHONE, their_id: str = "") -> str | None:
    """Send a message in; the answer's text, or None when there is none."""
    async with work():
        await answering.take("kannel", their_id, number, text)
    return await db.tenant.fetch_value(
        "select n.text from inbound_message i left join notice n on n.id = i.answer_id"
        " order by i.came_at desc, i.id desc limit 1"
    )


async def test_everybody_learns_the_status_and_only_the_own_number_more(dossier: Told) -> None:
    own = await write(f"hcc bd {dossier.code.lower()}")
    assert own and "Dang ky khai sinh" in own and "hen tra 17:00 27/11/2026" in own
    other = await write(f"HCC {dossier.code}", "0905000399")
    assert other and "Duoc tiep nhan, hen tra 17:00 27/11/2026" in other
    assert "khai sinh" not in other and "Hung" not in other
    linked = await db.tenant.fetch("select phone from notice where dossier_id is not null")
    assert [row["phone"] for row in linked] == [PHONE]
    assert "Khong tim thay" in (await write("HCC H99.99999-261120-9999") or "")
    await db.tenant.execute("update dossier set status = 8, finished_at = $1", now())
    ended = await write(f"HCC {dossier.code}", "0905000399", "again")
    assert ended and "Dung xu ly" in ended and "hen tra" not in ended


async def test_the_same_message_again_and_too_many_are_not_answered(dossier: Told) -> None:
    for _ in range(2):
        await write(f"HCC {dossier.code}", their_id="m1")
    assert await db.tenant.fetch_value("select count(*) from inbound_message") == 1
    for number in range(2, 7):
        answer = await write(f"HCC {dossier.code}", their_id=f"m{number}")
    assert answer is None
    assert await write("xin chao", "0905000399") and await write("?", "0905000399")
    assert await write("xin chao ban", "0905000399") is None
    assert await write("HCC DUNG") and await write("stop") is None
    stopped = await db.tenant.fetch_value("select phone from notice_stop where resumed_at is null")
    assert stopped == PHONE
    await write("HCC BAT")
    assert await db.tenant.fetch_value("select resumed_at is not null from notice_stop")
    with frozen(now() + timedelta(hours=2)):
        assert await write(f"HCC {dossier.code}", their_id="m9")


async def test_the_door_takes_what_comes_to_the_signed_address_alone(dossier: Told) -> None:
    address = answering.inbound_address(current())
    told = {"from": PHONE, "text": f"HCC {dossier.code}"}
    transport = httpx.ASGITransport(Litestar([inbound_routes], exception_handlers=HANDLERS))
    async with httpx.AsyncClient(transport=transport) as provider:
        assert (await provider.get(address, params={**told, "id": "1"})).status_code == 204
        posted = await provider.post(address, data={**told, "id": "2"})
        assert (posted.status_code, posted.content) == (204, b"")
        assert (await provider.get(address[:-4] + "xxxx", params=told)).status_code == 404
        nobody = address.replace(current().slug, "khong-co")
        assert (await provider.get(nobody, params=told)).status_code == 404
    assert await db.tenant.fetch_value("select count(*) from inbound_message") == 2
