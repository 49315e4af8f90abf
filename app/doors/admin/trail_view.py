"""The trail as its page shows it: acts in words, who and from where."""

from collections.abc import Sequence

import msgspec

from app.doors.desk.lists_view import short_moment
from app.doors.desk.trail_words import act_title
from app.doors.words import gio_ngay, so
from app.trail.rules import short
from app.trail.searching import Found, SealLine

KINDS = {
    "citizen": "Người nộp",
    "officer": "Cán bộ",
    "system": "Hệ thống",
    "visitor": "Khách",
}
# What may be chosen in the list: words, patterns of acts, patterns left out.
GROUPS: dict[str, tuple[str, Sequence[str], Sequence[str]]] = {
    "xem": ("Xem hồ sơ, sổ theo dõi", ["%.read"], []),
    "phien": ("Đăng nhập, đăng xuất", ["%.sign\\_in", "%.sign\\_out", "session.%"], []),
    "ho-so": ("Xử lý hồ sơ", ["dossier.%", "exchange.%", "bulk.%"], ["%.read"]),
    "giay-to": ("Giấy tờ, phiếu", ["paper.%", "slip.%"], []),
    "can-bo": ("Cán bộ và chức danh", ["officer.%"], ["%.sign\\_%"]),
    "tin-nhan": ("Tin nhắn", ["notice.%"], []),
    "cau-hinh": (
        "Thiết lập của địa phương",
        ["procedure.%", "workflow.%", "calendar.%", "agency.%", "partner.%", "reorganisation.%",
         "tenant.%", "statement.%"],
        [],
    ),
    "nhat-ky": ("Nhật ký", ["trail.%"], []),
}  # fmt: skip
_HOWS = {
    "page": "trên màn hình",
    "slip": "bản in",
    "pdf": "tệp PDF",
    "paper": "tệp giấy tờ",
    "deadline": "cách tính thời hạn",
    "tracking": "tra cứu bằng số điện thoại",
}
_TITLES = {
    "dossier.read": "Xem hồ sơ",
    "register.read": "Xem sổ theo dõi",
    "search.read": "Tìm hồ sơ",
    "trail.read": "Xem nhật ký",
    "trail.drop": "Xóa nhật ký hết thời hạn lưu",
    "officer.sign_in": "Đăng nhập",
    "officer.sign_out": "Đăng xuất",
    "citizen.sign_in": "Đăng nhập",
    "citizen.sign_out": "Đăng xuất",
    "session.end": "Kết thúc phiên làm việc",
    "officer.admit": "Cấp quyền cho cán bộ",
    "officer.dismiss": "Thu hồi quyền của cán bộ",
    "officer.hold_post": "Giao chức danh",
    "officer.release_post": "Thôi giao chức danh",
    "officer.stand_in": "Cử người thay",
    "officer.readmit": "Cấp quyền lại cho cán bộ",
    "officer.reopen": "Mở lại tài khoản của cán bộ",
    "officer.name_issuer": "Ghi hệ thống đăng nhập của cán bộ",
    "officer.end_sessions": "Kết thúc phiên làm việc của cán bộ",
    "agency.begin": "Thêm cơ quan mới",
    "agency.code_form": "Đổi cách lập mã hồ sơ",
    "agency.end": "Kết thúc hoạt động của cơ quan",
    "agency.rename": "Đổi tên cơ quan",
    "bulk.order": "Xử lý nhiều hồ sơ",
    "calendar.draft": "Lập dự thảo lịch làm việc",
    "calendar.approve": "Phê duyệt lịch làm việc",
    "calendar.discard": "Hủy dự thảo lịch làm việc",
    "calendar.publish": "Ban hành lịch làm việc",
    "dossier.change_workflow": "Chuyển hồ sơ sang quy trình khác",
    "dossier.end_wait": "Kết thúc thời gian chờ",
    "draft.discard": "Bỏ bản nháp hồ sơ",
    "draft.transfer": "Chuyển bản nháp đến cơ quan kế thừa",
    "notice.choose_ways": "Chọn cách nhận tin",
    "notice.decide_limits": "Đổi giới hạn gửi tin",
    "notice.give_up": "Không gửi tin đang tạm giữ",
    "notice.judge_wording": "Ghi kết quả duyệt mẫu tin",
    "notice.let_go": "Cho gửi tin đang tạm giữ",
    "notice.resend": "Gửi lại tin báo",
    "notice.retire_wording": "Thôi dùng mẫu tin",
    "notice.resume": "Nhận tin trở lại",
    "notice.stop": "Thôi nhận tin",
    "notice.set_line": "Khai báo tên định danh",
    "notice.use_wording": "Đưa mẫu tin vào sử dụng",
    "notice.write_wording": "Soạn mẫu tin",
    "partner.add": "Khai báo hệ thống liên thông",
    "partner.stop": "Tạm dừng hệ thống liên thông",
    "partner.resume": "Tiếp tục hệ thống liên thông",
    "procedure.carry_in": "Thêm thủ tục từ hệ thống cũ",
    "procedure.switch_filing": "Bật, tắt tiếp nhận trực tuyến",
    "reorganisation.plan": "Lập phương án sắp xếp cơ quan",
    "reorganisation.begin": "Bắt đầu sắp xếp cơ quan",
    "reorganisation.finish": "Hoàn thành sắp xếp cơ quan",
    "reorganisation.refuse": "Không thực hiện phương án sắp xếp",
    "statement.accept": "Nghiệm thu bảng kê",
    "tenant.load": "Nạp dữ liệu của địa phương",
    "workflow.save_draft": "Lưu dự thảo quy trình",
    "workflow.publish": "Công bố quy trình",
    "workflow.retire": "Ngừng áp dụng quy trình",
}
# What is said of an act without words of its own, by the first part of its name.
_ROOMS = {
    "dossier": "Cập nhật hồ sơ",
    "exchange": "Trao đổi với hệ thống liên thông",
    "notice": "Cập nhật tin nhắn",
    "officer": "Cập nhật cán bộ",
    "workflow": "Cập nhật quy trình",
    "calendar": "Cập nhật lịch làm việc",
    "partner": "Cập nhật hệ thống liên thông",
    "reorganisation": "Cập nhật sắp xếp cơ quan",
}


