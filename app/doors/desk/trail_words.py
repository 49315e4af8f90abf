"""The trail of a dossier in words: what the acts' English names are called by people."""

from collections.abc import Sequence

import msgspec

from app.doors.desk.lists_view import short_moment
from app.onestop.dossiers.rules import TRANSITIONS
from app.onestop.slips.rules import ACT_TITLES
from app.trail.queries import TrailLine

_ACTS = {f"dossier.{row.act}": row.title for row in TRANSITIONS} | {
    **ACT_TITLES,
    "paper.attach": "Thêm giấy tờ",
    "paper.remove": "Gỡ giấy tờ",
    "dossier.recount": "Tính lại hạn theo lịch làm việc mới",
    "dossier.free_task": "Bỏ phân công vì cán bộ thôi giữ chức danh",
    "dossier.corrected_from": "Thông tin trước khi đính chính",
    "dossier.transfer": "Chuyển đến cơ quan kế thừa",
    "dossier.transfer_task": "Chuyển việc đến cơ quan kế thừa",
    "dossier.add_alias": "Thêm mã cũ của hồ sơ",
    "dossier.give_code": "Đổi mã hồ sơ",
    "dossier.carry_in": "Chuyển từ hệ thống cũ",
    "paper.carry_in": "Chuyển giấy tờ từ hệ thống cũ",
    "dossier.rate": "Đánh giá mức độ hài lòng",
    "exchange.accepted": "Hệ thống liên thông đã tiếp nhận",
    "exchange.asked": "Hệ thống liên thông yêu cầu bổ sung giấy tờ",
    "exchange.finished": "Hệ thống liên thông trả kết quả",
    "exchange.ended": "Hệ thống liên thông kết thúc, không có kết quả",
    "exchange.more_papers": "Hệ thống gửi bổ sung giấy tờ",
    "exchange.withdrawn": "Hệ thống gửi rút yêu cầu",
    "exchange.try_again": "Gửi lại tin liên thông",
    "exchange.drop": "Bỏ qua tin liên thông",
    "exchange.send_papers": "Gửi giấy tờ bổ sung đến hệ thống liên thông",
    "dossier.pass_to_agency": "Chuyển hồ sơ đến cơ quan liên thông",
    "rating.give": "Đánh giá mức độ hài lòng",
}
_KINDS = {"citizen": "Người nộp", "officer": "Cán bộ", "system": "Hệ thống", "visitor": "Khách"}
_OTHER = "Cập nhật hồ sơ"


class TrailRow(msgspec.Struct, frozen=True):
    """One act: when, who, what, under which rule."""

    at: str
    who: str
    kind: str
    act: str
    basis: str


def act_title(act: str) -> str | None:
    """What an act is called by people; None where it has no words of its own."""
    return _ACTS.get(act)


def trail_rows(lines: Sequence[TrailLine]) -> list[TrailRow]:
    """The acts, newest first, as the page lists them."""
    return [
        TrailRow(
            short_moment(line.at),
            f"{line.actor_name} (thay {line.on_behalf_of})"
            if line.on_behalf_of
            else line.actor_name,
            _KINDS.get(line.actor_kind, ""),
            _ACTS.get(line.act, _OTHER),
            line.basis or "",
        )
        for line in lines
    ]
