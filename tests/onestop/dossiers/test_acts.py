"""What the law knows beside the straight way: each act on a real tenant, with all it brings."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from app.onestop.deadlines.queries import standing_of
from app.onestop.deadlines.shapes import ClockName
from app.onestop.dossiers import queries, refusals, service
from app.onestop.dossiers.rules import Act, Status
from app.onestop.dossiers.shapes import Correction
from app.onestop.slips.shapes import SupplementItem
from app.refusals import Malformed, NotFound, Overtaken
from infra.clock import frozen, now
from tenants import db
from tenants.shapes import Tenant
from tests import cast
from tests.onestop.dossiers.doings import ITEMS, MONDAY, at_specialist, crew, doing, events, forms
from tests.onestop.dossiers.story import agency, on_paper, result_file, submitted, turn, walked


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
