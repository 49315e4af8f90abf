"""The systems dossiers are exchanged with, introduced and stopped by Thu."""

from app.onestop.exchange import partners
from infra.settings import settings
from tenants import db
from tests import cast
from tests.doors.desk.pages import see, text_of, went_to
from tests.onestop.dossiers.linked import bound
from tests.onestop.exchange.systems import WORKFLOW

HERE = "/quan-tri/lien-thong"


def theirs(**typed):
    return {
        "slug": "LaoCai", "name": "Tỉnh Lào Cai", "public_key": partners.own().public_key,
        "address": settings().origin(f"laocai.{settings().base_domain}"), **typed,
    }  # fmt: skip


async def test_a_system_is_introduced_named_by_workflows_stopped_and_goes_on(thu, province):
    text, own = await see(thu, HERE), partners.own()
    assert own.address in text and f'data-copy="{own.public_key}"' in text
    text = await see(thu, went_to(await thu.post(HERE, data=theirs())))
    assert "Đã khai báo hệ thống." in text and "Đang liên thông" in text
    code = await bound(WORKFLOW)
    row = await db.tenant.fetch_row("select id from workflow where procedure_code = $1", code)
    text = await see(thu, f"/quan-tri/quy-trinh/{row['id']}")
    assert "so-y-te; 40% thời gian. Ở hệ thống khác: Tỉnh Lào Cai; thủ tục 9.far" in text
    partner = (await partners.partners())[0]
    stopped = await thu.post(f"{HERE}/{partner.id}/tam-dung")
    assert "Tạm dừng</span>" in await see(thu, went_to(stopped))
    await thu.post(f"{HERE}/{partner.id}/tiep-tuc")
    assert "Đang liên thông" in await see(thu, HERE)


async def test_what_is_wrong_is_marked_and_kept_and_nobody_is_entered_twice(thu, province):
    wrong = theirs(slug="Lào Cai", address="http://169.254.169.254", public_key="abc")
    text = text_of(await thu.post(HERE, data=wrong), 422)
    for words in ("Ghi tên tắt bằng chữ thường", "nhà cung cấp dịch vụ cho phép", "gồm 43 ký tự",
                  'value="http://169.254.169.254"'):  # fmt: skip
        assert words in text, words
    went_to(await thu.post(HERE, data=theirs()))
    assert "đã khai báo cho một hệ thống khác" in text_of(await thu.post(HERE, data=theirs()), 409)


async def test_only_administrators_of_this_province_introduce(
    lan, thu, browse, province, neighbour
):
    went_to(await thu.post(HERE, data=theirs()))
    partner = (await partners.partners())[0]
    await see(lan, HERE, 403)
    assert (await lan.post(HERE, data=theirs(slug="khac"))).status_code == 403
    assert (await lan.post(f"{HERE}/{partner.id}/tam-dung")).status_code == 403
    chief = await cast.at(neighbour, cast.officer("quang.do"))
    outsider = await browse(neighbour, chief)
    assert "Tỉnh Lào Cai</th>" not in await see(outsider, HERE)
    assert (await outsider.post(f"{HERE}/{partner.id}/tam-dung")).status_code == 404
    assert [one.active for one in await partners.partners()] == [True]
