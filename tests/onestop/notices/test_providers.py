"""Several providers at once, as real servers: eSMS and Viettel played, and a mail server."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from app.onestop.notices import choosing, jobs, providers, reports, service
from app.onestop.notices.gateways import mapping
from app.onestop.notices.gateways.mapped import shipped
from app.onestop.notices.gateways.shapes import NotTaken, Outgoing, Refused, Unknown
from app.onestop.notices.rules import Report
from app.people.shapes import SYSTEM
from infra.clock import frozen, now
from infra.settings import BadSetting, settings
from tenants import db, work
from tests.onestop.notices.brandnames import Brandnames
from tests.onestop.notices.conftest import Told

ESMS = {"name": "esms", "driver": "esms", "username": "app", "password": "app-pass"}
VIETTEL = {"name": "viettel", "driver": "viettel", "options": {"cp_code": "BD"}, "priority": 2}


@pytest.fixture
def brands() -> Iterator[Brandnames]:
    with Brandnames() as server:
        yield server


@pytest.fixture
async def listed(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    """`listed({…}, {…})` makes these the deployment's providers."""

    def make(*chosen: dict[str, Any]) -> None:
        monkeypatch.setenv("MOTCUA_SMS_PROVIDERS", json.dumps(chosen))
        settings.cache_clear()

    yield make
    monkeypatch.undo()
    settings.cache_clear()


async def _tell(dossier: Told, occasion: str = "1") -> UUID:
    async with work.work():
        notice = await service.notify(dossier, "CO_KQ", occasion=occasion)
    assert notice is not None
    return notice


async def _row(notice: UUID) -> dict[str, Any]:
    row = await db.tenant.fetch_row("select * from notice where id = $1", notice)
    assert row is not None
    return dict(row)


async def _attempts(notice: UUID) -> list[tuple[str, str | None]]:
    rows = await db.tenant.fetch(
        "select provider, result from notice_attempt where notice_id = $1 order by number", notice
    )
    return [(row["provider"], row["result"]) for row in rows]


async def _later() -> None:
    with frozen(now() + timedelta(minutes=3)):
        await jobs.send_notices()


async def _report(notice: UUID, number: int, **fields: str) -> bool:
    async with work.work():
        return await reports.take(notice, number, fields)


async def test_esms_takes_a_message_and_its_callback_is_read(
    dossier: Told, brands: Brandnames, listed: Any
) -> None:
    listed({**ESMS, "url": brands.url, "brand": "BINHDINH"})
    notice = await _tell(dossier)
    await jobs.send_notices()
    (sent,) = brands.taken
    assert (sent["Phone"], sent["Brandname"], sent["RequestId"]) == (
        "0905000301", "BINHDINH", str(notice),
    )  # fmt: skip
    assert (await _row(notice))["provider_ref"] == "d533"
    assert await _report(notice, 1, SendStatus="5", SendSuccess="1", SendFailed="0")
    assert (await _row(notice))["state"] == "delivered"
    assert not await _report(notice, 2, SendStatus="5")


async def test_esms_is_asked_by_repeating_which_sends_nothing_twice(
    dossier: Told, brands: Brandnames, listed: Any
) -> None:
    listed({**ESMS, "url": brands.url}, {**VIETTEL, "url": brands.url})
    brands.drop = 1
    notice = await _tell(dossier)
    await jobs.send_notices()
    assert await _attempts(notice) == [("esms", "unknown")]
    await _later()
    assert len(brands.taken) == 1
    assert await _attempts(notice) == [("esms", "taken")]


async def test_a_provider_that_is_away_is_replaced_at_once_and_left_after_three(
    dossier: Told, brands: Brandnames, listed: Any
) -> None:
    gone = {**ESMS, "url": "http://127.0.0.1:9", "lines": 1}
    listed(gone, {**VIETTEL, "url": brands.url})
    told = [await _tell(dossier, str(number)) for number in range(6)]
    await jobs.send_notices()
    assert len(brands.taken) == 6
    assert brands.taken[0]["ReceiverID"] == "84905000301"
    ended = sorted([await _attempts(notice) for notice in told])
    assert ended.count([("esms", "later"), ("viettel", "taken")]) == 3
    assert ended.count([("esms", "spared"), ("viettel", "taken")]) == 3
    after = await _tell(dossier, "after")
    await jobs.send_notices()
    assert await _attempts(after) == [("viettel", "taken")]


