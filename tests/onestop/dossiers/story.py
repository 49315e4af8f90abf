"""Pieces of the main job that several tests play; all people and numbers are constructed."""

from typing import Any
from uuid import UUID, uuid4

from app.onestop.dossiers import service
from app.onestop.dossiers.models import Dossier, Draft
from app.onestop.dossiers.shapes import Intake, IntakePaper
from app.onestop.papers.uploading import attach_as
from app.people.shapes import Actor
from storage import service as storage
from storage.shapes import StoredObject
from tenants import db
from tenants.work import work
from tests.storage.samples import pdf

BIRTH, BUILDING = "1.001193", "1.013225"
ANSWERS = {
    "nyc_ten": "Trần Văn Hùng",
    "nyc_so_dinh_danh": "052085000023",
    "nyc_dien_thoai": "0905 000 301",
    "nyc_loai_cu_tru": "thuong-tru",
    "nyc_noi_cu_tru": "12 đường Lê Lợi, phường Quy Nhơn, tỉnh Gia Lai",
    "nyc_quan_he": "cha",
    "truong_hop": "du-cha-me",
    "loai_khai_sinh": "trong-nuoc",
    "ks_ho": "Trần",
    "ks_ten": "An",
    "ks_ngay_sinh": "10/11/2026",
    "ks_gioi_tinh": "nu",
    "ks_dan_toc": "Kinh",
    "ks_quoc_tich": "Việt Nam",
    "ks_noi_sinh": "Bệnh viện thử, phường Quy Nhơn, tỉnh Gia Lai",
    "ks_que_quan": "Phường Quy Nhơn, tỉnh Gia Lai",
    "me_ten": "Lê Thị Thử",
    "me_ngay_sinh": "1990",
    "me_dan_toc": "Kinh",
    "me_quoc_tich": "Việt Nam",
    "me_loai_cu_tru": "thuong-tru",
    "me_noi_cu_tru": "12 đường Lê Lợi, phường Quy Nhơn, tỉnh Gia Lai",
    "cha_ten": "Trần Văn Hùng",
    "cha_ngay_sinh": "1985",
    "cha_dan_toc": "Kinh",
    "cha_quoc_tich": "Việt Nam",
    "cha_cung_noi_cu_tru": "co",
    "ban_sao": "khong",
    "cam_doan": "1",
}


async def turn(dossier: Dossier) -> Any:
    """The dossier's open task; there must be exactly one."""
    (task,) = await db.tenant.fetch(
        "select * from task where dossier_id = $1 and state = 'open'", dossier.id
    )
    return task


async def agency(key: str = "ubnd-phuong-quy-nhon") -> UUID:
    """An agency by its name of our own."""
    return UUID(str(await db.tenant.fetch_value("select id from agency where key = $1", key)))


async def begun(citizen: Actor, **answers: str) -> Draft:
    """A draft of a birth with every answer given, `answers` replacing some."""
    async with work():
        draft = await service.start_draft(citizen, BIRTH, await agency())
        await service.save_draft(citizen, draft.id, {**ANSWERS, **answers})
    return draft


async def with_paper(citizen: Actor, draft: Draft, slot: str = "giay-chung-sinh") -> Draft:
    """The same draft with one paper uploaded."""
    upload = await storage.receive(
        pdf(), "giay-chung-sinh.pdf", f"citizen:{citizen.id}",
        target=f"draft:{draft.id}", slot=slot, attach=attach_as(citizen),
    )  # fmt: skip
    assert upload.state == "present", upload
    return draft


async def submitted(citizen: Actor, **answers: str) -> Dossier:
    """A birth filed online."""
    draft = await with_paper(citizen, await begun(citizen, **answers))
    async with work():
        return await service.submit(citizen, draft.id)


async def result_file(officer: Actor) -> StoredObject:
    """A PDF in the store, not attached to anything yet."""
    return await storage.keep(pdf(), "ket-qua.pdf", f"officer:{officer.id}")


def on_paper(**choices: Any) -> Intake:
    """A birth laid on the counter, `choices` replacing some of the form."""
    form: dict[str, Any] = {
        "key": uuid4(),
        "procedure_code": BIRTH,
        "full_name": "Bùi Thị Ngọc",
        "phone": "0905 000 302",
        "papers": [
            IntakePaper(slot="to-khai"),
            IntakePaper(slot="giay-chung-sinh", form="copy", quantity=2),
        ],
    }
    return Intake(**{**form, **choices})


async def walked(lan: Actor, hoa: Actor, minh: Actor, code: str) -> Dossier:
    """A received dossier taken all the way to a finished result."""
    async with work():
        await service.hand_over(lan, code, None)
    async with work():
        await service.process(hoa, code, None, "Đủ điều kiện")
    async with work():
        await service.approve(minh, code, None, None)
    stored = await result_file(hoa)
    async with work():
        await service.attach_result(hoa, code, stored)
    async with work():
        return await service.finish(lan, code, None)
