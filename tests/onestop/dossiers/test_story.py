"""The main job from the citizen's draft to the rating, on a real tenant."""

from datetime import UTC, datetime

from app.onestop.dossiers import queries, service
from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.rules import Act, Status
from app.onestop.ratings import service as ratings
from app.onestop.ratings.rules import token_for
from app.onestop.slips.queries import slip_view
from infra.clock import frozen
from tenants import db
from tenants.shapes import Tenant
from tenants.work import work
from tests import cast
from tests.onestop.dossiers.story import on_paper, result_file, submitted, turn, walked

MONDAY = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)  # 09:30 in Vietnam


async def column(sql: str, *values: object) -> list[object]:
    return [row[0] for row in await db.tenant.fetch(sql, *values)]


async def test_a_birth_goes_from_the_phone_to_the_rating(province: Tenant) -> None:
    hung = await cast.citizen()
    with frozen(MONDAY):
        dossier = await submitted(hung)
        assert dossier.status == Status.REGISTERED
        assert dossier.summary == "Đăng ký khai sinh: TRẦN AN"
        queue = await queries.reception_queue([dossier.agency_id])
        assert [line.code for line in queue.lines] == [dossier.code]
        finished = await finished_from_the_desk(dossier)
        await given_and_rated(province, finished)
    await told_and_counted(dossier)
    await left_in_order(dossier)
    assert await column("select score from rating") == [3]
    slip = await slip_view(dossier.code)
    assert slip is not None and slip.slip.content.applicant.name == "TRẦN VĂN HÙNG"


async def finished_from_the_desk(dossier: Dossier) -> Dossier:
    """Lan receives and hands over, Hoa processes, Minh approves, the result is attached."""
    lan, hoa, minh = [await cast.officer(name) for name in (cast.LAN, cast.HOA, cast.MINH)]
    code = dossier.code
    async with work():
        received = await service.receive(lan, code, dossier.version)
    assert received.status == Status.RECEIVED
    assert received.due_at == datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # 17:00 the same day
    async with work():
        handed = await service.hand_over(lan, code, received.version)
    waiting = await queries.inbox([(await turn(handed))["post_id"]])
    assert [group.total for group in waiting.groups] == [0, 1, 0, 0]
    async with work():
        processed = await service.process(hoa, code, handed.version, "Đủ điều kiện")
    async with work():
        approved = await service.approve(minh, code, processed.version, None)
    stored = await result_file(hoa)
    async with work():
        await service.attach_result(hoa, code, stored, approved.version)
    async with work():
        return await service.finish(lan, code, approved.version)


async def given_and_rated(province: Tenant, finished: Dossier) -> None:
    """The result reaches its citizen, who says what the service was like."""
    lan = await cast.officer(cast.LAN)
    ready = await queries.to_deliver([finished.agency_id])
    assert [line.code for line in ready.lines] == [finished.code]
    async with work():
        delivered = await service.deliver(lan, finished.code, finished.version, "electronic")
    assert delivered.status == Status.DELIVERED
    async with work():
        await ratings.rate(token_for(province.secrets.key, finished.id), 3, "Nhanh gọn")


async def told_and_counted(dossier: Dossier) -> None:
    """The messages sent, and what the province pays for."""
    events = await column("select event from notice where dossier_id = $1 order by id", dossier.id)
    assert events == ["NOP_TRUC_TUYEN", "TIEP_NHAN", "KQ_DIENTU", "DANH_GIA"]
    usage = await column("select id from usage_record where meter = 'dossier.received'")
    assert usage == [f"dossier:{dossier.id}:received"]


async def left_in_order(dossier: Dossier) -> None:
    """The citizen's progress and the trail, act by act."""
    passed = await column("select act from progress where dossier_id = $1 order by id", dossier.id)
    assert passed == ["submit", "receive", "hand_over", "process", "approve", "finish", "deliver"]
    statuses = await column(
        "select status from progress where dossier_id = $1 order by id", dossier.id
    )
    assert statuses == [1, 2, 4, 4, 4, 9, 10]
    trail = await column(
        "select act from trail where subject_kind = 'dossier' and subject_id = $1 order by id",
        str(dossier.id),
    )
    acts = [f"dossier.{act}" for act in (*passed[:5], Act.ATTACH_RESULT, *passed[5:])]
    assert [act for act in trail if act in acts] == acts


async def test_a_paper_dossier_goes_the_same_way(province: Tenant) -> None:
    lan, hoa, minh = [await cast.officer(name) for name in (cast.LAN, cast.HOA, cast.MINH)]
    async with work():
        dossier = await service.intake(lan, on_paper())
    assert (dossier.status, dossier.channel) == (Status.RECEIVED, "counter")
    assert (await turn(dossier))["node"] == "tiep-nhan"
    papers = await db.tenant.fetch(
        "select slot, form, quantity from paper where dossier_id = $1 order by added_at",
        dossier.id,
    )
    assert [tuple(row) for row in papers] == [
        ("to-khai", "original", 1),
        ("giay-chung-sinh", "copy", 2),
    ]
    finished = await walked(lan, hoa, minh, dossier.code)
    async with work():
        delivered = await service.deliver(lan, dossier.code, finished.version, "counter")
    assert delivered.delivered_way == "counter"
    events = await column("select event from notice where dossier_id = $1 order by id", dossier.id)
    assert events == ["TIEP_NHAN", "CO_KQ", "DANH_GIA"]


async def test_the_leader_sends_back_and_the_specialist_does_it_again(province: Tenant) -> None:
    lan, hoa, minh = [await cast.officer(name) for name in (cast.LAN, cast.HOA, cast.MINH)]
    async with work():
        dossier = await service.intake(lan, on_paper())
        await service.hand_over(lan, code := dossier.code, None)
    for act, who in ((service.process, hoa), (service.send_back, minh), (service.process, hoa)):
        async with work():
            dossier = await act(who, code, None, "Ghi rõ nơi sinh")
    assert (await turn(dossier))["node"] == "phe-duyet"
    page = await queries.dossier_page(code, minh)
    assert page is not None
    assert page.acts[:2] == [Act.APPROVE, Act.SEND_BACK]
    assert [line.note for line in page.passed][-1] == "Ghi rõ nơi sinh"
