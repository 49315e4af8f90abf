"""Limits at work on a real database: what is held, who lets it go, which wording is sent."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from app.onestop.notices import (
    allowance,
    clearance,
    limit_book,
    preferences,
    service,
    templating,
    trouble,
    warnings,
)
from app.onestop.notices.limits import Hold, Limits
from app.onestop.notices.refusals import NotHeld, WordingFaulty, WordingSettled
from app.onestop.notices.wording import Verdict
from app.refusals import Malformed
from billing import collect, meter, quota
from billing.agreed import Contract
from billing.queries import overview
from infra.clock import frozen, now
from infra.ids import uuid7
from tenants import db
from tenants.current import current
from tenants.work import work
from tests import cast
from tests.onestop.notices.conftest import PHONE, Told

_REAL = Path("billing/contracts/bd_2023.json").read_bytes()
TODAY = datetime(2026, 11, 20, tzinfo=UTC).date()


async def tell(dossier: Told, event: str = "CO_KQ", occasion: str = "1", **values) -> UUID:
    async with work():
        notice = await service.notify(dossier, event, occasion=occasion, **values)
    assert notice is not None
    return notice


async def sift(*notices: UUID):
    async with work():
        return await clearance.sift(notices)


async def row(notice: UUID) -> dict:
    return dict(await db.tenant.fetch_row("select * from notice where id = $1", notice))


async def decide(**limits) -> None:
    async with work():
        await limit_book.decide(await cast.officer(cast.THU), Limits(**limits))


async def test_what_is_over_the_limit_waits_its_hour_and_the_rest_counts_once(
    dossier: Told,
) -> None:
    await decide(number_an_hour=2)
    many = [await tell(dossier, occasion=str(n)) for n in range(3)]
    assert (await sift(*many)).held == {many[2]}
    assert (await sift(*many[:2])).held == set()  # a second attempt is not counted again
    held = await row(many[2])
    assert (held["state"], held["hold"]) == ("held", "number_hour")
    assert "đã nhận đủ số tin" in held["error"]
    hour = await db.tenant.fetch_row("select messages, parts from notice_hour")
    assert tuple(hour) == (2, 2)
    assert await clearance.any_to_release() is False
    with frozen(now() + timedelta(minutes=61)):
        assert await clearance.any_to_release()
        assert await clearance.release_held() is False
        assert (await row(many[2]))["state"] == "pending"
        assert (await sift(many[2])).held == set()


async def test_what_looks_like_fraud_waits_for_a_person_and_warns_once(dossier: Told) -> None:
    await decide(surge_from=100, number_an_hour=1000)
    thu = await cast.officer(cast.THU)
    await db.tenant.execute(
        "insert into notice_hour (hour, parts) values (date_trunc('hour', $1::timestamptz), 99)",
        now(),
    )
    first, second, third = [await tell(dossier, occasion=str(n)) for n in range(3)]
    assert (await sift(first, second, third)).held == {second, third}
    (warning,) = await warnings.latest()
    assert warning.kind == "surge" and "tăng đột ngột" in warning.sentence
    async with work():
        assert await clearance.let_go(thu, [second]) == 1
        assert await clearance.give_up(thu, [third], "gửi nhầm") == 1
    assert (await sift(second)).held == set()
    dropped = await row(third)
    assert (dropped["state"], dropped["error"]) == ("dropped", "Không gửi: gửi nhầm")
    with pytest.raises(NotHeld):
        async with work():
            await clearance.let_go(thu, [third])
    assert await clearance.held_for(Hold.SURGE) == []


async def test_limits_that_stop_everything_or_nothing_are_refused(province) -> None:
    for wrong in ({"number_an_hour": 0}, {"parts_a_day": 1}, {"parts_a_message": 13}):
        with pytest.raises(Malformed) as refused:
            await decide(**wrong)
        assert list(refused.value.fields) == list(wrong)


async def test_an_own_wording_is_sent_only_where_its_operator_approved_it(dossier: Told) -> None:
    thu = await cast.officer(cast.THU)
    text = "{CQ}: Ho so {MA} xong roi, moi den {NOI}"
    async with work():
        with pytest.raises(WordingFaulty, match="wording_faulty"):
            await templating.write(thu, "CO_KQ", "Ho so {MA} cua {TEN}")
        version = await templating.write(thu, "CO_KQ", text)
    assert (await row(await tell(dossier)))["template_version"] == 1
    async with work():
        await templating.put_in_use(thu, "CO_KQ", version)
    told = await row(await tell(dossier, occasion="2"))
    assert told["template_version"] == version and "xong roi" in told["text"]

    async with work():
        await templating.set_line(thu, "BINHDINH", "esms", needs_approval=True)
    assert (await sift(told["id"])).held == {told["id"]}
    assert (await row(told["id"]))["hold"] == "template"
    with pytest.raises(WordingSettled):
        async with work():
            await templating.judge(thu, ("CO_KQ", version), ("BINHDINH", "esms"),
                                   Verdict.APPROVED, TODAY)  # fmt: skip
    async with work():
        for said in (Verdict.SUBMITTED, Verdict.APPROVED):
            await templating.judge(thu, ("CO_KQ", version), ("BINHDINH", "esms"), said, TODAY)
    assert (await row(told["id"]))["state"] == "pending"
    assert (await sift(told["id"])).held == set()

    async with work():
        newer = await templating.write(thu, "CO_KQ", text + " nhe")
        await templating.put_in_use(thu, "CO_KQ", newer)
    assert (await row(await tell(dossier, occasion="3")))["template_version"] == version
    async with work():
        await templating.set_line(thu, "BINHDINH", "kannel", needs_approval=False)
        await templating.retire(thu, "CO_KQ", version)
    third = await row(await tell(dossier, occasion="4"))
    assert third["template_version"] == newer
    cleared = await sift(third["id"])
    assert (cleared.held, cleared.but[third["id"]]) == (set(), ("esms",))


async def test_who_stopped_or_declined_is_told_only_what_the_law_demands(dossier: Told) -> None:
    async with work():
        await preferences.stop(PHONE)
    dropped = await row(await tell(dossier, "RUT"))
    assert (dropped["state"], dropped["error"]) == (
        "dropped", "Số này đã nhắn tin đề nghị ngừng nhận tin.",
    )  # fmt: skip
    assert (await row(await tell(dossier, "CO_KQ")))["state"] == "pending"
    async with work():
        await preferences.resume(PHONE)
    assert (await row(await tell(dossier, "RUT", "2")))["state"] == "pending"
    hung = await cast.citizen()
    await db.tenant.execute("update dossier set citizen_id = $1", hung.id)
    async with work():
        await preferences.choose(hung, "none")
    assert (await row(await tell(dossier, "RUT", "3")))["state"] == "dropped"
    with pytest.raises(preferences.NoEmail):
        async with work():
            await preferences.choose(hung, "both", "khong-phai-thu")


async def test_a_notice_of_nobody_is_not_sifted(province) -> None:
    assert await sift(uuid7()) == clearance.Cleared(set(), {})


async def test_the_allowance_of_the_contract_warns_once_at_each_level(province) -> None:
    month = now().date().replace(day=1)
    assert (await allowance.terms_on(month)).unit_price == 650  # no contract: the dated list
    contract = msgspec.json.decode(_REAL)
    contract["tenant_slug"] = current().slug
    contract["term"] |= {"start_on": f"{month:%Y}-01-01", "end_on": f"{month.year + 2}-12-31"}
    line = next(line for line in contract["lines"] if line["meter"] == "notice.part")
    line["pricing"] |= {"included": 10, "unit_price": 500}
    held = msgspec.convert(contract, Contract)
    await db.control.execute(
        "insert into contract (tenant_id, tenant_slug, id, version, document, start_on, end_on,"
        " digest, loaded_at) values ($1, $2, 'T', 1, $3, $4, $5, '', now())",
        *(current().id, current().slug, msgspec.json.encode(held).decode()),
        *(held.term.start_on, held.term.end_on),
    )
    terms = await allowance.terms_on(month)
    assert (terms.unit_price, terms.included, bool(terms.clause)) == (500, 10, True)
    for parts, levels in ((7, []), (1, [80]), (0, [80]), (4, [100, 80])):
        async with work():
            await meter.count(
                f"x{parts}", "notice.part", quantity=parts, subject="s", occurred_at=now()
            )
        await collect.collect()
        await quota.watch()
        told = await quota.warnings(current().id)
        assert [one.percent for one in told] == levels
    assert (told[0].kind, told[0].quantity, told[0].allowed) == ("included", 12, 10)
    (shown,) = [row for row in await overview() if row.slug == current().slug]
    assert shown.notice_percent == 100  # the vendor sees it too


async def test_a_letter_is_not_held_is_shown_masked_and_is_told_anew(dossier: Told) -> None:
    letter = uuid7()
    await db.tenant.execute(
        "insert into notice (id, dossier_id, event, fact, channel, email, subject, text, encoding,"
        " parts, state, next_at, created_at, sent_at) values ($1, $2, 'CO_KQ', 'f', 'email',"
        " 'hung.tran@example.vn', 's', 't', 'MAIL', 1, 'failed', $3, $3, $3)",
        *(letter, dossier.id, now()),
    )
    assert (await sift(letter)).held == set()
    (line,) = (await trouble.troubles(None)).lines
    assert "hung" not in line.phone and line.may_resend and "gọi điện" in line.advice
    async with work():
        await service.resend(await cast.officer(cast.LAN), letter)
    again = await db.tenant.fetch_row("select * from notice where id <> $1", letter)
    assert (again["channel"], again["email"], again["state"]) == (
        "email", "hung.tran@example.vn", "pending",
    )  # fmt: skip
