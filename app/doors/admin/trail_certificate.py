"""The certificate of a trail's seal (giấy xác nhận niêm phong nhật ký), as PDF/A to print."""

import asyncio
from pathlib import Path

import msgspec

from app.doors.words import gio_ngay, so
from app.onestop.codes.drawing import qr_svg
from app.trail import heads, rules, searching, signing
from app.trail.heads import Checked, Head
from infra.clock import today
from infra.dates import day_in_words
from infra.typeset import drawn
from tenants.current import current

_TEMPLATE = Path(__file__).with_name("trail_certificate.typ")


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """What the template reads."""

    title: str
    issuer: str
    made_on: str  # ISO 8601, of the file
    made: str  # as letters write it
    facts: list[tuple[str, str]]
    digest: str  # in groups of eight
    words: str
    qr_svg: str


async def certificate(head: Head) -> bytes:
    """The PDF about the newest seal of the current tenant's trail."""
    facts = [
        ("Hệ thống", current().site.name),
        ("Số niêm phong mới nhất", so(head.seq)),
        ("Số dòng nhật ký đã niêm phong", so(head.total)),
        ("Niêm phong lúc", gio_ngay(await searching.sealed_at(head))),
        ("Kiểm tra gần nhất", checked_words((await heads.latest(current())).get(current().slug))),
        ("Mã niêm phong rút gọn", rules.short(head.digest)),
        ("Khóa công khai (Ed25519)", _grouped(signing.public_key())),
    ]
    paper = Paper(
        title="Giấy xác nhận niêm phong nhật ký",
        issuer=current().site.office,
        made_on=str(today()),
        made=day_in_words(today()).capitalize(),
        facts=facts,
        digest=_grouped(head.digest),
        words=_WORDS,
        qr_svg=qr_svg(_told(head), label="Mã niêm phong"),
    )
    return await asyncio.to_thread(drawn, _TEMPLATE, msgspec.json.encode(paper).decode())


def checked_words(checked: Checked | None) -> str:
    """What the latest verification found, in one sentence."""
    if checked is None:
        return "Chưa kiểm tra"
    at = gio_ngay(checked.checked_at)
    if checked.findings:
        return f"Lúc {at}: có {so(checked.findings)} sai lệch"
    return f"Lúc {at}: nguyên vẹn, đã đối chiếu {so(checked.rows)} dòng"


def _told(head: Head) -> str:
    return f"motcua:trail:{current().slug}:{head.seq}:{head.digest.hex()}"


def _grouped(value: bytes) -> str:
    return value.hex(" ", 4)


_WORDS = (
    "Mỗi dòng nhật ký được đưa vào một niêm phong; mỗi niêm phong mang mã của niêm phong trước, "
    "được ký số và công bố ở nơi quản lý riêng. Giữ giấy này: khi đối chiếu, nếu niêm phong cùng "
    "số trong hệ thống mang mã khác thì nhật ký từ niêm phong ấy trở về trước đã bị thay đổi."
)
