"""What the law knows beside the straight way: each act on a real tenant, with all it brings."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from app.onestop.deadlines.ledger import of
from app.onestop.deadlines.queries import audit_of, entries_of, standing_of
from app.onestop.deadlines.shapes import ClockName
from app.onestop.dossiers import queries, refusals, service
from app.onestop.dossiers.rules import Act, Status
from app.onestop.dossiers.shapes import Correction
from app.onestop.papers.uploading import attach_as
from app.onestop.slips.queries import slip_of, slips_of
from app.onestop.slips.rules import BY_ITSELF
from app.onestop.slips.shapes import Receipt, SupplementItem
from app.people.shapes import Actor
from app.refusals import Malformed, NotFound, Overtaken
from infra.clock import frozen, now
from storage import service as storage
from tenants import db
from tenants.shapes import Tenant
from tenants.work import work
from tests import cast
from tests.onestop.dossiers.story import agency, on_paper, result_file, submitted, turn, walked
from tests.storage.samples import pdf

MONDAY = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)  # 09:30 in Vietnam
ITEMS = [SupplementItem(name="Giấy chứng sinh", reason_code="unreadable")]


async def doing(verb: Any, *args: Any, **options: Any) -> Any:
    async with work():
        return await verb(*args, **options)


async def crew() -> tuple[Actor, Actor, Actor]:
    lan, hoa, minh = [await cast.officer(name) for name in (cast.LAN, cast.HOA, cast.MINH)]
    return lan, hoa, minh


async def at_specialist() -> str:
    """A paper dossier in Hoa's hands."""
    lan, _, _ = await crew()
    code: str = (await doing(service.intake, lan, on_paper())).code
    await doing(service.hand_over, lan, code, None)
    return code


async def events(dossier: Any) -> list[str]:
    rows = await db.tenant.fetch(
        "select event from notice where dossier_id = $1 order by id", dossier.id
    )
    return [row["event"] for row in rows]


async def forms(code: str) -> list[str]:
    return sorted(slip.form for slip in await slips_of(code))


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
    by = MONDAY + timedelta(days=10)
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
    code = await at_specialist()
    await doing(service.ask_supplement, hoa, code, None, items=ITEMS, reply_by=MONDAY)
    await doing(service.supplement, lan, code, None)
    with pytest.raises(refusals.LeaderAsksAgain):
        await doing(service.ask_supplement, hoa, code, None, items=ITEMS, reply_by=MONDAY)
    again = {"items": ITEMS, "reply_by": MONDAY, "again": True}
    with pytest.raises(refusals.NotConfirmed):
        await doing(service.ask_supplement, minh, code, None, **again)
    asked = await doing(service.ask_supplement, minh, code, None, **again, confirmed=True)
    assert (asked.requests, asked.status) == (2, Status.SUPPLEMENT_ASKED)


async def test_a_payment_stops_the_clock_for_exactly_as_long(province: Tenant) -> None:
    lan, hoa, _ = await crew()
    with frozen(MONDAY):
        code = await at_specialist()
        asked = await doing(service.ask_payment, hoa, code, None, pay_by=MONDAY, note="Lệ phí")
        due = asked.due_at
        assert (asked.status, asked.finance) == (Status.PAYMENT_ASKED, "due")
    with frozen(MONDAY + timedelta(hours=1)):
        paid = await doing(service.confirm_payment, lan, code, None)
    assert (paid.status, paid.finance) == (Status.PROCESSING, "paid")
    # 17:00 and one worked hour more; Tuesday is the Day of Vietnamese Culture, a day off.
    assert due == datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    assert paid.due_at == datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
    assert (await events(paid))[-2:] == ["NGHIA_VU_TC", "HEN_MOI"]


async def test_a_day_that_is_gone_or_far_away_is_asked_of_nobody(province: Tenant) -> None:
    lan, code = await cast.officer(cast.LAN), (await submitted(await cast.citizen())).code
    for day in (now() - timedelta(days=1), now() + timedelta(days=400)):
        with pytest.raises(Malformed) as told:
            await doing(service.ask_supplement, lan, code, None, items=ITEMS, reply_by=day)
        assert "vòng một năm" in told.value.fields["reply_by"]
    long = [SupplementItem(name="x" * 301)]
    with pytest.raises(Malformed):
        await doing(service.ask_supplement, lan, code, None, items=long, reply_by=now())


