"""What is wanting: a filing refused, papers asked for and supplied, by whom and how often."""

from datetime import timedelta

import pytest

from app.onestop.deadlines.ledger import of
from app.onestop.deadlines.queries import audit_of, entries_of, standing_of
from app.onestop.deadlines.shapes import ClockName
from app.onestop.dossiers import queries, refusals, service
from app.onestop.dossiers.rules import Status
from app.onestop.papers.uploading import attach_as
from app.onestop.slips.queries import slip_of, slips_of
from app.onestop.slips.rules import BY_ITSELF
from app.onestop.slips.shapes import Receipt
from app.refusals import Malformed, Overtaken
from infra.clock import frozen, now
from storage import service as storage
from tenants.shapes import Tenant
from tests import cast
from tests.onestop.dossiers.doings import ITEMS, MONDAY, at_specialist, crew, doing, events, forms
from tests.onestop.dossiers.story import submitted, turn
from tests.storage.samples import pdf


async def test_a_refusal_says_why_on_form_03_and_by_message(province: Tenant) -> None:
    lan, _, _ = await crew()
    code = (await submitted(await cast.citizen())).code
    with pytest.raises(Malformed):
        await doing(service.refuse, lan, code, None, reason_code="", reason="")
    dossier = await doing(service.refuse, lan, code, None, reason_code="not_competent")
    assert dossier.status == Status.NOT_RECEIVED
    assert await forms(code) == ["03"]
    assert (await events(dossier))[-1] == "TU_CHOI"
    with pytest.raises(Overtaken):
        await doing(service.receive, lan, code, None)


async def test_papers_wanting_before_reception_bring_it_back_to_the_desk(province: Tenant) -> None:
    hung, (lan, _, _) = await cast.citizen(), await crew()
    code = (await submitted(hung)).code
    by = now() + timedelta(days=10)
    asked = await doing(service.ask_supplement, lan, code, None, items=ITEMS, reply_by=by)
    assert (asked.status, asked.pause) == (Status.SUPPLEMENT_ASKED, "supplement")
    waiting = await standing_of(asked.id, ClockName.RECEPTION)
    assert waiting is not None and waiting.paused_since is not None
    with pytest.raises(refusals.NothingNew):
        await doing(service.supplement, hung, code, None)
    upload = await storage.receive(
        pdf(2), "ro-hon.pdf", f"citizen:{hung.id}", target=f"dossier:{asked.id}",
        slot="giay-chung-sinh", attach=attach_as(hung),
    )  # fmt: skip
    assert upload.state == "present"
    back = await doing(service.supplement, hung, code, None)
    assert (back.status, back.pause, back.received_at) == (Status.REGISTERED, None, None)
    received = await doing(service.receive, lan, code, None)
    assert received.status == Status.RECEIVED
    entries = of(await entries_of(asked.id), ClockName.RECEPTION)
    assert [each.kind for each in entries] == ["start", "pause", "restart", "stop"]
    assert (entries[0].amount, entries[0].unit) == (entries[2].amount or 8, "working_hours")
    assert await audit_of(asked.id) == []


async def test_nobody_times_the_desk_once_the_filing_is_refused_or_withdrawn(
    province: Tenant,
) -> None:
    hung, (lan, _, _) = await cast.citizen(), await crew()
    refused = await submitted(hung)
    await doing(service.refuse, lan, refused.code, None, reason_code="not_competent")
    withdrawn = await submitted(hung)
    await doing(service.withdraw, hung, withdrawn.code, None, reason="Tôi nộp nhầm.")
    for dossier in (refused, withdrawn):
        clock = await standing_of(dossier.id, ClockName.RECEPTION)
        assert clock is not None and clock.stopped_at is not None


async def test_after_a_supplement_the_time_starts_again_from_zero(province: Tenant) -> None:
    lan, hoa, _ = await crew()
    with frozen(MONDAY):
        code = await at_specialist()
        asked = await doing(service.ask_supplement, hoa, code, None, items=ITEMS, reply_by=MONDAY)
        first = asked.due_at
    with frozen(MONDAY + timedelta(days=3)):
        assert (await queries.dossier_page(code, hoa)).remaining is None  # type: ignore[union-attr]
        back = await doing(service.supplement, lan, code, None)
        assert back.status == Status.PROCESSING
        assert back.due_at == first + timedelta(days=3)
        assert (await turn(back))["due_at"] > MONDAY + timedelta(days=3)
        standing = await standing_of(back.id)
    assert standing is not None
    assert (standing.due_at, standing.restarts) == (back.due_at, 1)
    assert await forms(code) == ["01", "01", "02"]
    assert (await events(back))[-2:] == ["BO_SUNG", "DA_BO_SUNG"]


async def test_papers_sent_online_bring_a_new_receipt_that_no_officer_signs(
    province: Tenant,
) -> None:
    hung, (lan, hoa, _) = await cast.citizen(), await crew()
    with frozen(MONDAY):
        code = (await submitted(hung)).code
        await doing(service.receive, lan, code, None)
        await doing(service.hand_over, lan, code, None)
        asked = await doing(service.ask_supplement, hoa, code, None, items=ITEMS, reply_by=MONDAY)
    with frozen(MONDAY + timedelta(days=3)):
        await storage.receive(
            pdf(2), "ro-hon.pdf", f"citizen:{hung.id}", target=f"dossier:{asked.id}",
            slot="giay-chung-sinh", attach=attach_as(hung),
        )  # fmt: skip
        back = await doing(service.supplement, hung, code, None)
    new, _, old = await slips_of(code)
    assert (new.form, new.replaced, old.form, old.replaced) == ("01", False, "01", True)
    assert (new.officer, old.officer) == (BY_ITSELF, lan.name)
    slip = await slip_of(code, new.id)
    assert slip is not None and isinstance(slip.content, Receipt)
    assert (slip.content.due_at, slip.content.officer) == (back.due_at, BY_ITSELF)


async def test_a_second_request_is_the_leaders_who_knows_what_it_means(province: Tenant) -> None:
    lan, hoa, minh = await crew()
    code, by = await at_specialist(), now() + timedelta(days=10)
    await doing(service.ask_supplement, hoa, code, None, items=ITEMS, reply_by=by)
    await doing(service.supplement, lan, code, None)
    with pytest.raises(refusals.LeaderAsksAgain):
        await doing(service.ask_supplement, hoa, code, None, items=ITEMS, reply_by=by)
    again = {"items": ITEMS, "reply_by": by, "again": True}
    with pytest.raises(refusals.NotConfirmed):
        await doing(service.ask_supplement, minh, code, None, **again)
    asked = await doing(service.ask_supplement, minh, code, None, **again, confirmed=True)
    assert (asked.requests, asked.status) == (2, Status.SUPPLEMENT_ASKED)
