"""The exchange with other systems as officers see it: what is stuck, awaited, asked of us."""

import re
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import msgspec

from app.onestop.dossiers.queries.tracking import tracking
from app.onestop.dossiers.shapes import Applicant
from app.onestop.exchange import inbox, partners
from app.onestop.exchange.partners import PartnerView
from app.onestop.exchange.shapes import (
    Acceptance,
    Answer,
    Content,
    File,
    Message,
    Paper,
    Question,
    Request,
    Withdrawal,
    files_of,
)
from infra import clock
from infra.clock import now
from infra.ids import uuid7
from infra.settings import settings
from tenants import db
from tenants.work import work
from tests import cast
from tests.doors.browsing import MONDAY
from tests.doors.desk.pages import at, hidden, see, text_of, went_to
from tests.doors.desk.strangers import next_door
from tests.onestop.dossiers.story import BIRTH
from tests.onestop.exchange.systems import here, messages, sent, visit
from tests.storage.samples import pdf

LIST = "/can-bo/lien-thong"
STUCK = "update outgoing set state = 'refused', error = $1 returning id"
WHY = "Hệ thống nhận không có thủ tục mang mã 9.far."


async def known() -> PartnerView:
    """The neighbour, entered here; nobody ever listens at its address."""
    own, address = partners.own(), settings().origin(f"laocai.{settings().base_domain}")
    async with work():
        partner_id = await partners.add(
            None, slug="laocai", name="Tỉnh Lào Cai", address=address, public_key=own.public_key
        )
    return await partners.partner(partner_id)


async def says(
    sender: PartnerView, work_id: UUID, content: Content, path: Path | None = None
) -> None:
    """The neighbour's message is taken, and what it asks is done."""
    message = Message(id=uuid7(), work_id=work_id, sent_at=now(), content=content)
    for file in files_of(content):
        assert path is not None
        await inbox.take_file(sender, message.id, file.sha256, file.name, path)
    async with work():
        await inbox.take(sender, message.id, msgspec.json.encode(message))


async def test_a_message_that_is_stuck_is_sent_again_or_given_up(lan, minh, province):
    await known()
    code = (await sent()).code
    message = await db.tenant.fetch_value(STUCK, WHY)
    text = await see(lan, LIST)
    for words in (code, WHY, "Tỉnh Lào Cai", "Tin chưa gửi được: yêu cầu giải quyết", "Bỏ qua",
                  "Không gửi lại được tin đã bỏ qua."):  # fmt: skip
        assert words in text, words
    assert re.search(r'Liên thông <span class="count">1<', await see(lan, "/can-bo"))
    assert re.search(r'Liên thông <span class="count">1<', await see(minh, "/can-bo/hop-viec"))
    text = await see(lan, at(code))
    assert "Bên kia không nhận" in text
    assert re.search('aria-current="step".{0,200}Xác nhận của Sở tỉnh bạn', text)
    again = await lan.post(f"{LIST}/{message}/gui-lai")
    assert "Tin được xếp vào hàng gửi lại." in await see(lan, went_to(again))
    assert await messages() == [("request", "pending")]
    twice = text_of(await lan.post(f"{LIST}/{message}/bo-qua"), 409)
    assert "không cần gửi lại" in twice and "Đang chờ hệ thống khác" in twice
    await db.tenant.execute(STUCK, WHY)
    assert went_to(await minh.post(f"{LIST}/{message}/bo-qua")) == f"{LIST}?xong=bo-qua"
    assert await messages() == [("request", "dropped")]


async def test_papers_the_other_system_asks_for_are_sent_from_the_dossiers_page(lan, province):
    sender, dossier = await known(), await sent()
    one = (await visit(dossier))["id"]
    due = now() + timedelta(days=3)
    await says(sender, one, Acceptance(code="H38-7", due_at=due))
    text = await see(lan, LIST)
    assert "Đang giải quyết" in text and "Mã: H38-7" in text and "Bên kia hẹn" in text
    with clock.frozen(MONDAY + timedelta(hours=1)):
        await says(sender, one, Question(code="H38-7", items=("Bản đồ",), note="Thiếu mảnh số 3"))
    assert "Yêu cầu bổ sung giấy tờ: Xác nhận của Sở tỉnh bạn" in await see(lan, LIST)
    text = await see(lan, at(dossier.code))
    assert "Bản đồ; Thiếu mảnh số 3" in text and "chưa có thêm giấy tờ" in text
    gone = {"version": hidden(text, "version"), "note": "Đã gửi đủ."}
    done = await lan.post(f"{at(dossier.code)}/gui-giay-to", data=gone)
    assert "được xếp vào hàng gửi" in await see(lan, went_to(done))
    assert (await messages())[-1] == ("supplement", "pending")
    text = text_of(await lan.post(f"{at(dossier.code)}/gui-giay-to", data=gone), 409)
    assert "Không có hệ thống nào đang chờ bổ sung" in text and "Đã gửi đủ." in text