async def test_a_paused_dossier_waits_and_an_unknown_reason_is_refused(province: Tenant) -> None:
    _, hoa, _ = await crew()
    code = await at_specialist()
    with pytest.raises(Malformed):
        await doing(service.pause, hoa, code, None, reason="supplement")
    await doing(service.pause, hoa, code, None, reason="publication")
    with pytest.raises(refusals.ClockPaused):
        await doing(service.process, hoa, code, None, None)
    resumed = await doing(service.resume, hoa, code, None)
    assert (resumed.status, resumed.pause) == (Status.PROCESSING, None)
    await doing(service.process, hoa, code, None, None)


async def test_an_apology_comes_once_and_before_the_date_is_missed(province: Tenant) -> None:
    _, _, minh = await crew()
    with frozen(MONDAY):
        code = await at_specialist()
        until = MONDAY + timedelta(days=2)
        with pytest.raises(Malformed):
            await doing(service.extend, minh, code, None, until=until, reason=" ")
        with pytest.raises(refusals.NotLater):
            await doing(service.extend, minh, code, None, until=MONDAY, reason="Cần thêm")
        late = await doing(service.extend, minh, code, None, until=until, reason="Cần xác minh")
        assert late.due_at == datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
        with pytest.raises(refusals.ExtendedBefore):
            await doing(service.extend, minh, code, None, until=until, reason="Nữa")
    assert await forms(code) == ["01", "04"]
    assert (await events(late))[-1] == "TRE_HAN"


async def test_after_the_date_there_is_nothing_to_extend(province: Tenant) -> None:
    _, _, minh = await crew()
    with frozen(MONDAY):
        code = await at_specialist()
    with frozen(MONDAY + timedelta(days=2)), pytest.raises(refusals.ExtensionTooLate):
        await doing(
            service.extend, minh, code, None, until=MONDAY + timedelta(days=4), reason="Chậm"
        )


async def test_a_stop_is_for_good_and_before_the_decision(province: Tenant) -> None:
    lan, hoa, _ = await crew()
    code = await at_specialist()
    stopped = await doing(service.stop, hoa, code, None, reason="Theo đơn đề nghị của người nộp")
    assert stopped.status == Status.STOPPED
    assert await forms(code) == ["01", "05"]
    assert (await events(stopped))[-1] == "DUNG"
    open_work = "select count(*) from task where dossier_id = $1 and state = 'open'"
    assert await db.tenant.fetch_value(open_work, stopped.id) == 0
    with pytest.raises(Overtaken):
        await doing(service.withdraw, lan, code, None, reason="Rút")


async def test_nobody_withdraws_what_is_decided(province: Tenant) -> None:
    lan, hoa, minh = await crew()
    code = await at_specialist()
    await doing(service.process, hoa, code, None, None)
    await doing(service.approve, minh, code, None, None)
    with pytest.raises(refusals.AlreadyDecided):
        await doing(service.withdraw, lan, code, None, reason="Đổi ý")


async def test_a_citizen_withdraws_the_own_dossier_and_no_other(province: Tenant) -> None:
    hung, ngoc = await cast.citizen(), await cast.citizen("Bùi Thị Ngọc", "ngoc.bui")
    code = (await submitted(hung)).code
    with pytest.raises(NotFound):
        await doing(service.withdraw, ngoc, code, None, reason="Rút")
    gone = await doing(service.withdraw, hung, code, None, reason="Nộp nhầm nơi")
    assert gone.status == Status.WITHDRAWN
    assert (await events(gone))[-1] == "RUT"


async def test_what_was_passed_on_by_mistake_is_taken_back_whole(province: Tenant) -> None:
    lan, hoa, _ = await crew()
    code = (await doing(service.intake, lan, on_paper())).code
    before = await doing(service.hand_over, lan, code, None)
    with pytest.raises(Overtaken):
        await doing(service.recall, hoa, code, None)  # It was not Hoa who passed it on.
    back = await doing(service.recall, lan, code, before.version)
    assert back.status == Status.RECEIVED
    assert (await turn(back))["node"] == "tiep-nhan"
    again = await doing(service.hand_over, lan, code, None)
    assert (await turn(again))["node"] == "thu-ly"
    await doing(service.assign, hoa, code, None, to=hoa.id)
    with pytest.raises(Overtaken):
        await doing(service.recall, lan, code, None)


async def test_what_already_has_its_result_attached_is_not_taken_back(province: Tenant) -> None:
    lan, hoa, minh = await crew()
    code = await at_specialist()
    await doing(service.process, hoa, code, None, None)
    await doing(service.approve, minh, code, None, None)
    await doing(service.attach_result, lan, code, await result_file(lan))
    with pytest.raises(Overtaken):
        await doing(service.recall, minh, code, None)