async def test_who_cannot_be_asked_leaves_a_doubt_and_a_second_one_is_marked(
    dossier: Told, brands: Brandnames, listed: Any
) -> None:
    listed({**VIETTEL, "url": brands.url})
    brands.drop = 1
    notice = await _tell(dossier)
    await jobs.send_notices()
    assert (await _row(notice))["state"] == "in_doubt"
    async with work.work():
        await service.resend(SYSTEM, notice)
    await jobs.send_notices()
    row = await _row(notice)
    assert (row["state"], row["doubled"], row["tried"]) == ("sent", "perhaps", 2)
    async with work.work():
        await reports.take_report(notice, Report.FAILED, 1)
    row = await _row(notice)
    assert (row["state"], row["doubled"]) == ("sent", "surely")


async def test_a_tenant_lays_its_own_choices_over_the_deployments(
    dossier: Told, brands: Brandnames, listed: Any
) -> None:
    listed({**ESMS, "url": "http://127.0.0.1:9"}, {**VIETTEL, "url": brands.url})
    login = providers.Login("app", "app-pass")
    await providers.choose("esms", {"url": brands.url, "brand": "QUYNHON"}, login)
    await providers.choose("viettel", {"enabled": False})
    assert list(await providers.of_tenant()) == ["esms"]
    await _tell(dossier)
    await jobs.send_notices()
    assert [sent["Brandname"] for sent in brands.taken] == ["QUYNHON"]
    kept = await db.tenant.fetch_value("select sealed from notice_provider where name = 'esms'")
    assert b"app-pass" not in kept
    with pytest.raises(msgspec.ValidationError):
        await providers.choose("moi", {"driver": "esms"})
    await providers.choose("moi", {"driver": "khong-co", "url": brands.url})
    assert list((await choosing.read()).providers) == ["esms"]


def test_a_list_that_cannot_be_read_stops_the_program(listed: Any) -> None:
    listed({"name": "x", "driver": "esms", "url": "ftp://x"})
    with pytest.raises(BadSetting, match="MOTCUA_SMS_PROVIDERS"):
        providers.deployment()


MESSAGE = Outgoing(
    reference="r-1", to="+84905000301", text='A & <b> "x"', brand="BD", unicode=False,
    report_to="http://x/y",
)  # fmt: skip


@pytest.mark.asvs("1.2.1", "1.2.2", "1.2.3")
def test_a_text_cannot_break_out_of_the_call_it_is_put_into() -> None:
    shape = shipped()["viettel"]
    own = {"username": "u", "password": "p", "cp_code": "c"}
    _, _, body, _ = mapping.written(shape.send, mapping.values_of(shape, MESSAGE, own))
    assert b"<Content>A &amp; &lt;b&gt;" in body
    _, _, body, _ = mapping.written(
        shipped()["esms"].send, mapping.values_of(shipped()["esms"], MESSAGE, own)
    )
    assert msgspec.json.decode(body)["Content"] == MESSAGE.text
    with pytest.raises(KeyError):
        mapping.written(shape.send, mapping.values_of(shape, MESSAGE, {}))


@pytest.mark.parametrize(
    ("code", "kind"), [("101", NotTaken), ("99", Refused), ("999", Unknown), ("", Unknown)]
)
def test_codes_mean_what_the_mapping_says_and_the_rest_is_a_doubt(code: str, kind: type) -> None:
    found = {"code": code, "reference": "", "parts": "", "error": ""}
    with pytest.raises(kind):
        mapping.judged(shipped()["esms"].codes, found)


@pytest.mark.asvs("1.5.1")
@pytest.mark.parametrize(
    "body", [b"", b"<a", b"{", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"\xff\xfe"]
)
def test_an_answer_nobody_can_read_is_a_doubt(body: bytes) -> None:
    for shape in shipped().values():
        with pytest.raises(Unknown):
            mapping.read(shape.answer, body)


def test_done_with_a_failure_is_a_failure() -> None:
    lines = shipped()["esms"].reports
    assert mapping.report_of(lines, {"SendStatus": "5", "SendFailed": "1"}) is Report.FAILED
    assert mapping.report_of(lines, {"SendStatus": "4"}) is Report.REJECTED
    assert mapping.report_of(lines, {"SendStatus": "2"}) is None
