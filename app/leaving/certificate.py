"""The certificate of an erasure (giấy xác nhận xóa dữ liệu): what went, when, and who says so."""

import hashlib
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from billing.papers.shapes import Heading, Paper, Signs, Table, Text
from infra.clock import VIETNAM
from infra.dates import day_in_words
from infra.sealed import derive
from infra.settings import settings

FORMAT = "motcua-erasure/1"
_STEPS = {
    "contract_ended": "Hợp đồng thuê đã hết thời hạn",
    "reconciled": "Đối soát gói dữ liệu với dữ liệu trên hệ thống, không có sai lệch",
    "removal_begun": "Bắt đầu xóa; từ đây không mở lại và không khôi phục được",
    "files_erased": "Xóa kho tệp giấy tờ",
    "database_dropped": "Xóa cơ sở dữ liệu, tài khoản truy cập và khóa mã hóa",
    "backups_shredded": "Hủy khóa các bản sao lưu, không ai đọc được nữa",
    "backups_removed": "Xóa các bản sao lưu",
}
_OWN_PLACE = (
    "Các bản sao lưu đã gửi đến nơi lưu riêng của đơn vị còn nằm ở đó và không đọc được nữa, vì"
    " khóa đã hủy; việc xóa thuộc quyền của đơn vị."
)
_REMAINS = (
    "Hợp đồng, số lượng sử dụng, bảng kê và các bước thanh toán (chứng từ kế toán);"
    " nhật ký thao tác của bên cung cấp dịch vụ; giấy xác nhận này."
    " Các phần này không có thông tin của người dân."
)


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """One step that was carried out."""

    step: str
    at: datetime
    by: str
    detail: dict[str, Any]


class HandOver(msgspec.Struct, frozen=True, kw_only=True):
    """To whom the data was handed over before, and in which bag."""

    bag_digest: str  # SHA-256 of its manifest
    to: str
    on: date
    paper: str


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """What is signed."""

    number: str
    tenant_id: str
    tenant_slug: str
    tenant_name: str
    handed_over: HandOver
    steps: list[Done]
    issued_at: datetime
    issued_by: str
    format: str = FORMAT


class Signed(NamedTuple):
    """The document as it was signed; anybody can check it with the public key."""

    text: str
    digest: bytes
    signature: bytes
    public_key: bytes


def number_of(slug: str, day: date, erasure_id: UUID) -> str:
    """The certificate's number; names come again, so the end of the erasure's own id is in it."""
    return f"XDL-{day:%Y%m%d}-{slug}-{erasure_id.hex[-4:]}"


def signed(document: Document) -> Signed:
    """The document as JSON with an Ed25519 signature of this deployment over its SHA-256."""
    text = msgspec.json.encode(document, order="sorted").decode()
    key = Ed25519PrivateKey.from_private_bytes(derive(settings().key, "erasure certificate"))
    digest = hashlib.sha256(text.encode()).digest()
    return Signed(text, digest, key.sign(digest), key.public_key().public_bytes_raw())


def paper_of(document: Document, digest: bytes) -> Paper:
    """The certificate as people read it."""
    given, told = document.handed_over, _told(document)
    made_on = document.issued_at.astimezone(VIETNAM).date()
    return Paper(
        title="Giấy xác nhận xóa dữ liệu",
        subtitle=f"Số {document.number}, {day_in_words(made_on)}",
        issuer="BÊN CUNG CẤP DỊCH VỤ",
        made_on=made_on,
        blocks=[
            Text(f"Hệ thống đã xóa: {document.tenant_name} ({document.tenant_slug})."),
            Text(
                f"Dữ liệu đã bàn giao cho {given.to} ngày {given.on:%d/%m/%Y} theo {given.paper}."
                f" Mã băm SHA-256 của danh mục gói dữ liệu: {_spaced(given.bag_digest)}."
            ),
            Text(
                f"Gói gồm {_count(told['tables'])} bảng, {_count(told['rows'])} dòng,"
                f" {_count(told['files'])} tệp giấy tờ, {_count(told['bytes'])} byte."
                f" Số tệp không có trong kho khi bàn giao: {_count(told['lost'])}."
            ),
            Heading("Các việc đã thực hiện"),
            Table(
                headings=["Việc", "Thời điểm", "Người thực hiện"],
                widths=[6, 3, 3],
                aligns=["left", "left", "left"],
                rows=[[_words(done), _moment(done.at), done.by] for done in document.steps],
            ),
            Heading("Phần còn lưu tại bên cung cấp dịch vụ"),
            Text(_REMAINS),
            *([Text(_OWN_PLACE)] if told.get("own_place") else []),
            Heading("Kiểm tra"),
            Text(
                "Bản điện tử (JSON) của giấy này có mã băm SHA-256:"
                f" {_spaced(digest.hex())}, được ký số Ed25519."
            ),
            Signs(["Bên nhận bàn giao", "Bên cung cấp dịch vụ"]),
        ],
    )


def _words(done: Done) -> str:
    if done.step == "backups_shredded":
        own, shared = _count(done.detail["sets"]), _count(done.detail["shared_sets"])
        return f"{_STEPS[done.step]} ({own} bộ của đơn vị, {shared} bộ chung)"
    if done.step == "backups_removed":
        return f"{_STEPS[done.step]} ({', '.join(done.detail['places']) or 'không có nơi lưu'})"
    return _STEPS[done.step]


def _told(document: Document) -> dict[str, Any]:
    return next(done.detail for done in document.steps if done.step == "reconciled")


def _moment(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%H:%M:%S, ngày %d/%m/%Y}"


def _count(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _spaced(digest: str) -> str:
    """In groups of eight, so that a long digest may break and two can be compared by eye."""
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))