async def test_what_ended_without_a_result_is_asked_again_or_gone_on_without(hoa, province):
    sender, dossier = await known(), await sent()
    here_ = at(dossier.code)
    said = Answer(code="H38-7", finished=False, status="Dừng xử lý", note="Ngoài thẩm quyền")
    text = await see(hoa, here_)
    assert "gui-lai-lien-thong" not in text and "khong-cho-lien-thong" in text
    await says(sender, (await visit(dossier))["id"], said)
    text = await see(hoa, here_)
    assert "Dừng xử lý: Ngoài thẩm quyền" in text and "Gửi lại yêu cầu: Xác nhận của Sở" in text
    form = {"version": hidden(text, "version"), "node": "tinh-ban"}
    done = await hoa.post(f"{here_}/gui-lai-lien-thong", data=form)
    assert "Đã gửi lại yêu cầu" in await see(hoa, went_to(done))
    assert "chính ông/bà đã thực hiện" in text_of(
        await hoa.post(f"{here_}/khong-cho-lien-thong", data=form | {"note": "Gấp"}), 409
    )
    form["version"] = hidden(await see(hoa, here_), "version")
    refused = await hoa.post(f"{here_}/khong-cho-lien-thong", data=form)
    assert "Ghi lý do tiếp tục" in text_of(refused, 422)
    went_to(await hoa.post(f"{here_}/khong-cho-lien-thong", data=form | {"note": "Gấp"}))
    assert (await visit(dossier))["left_at"] is not None


async def test_the_answers_papers_are_for_the_officers_and_not_for_the_citizen(
    lan, browse, province, tmp_path
):
    sender, dossier = await known(), await sent()
    hung = await cast.citizen()
    async with work():
        owned = "update dossier set citizen_id = $1 where id = $2"
        await db.tenant.execute(owned, hung.id, dossier.id)
    path, raw = tmp_path / "tep", pdf()
    path.write_bytes(raw)
    file = File(name="xac-nhan.pdf", sha256=sha256(raw).hexdigest(), size=len(raw))
    paper = Paper(slot="xac-nhan-cua-so", name="Văn bản xác nhận", form="electronic", file=file)
    said = Answer(
        code="H38-7", finished=True, status="Đã xử lý xong", note="Nội bộ", papers=(paper,)
    )  # fmt: skip
    await says(sender, (await visit(dossier))["id"], said, path)
    text = await see(lan, at(dossier.code))
    assert "Giấy tờ hệ thống khác trả về" in text and "Đã có kết quả" in text
    link = re.search(r'href="(/giay-to/[^"]+)"> ?<svg[^>]*>.{0,200}?xac-nhan.pdf', text)
    assert link
    assert (await lan.get(link[1])).status_code in (200, 303, 307)
    citizen = await browse(province, hung)
    assert (await citizen.get(link[1])).status_code == 404
    text = await see(citizen, f"/da-nop/{dossier.code}")
    assert "xac-nhan.pdf" not in text and "Nội bộ" not in text
    phone = await db.tenant.fetch_value("select right(phone, 4) from dossier")
    found = await tracking(dossier.code, phone)
    assert found and found.details
    assert "Tỉnh Lào Cai: Đã xử lý xong" in [step.title for step in found.details.steps]
    assert "Nội bộ" not in str(found)


async def test_work_for_another_system_says_who_asked_for_what_and_that_it_was_withdrawn(
    lan, province
):
    sender, one = await known(), uuid7()
    paper = Paper(slot="giay-cua-ben-gui", name="Công văn của bên gửi", form="original")
    asked = Request(
        procedure=BIRTH, agency="ubnd-phuong-quy-nhon", code="H38-9", title="Xác minh cư trú",
        role="support", applicant=Applicant(full_name="Vàng Thị Thử"), summary="Xác minh",
        wanted_by=now() + timedelta(days=2), papers=(paper,),
    )  # fmt: skip
    await says(sender, one, asked)
    code = (await here()).code
    text = await see(lan, LIST)
    assert code in text and "Mã bên gửi: H38-9" in text and "Mới đăng ký" in text
    text = await see(lan, at(code))
    for words in ("Xác minh cư trú", "Tỉnh Lào Cai", "Phối hợp", "Công văn của bên gửi"):
        assert words in text, words
    await says(sender, one, Withdrawal(reason="Không cần nữa"))
    assert "Hệ thống gửi đã rút yêu cầu" in await see(lan, at(code))


async def test_strangers_find_no_exchange_and_settle_nothing(thu, browse, province, neighbour):
    await known()
    dossier = await sent()
    message = await db.tenant.fetch_value(STUCK, WHY)
    await see(thu, LIST, 404)
    outsider = await browse(neighbour, await cast.at(neighbour, cast.officer(cast.OUTSIDER)))
    beside = await browse(province, await next_door())
    for stranger in (outsider, beside):
        assert dossier.code not in await see(stranger, LIST)
        for path in (f"{LIST}/{message}/gui-lai", f"{LIST}/{message}/bo-qua",
                     f"{at(dossier.code)}/gui-giay-to"):  # fmt: skip
            assert (await stranger.post(path, data={"version": "1"})).status_code == 404
    assert await messages() == [("request", "refused")]