class TrailLine(msgspec.Struct, frozen=True):
    """One row of the list."""

    at: str
    who: str
    kind: str
    act: str
    note: str
    code: str
    origin: str
    port: int | None
    sealed: bool


class SealRow(msgspec.Struct, frozen=True):
    """One seal of the list."""

    seq: str
    rows: str
    span: str
    sealed_at: str
    digest: str


def trail_lines(found: Sequence[Found]) -> list[TrailLine]:
    """The rows as the page lists them."""
    return [
        TrailLine(
            gio_ngay(one.at),
            f"{one.actor_name} (thay {one.on_behalf_of})" if one.on_behalf_of else one.actor_name,
            KINDS.get(one.actor_kind, ""),
            title_of(one.act),
            _HOWS.get(one.how or "", "") or one.basis or "",
            one.code or "",
            one.address or "",
            one.port,
            one.sealed,
        )
        for one in found
    ]


def seal_rows(seals: Sequence[SealLine]) -> list[SealRow]:
    """The seals as the page lists them."""
    return [
        SealRow(
            so(one.seq),
            so(one.rows),
            _span(short_moment(one.first_at), short_moment(one.last_at)),
            short_moment(one.sealed_at),
            short(one.digest),
        )
        for one in seals
    ]


def title_of(act: str) -> str:
    """What an act is called by people."""
    other = _ROOMS.get(act.partition(".")[0], "Cập nhật dữ liệu")
    return _TITLES.get(act) or act_title(act) or other


def _span(first: str, last: str) -> str:
    return first if first == last else f"{first} – {last}"