async def test_work_is_assigned_to_a_holder_of_the_post_only(province: Tenant) -> None:
    lan, hoa, minh = await crew()
    code = await at_specialist()
    with pytest.raises(refusals.NotAHolder):
        await doing(service.assign, minh, code, None, to=lan.id)
    dossier = await doing(service.assign, minh, code, None, to=hoa.id)
    assert (await turn(dossier))["officer_id"] == hoa.id
    posts = [post.id for post in hoa.posts]
    assert (await queries.inbox(posts, mine=hoa.id)).total == 1
    assert (await queries.inbox(posts, mine=minh.id)).total == 0


async def test_another_agency_is_asked_and_answers_in_its_own_time(province: Tenant) -> None:
    _, hoa, _ = await crew()
    code = await at_specialist()
    other = await db.tenant.fetch_row(
        "select p.id, p.agency_id from post p where p.kind = 'specialist' and p.agency_id <> $1"
        " limit 1",
        await agency(),
    )
    asked = {"question": "Có quy hoạch không?", "answer_by": datetime(2027, 1, 6, tzinfo=UTC)}
    with pytest.raises(refusals.AskElsewhere):
        await doing(service.ask_opinion, hoa, code, None, agency_id=await agency(), **asked)
    await doing(service.ask_opinion, hoa, code, None, agency_id=other["agency_id"], **asked)
    (task,) = await db.tenant.fetch("select * from task where kind = 'opinion'")
    helper = msgspec.structs.replace(
        hoa, posts=(msgspec.structs.replace(
            hoa.posts[0], id=task["post_id"], agency_id=task["agency_id"]),),
    )  # fmt: skip
    shown = await queries.dossier_page(code, helper)
    assert shown is not None and shown.acts == [Act.GIVE_OPINION]
    with pytest.raises(Malformed):
        await doing(service.give_opinion, helper, code, None, " ")
    await doing(service.give_opinion, helper, code, None, "Không vướng quy hoạch")
    page = await queries.dossier_page(code, hoa)
    assert page is not None
    assert [task.answer for task in page.tasks if task.kind == "opinion"] == [
        "Không vướng quy hoạch"
    ]
    assert Act.PROCESS in page.acts


async def test_an_opinion_nobody_waits_for_any_more_is_not_timed(province: Tenant) -> None:
    lan, hoa, _ = await crew()
    code = await at_specialist()
    other = await db.tenant.fetch_value(
        "select agency_id from post where kind = 'specialist' and agency_id <> $1 limit 1",
        await agency(),
    )
    await doing(
        service.ask_opinion, hoa, code, None, agency_id=other, question="Có quy hoạch không?",
        answer_by=datetime(2027, 1, 6, tzinfo=UTC),
    )  # fmt: skip
    gone = await doing(service.withdraw, lan, code, None, reason="Không còn nhu cầu")
    (task,) = await db.tenant.fetch("select id, state from task where kind = 'opinion'")
    standing = await standing_of(gone.id, ClockName.OPINION, task["id"])
    assert task["state"] == "cancelled"
    assert standing is not None and standing.stopped_at is not None


async def test_a_correction_replaces_the_receipt_and_keeps_the_code(province: Tenant) -> None:
    lan, _, _ = await crew()
    dossier = await doing(service.intake, lan, on_paper())
    form = Correction(full_name="Bùi Thị Ngọc Anh", phone="0905 000 309")
    with pytest.raises(Malformed):
        await doing(service.correct, lan, dossier.code, None, form, reason="")
    right = await doing(service.correct, lan, dossier.code, None, form, reason="Gõ thiếu tên đệm")
    assert (right.code, right.applicant_name) == (dossier.code, "Bùi Thị Ngọc Anh")
    assert right.due_at == dossier.due_at
    assert await forms(dossier.code) == ["01", "01"]


async def test_a_finished_dossier_has_left_everybodys_hands(province: Tenant) -> None:
    lan, hoa, minh = await crew()
    code = (await doing(service.intake, lan, on_paper())).code
    done = await walked(lan, hoa, minh, code)
    assert (done.status, done.delivery) == (Status.FINISHED, "ready")
    standing = await standing_of(done.id)
    assert standing is not None and standing.stopped_at is not None
    given = await doing(service.deliver, lan, code, None, "postal")
    assert given.delivery == "posted"
