"""What a bag says beside its tables: the tenant as it presents itself, its forms, what stays."""

from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from app.chains import control_chain, tenant_chain
from app.leaving import books
from app.leaving.comments import Said, gathered
from app.leaving.package import FORMAT, Step
from app.onestop.forms import source as forms
from infra.migrate import Migration
from tenants.clusters import quoted
from tenants.shapes import Tenant

_TITLES = Path(__file__).parent / "data/titles.json"
_OPERATIONS = "select * from operation where tenant_slug = $1 order by id"
_ISSUERS = (
    "select audience, issuer, label, client_id from issuer where tenant_id = $1 order by 1, 2"
)
_SOURCES = """
select distinct source, meters from usage_source
where tenant_id = $1 and revoked_at is null order by source
"""
_SEALED = """
select table_name, column_name from information_schema.columns
where table_schema = 'public' and data_type = 'bytea' and column_name like 'sealed%'
order by 1, 2
"""
_OWNED = """
select table_name from information_schema.columns
where table_schema = 'public' and column_name = 'tenant_id' order by 1
"""


class LeftBehind(msgspec.Struct, frozen=True, kw_only=True):
    """One thing a bag does not carry, and what to do about it where it arrives.

    `said` tells both to whoever takes the bag over (việc bên nhận cần làm).
    """

    what: str
    name: str
    do: str
    said: str = ""


def pretty(value: Any) -> bytes:
    """JSON for people, the same bytes for the same value."""
    encoded = msgspec.json.encode(value, order="sorted")
    return msgspec.json.format(encoded, indent=2) + b"\n"


def steps(chain: list[Migration]) -> list[Step]:
    """A chain of schema files as a package names it."""
    return [Step(number=m.number, name=m.name, digest=m.digest) for m in chain]


def titles() -> dict[str, str]:
    """What tables are called in Vietnamese."""
    return msgspec.json.decode(_TITLES.read_bytes(), type=dict[str, str])


def said() -> dict[str, Said]:
    """What the schema files say of tables and columns."""
    return gathered([m.sql for m in (*control_chain(), *tenant_chain())])


def small_files(tenant: Tenant) -> dict[str, bytes]:
    """Small files of the payload by path: how the tenant presents itself, and its forms."""
    about = {"format": FORMAT, "site": msgspec.to_builtins(tenant.site)}
    found = {"data/tenant.json": pretty(about)}
    for form in forms.shipped().values():
        found[f"data/forms/{form.id}.json"] = pretty(form)
    return found


async def operations(slug: str) -> bytes:
    """What the vendor did to the tenant, one JSON object a line."""
    async with books.reading() as connection:
        rows = await connection.fetch(f"select row_to_json(o) from ({_OPERATIONS}) o", slug)  # noqa: S608
    return "".join(f"{row[0]}\n" for row in rows).encode()


async def left_behind(connection: asyncpg.Connection, tenant: Tenant) -> list[LeftBehind]:
    """Everything of the tenant that is not in the bag; `connection` is to its database."""
    found = [LeftBehind(what="address", name=tenant.host, do="choose the addresses anew")]
    for row in await connection.fetch(_SEALED):
        table, column = row["table_name"], row["column_name"]
        some = f"select count(*) from {quoted(table)} where {quoted(column)} is not null"  # noqa: S608
        if count := await connection.fetchval(some):
            name = f"{table}.{column}: {count}"
            found.append(LeftBehind(what="sealed secret", name=name, do="enter the logins anew"))
    for row in await connection.fetch("select slug, address from partner order by slug"):
        do = "tell the partner the new public key and address"
        found.append(LeftBehind(what="key of exchange", name=row["address"], do=do))
    found += [*_DERIVED, *await _of_control(tenant)]
    return [msgspec.structs.replace(each, said=_SAID[each.what]) for each in found]


async def _of_control(tenant: Tenant) -> list[LeftBehind]:
    async with books.reading() as connection:
        issuers = await connection.fetch(_ISSUERS, tenant.id)
        sources = await connection.fetch(_SOURCES, tenant.id)
        owned = [row["table_name"] for row in await connection.fetch(_OWNED)]
    found = [
        LeftBehind(
            what="issuer of sign-ins",
            name=f"{row['audience']} {row['issuer']} as {row['client_id']} ({row['label']})",
            do="register a client there and run: motcua issuer trust",
        )
        for row in issuers
    ]
    for row in sources:
        name = f"{row['source']}: {', '.join(row['meters'])}"
        do = "run: motcua usage issue"
        found.append(LeftBehind(what="token of an outside meter", name=name, do=do))
    for table in owned:
        if table not in (*books.CARRIED, "issuer", "usage_source", "tenant_domain"):
            do = "nothing: it belongs to how this vendor runs the service"
            found.append(LeftBehind(what="rows of the vendor's own", name=table, do=do))
    return found


_SAID = {
    "address": "Địa chỉ truy cập: chọn địa chỉ ở nơi mới.",
    "sealed secret": "Thông tin đăng nhập đã niêm phong: nhập lại ở nơi mới.",
    "key of exchange": "Khóa liên thông: báo khóa công khai và địa chỉ mới cho hệ thống này.",
    "issuer of sign-ins": (
        "Hệ thống đăng nhập: đăng ký địa chỉ mới với hệ thống định danh, rồi chạy lệnh "
        "motcua issuer trust."
    ),
    "token of an outside meter": "Mã truy cập của nguồn đo: cấp mã mới bằng motcua usage issue.",
    "rows of the vendor's own": (
        "Số liệu vận hành riêng của nhà cung cấp dịch vụ cũ: không cần làm gì."
    ),
    "signed addresses": (
        "Đường dẫn đã gửi để đánh giá, tải tệp, báo kết quả gửi tin: không dùng được nữa, hệ "
        "thống mới tạo đường dẫn mới; không cần làm gì."
    ),
    "sessions": "Phiên đăng nhập: mọi người đăng nhập lại; không cần làm gì.",
    "uploads under way": "Tệp đang tải lên dở: người gửi tải lên lại; không cần làm gì.",
}
_DERIVED = [
    LeftBehind(
        what="signed addresses",
        name="links to rate a dossier, to fetch a file, for providers' reports",
        do="nothing: new ones are made; those already sent out stop working",
    ),
    LeftBehind(
        what="sessions", name="everybody who is signed in", do="nothing: people sign in again"
    ),
    LeftBehind(
        what="uploads under way",
        name="files whose upload had not ended",
        do="nothing: people send them again",
    ),
]
