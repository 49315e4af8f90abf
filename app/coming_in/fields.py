"""What each sheet may tell, and how old systems call it. Pure; docs/coming-in.md is made of it."""

from collections.abc import Mapping

from msgspec import Struct

from app.coming_in.shapes import SheetName


class Field(Struct, frozen=True):
    """A column we understand: `heads` are the headings by which it is recognised."""

    name: str
    heads: tuple[str, ...]
    needed: bool = False
    listed: str = ""  # the mapping's list its values are looked up in


def _field(name: str, heads: str, listed: str = "", *, needed: bool = False) -> Field:
    return Field(name, tuple(head.strip() for head in heads.split(",")), needed, listed)


_P, _T, _H, _B, _G = SheetName
FIELDS: Mapping[SheetName, tuple[Field, ...]] = {
    _P: (
        _field("username", "tên đăng nhập, tài khoản, username", needed=True),
        _field("full_name", "họ và tên, họ tên, tên cán bộ", needed=True),
        _field("email", "thư điện tử, email"),
        _field("agency", "cơ quan, đơn vị, đơn vị công tác", "agencies", needed=True),
        _field("post", "chức danh, vai trò, chức vụ", "posts", needed=True),
        _field("from", "từ ngày, ngày giao nhiệm vụ"),
    ),
    _T: (
        _field("code", "mã thủ tục, mã tthc", needed=True),
        _field("name", "tên thủ tục, tên tthc", needed=True),
        _field("field", "lĩnh vực"),
        _field("closed_on", "ngày hết hiệu lực, ngày bãi bỏ"),
        _field("working_days", "số ngày làm việc, thời hạn giải quyết, số ngày"),
        _field("decision", "quyết định công bố, số quyết định"),
    ),
    _H: (
        _field("id", "id, khóa, mã bản ghi"),
        _field("code", "mã hồ sơ, số hồ sơ, số biên nhận", needed=True),
        _field("procedure", "thủ tục, tên thủ tục, mã thủ tục", "procedures", needed=True),
        _field("agency", "cơ quan, đơn vị, đơn vị xử lý, nơi tiếp nhận", "agencies", needed=True),
        _field("applicant", "người nộp, họ tên người nộp, chủ hồ sơ, họ và tên", needed=True),
        _field("id_number", "số cccd, cmnd, số định danh, cccd/cmnd, số giấy tờ"),
        _field("phone", "điện thoại, số điện thoại, sđt"),
        _field("email", "email, thư điện tử"),
        _field("address", "địa chỉ, nơi ở, địa chỉ người nộp"),
        _field("summary", "trích yếu, nội dung, tên hồ sơ"),
        _field("channel", "hình thức nộp, kênh nộp, hình thức tiếp nhận", "channels"),
        _field("way", "hình thức trả kết quả, cách nhận kết quả", "ways"),
        _field("filed", "ngày nộp, ngày gửi"),
        _field("received", "ngày tiếp nhận, ngày nhận"),
        _field("due", "ngày hẹn trả, hạn xử lý, ngày hẹn"),
        _field("finished", "ngày kết thúc, ngày có kết quả, ngày xử lý xong"),
        _field("delivered", "ngày trả kết quả, ngày trả"),
        _field("status", "trạng thái, tình trạng, tình trạng hồ sơ", "statuses", needed=True),
        _field("result", "kết quả, số văn bản kết quả"),
    ),
    _B: (
        _field("dossier", "mã hồ sơ, số hồ sơ", needed=True),
        _field("at", "thời gian, thời điểm, ngày", needed=True),
        _field("title", "bước, công việc, nội dung xử lý", needed=True),
        _field("agency", "cơ quan, đơn vị"),
        _field("officer", "cán bộ, người xử lý"),
        _field("note", "ý kiến, ghi chú"),
    ),
    _G: (
        _field("id", "id, khóa, mã bản ghi"),
        _field("dossier", "mã hồ sơ, số hồ sơ", needed=True),
        _field("name", "tên giấy tờ, giấy tờ", needed=True),
        _field("kind", "loại, loại giấy tờ", "kinds"),
        _field("form", "hình thức, bản", "forms"),
        _field("file", "tệp, tên tệp, file, đường dẫn"),
        _field("sha256", "sha256, mã băm"),
        _field("added", "ngày thêm, ngày tải lên"),
    ),
}  # fmt: skip


def called(sheet: SheetName, name: str) -> str:
    """How people call a field for which the old system has no column: "ngày tiếp nhận"."""
    heads = (field.heads[0] for field in FIELDS[sheet] if field.name == name)
    return next(heads, name)
