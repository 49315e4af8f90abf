"""The decisions open to an officer on a dossier: buttons, and what each of them asks for."""

from collections.abc import Mapping, Sequence

import msgspec

from app.onestop.dossiers.queries.page import DossierPage
from app.onestop.dossiers.rules import Act
from app.onestop.dossiers.shapes import WAY_NAMES
from app.onestop.workflows.tree import Until

# The last part of the address each act is posted to.
PATHS = {
    Act.RECEIVE: "tiep-nhan",
    Act.TAKE_OVER: "nhan-ho-so",
    Act.HAND_OVER: "chuyen",
    Act.PROCESS: "tham-dinh",
    Act.APPROVE: "phe-duyet",
    Act.SEND_BACK: "tra-lai",
    Act.ATTACH_RESULT: "ket-qua",
    Act.FINISH: "hoan-thanh",
    Act.DELIVER: "tra-ket-qua",
    Act.SIGN_OFF: "ky-duyet",
    Act.GIVE_OPINION: "tra-loi-y-kien",
    Act.SUPPLEMENT: "da-bo-sung",
    Act.CONFIRM_PAYMENT: "da-nop-tien",
    Act.RESUME: "tinh-tiep",
    Act.RECALL: "rut-lai",
}
DONE = {
    "tiep-nhan": "Đã tiếp nhận hồ sơ. Người nộp được báo tin kèm ngày hẹn trả kết quả.",
    "nhan-ho-so": "Đã nhận hồ sơ. Thời hạn bắt đầu tính; người nộp được báo ngày hẹn trả kết quả.",
    "chuyen": "Đã chuyển hồ sơ đến bộ phận chuyên môn.",
    "tham-dinh": "Đã ghi nhận ý kiến thẩm định và chuyển hồ sơ đến bước tiếp theo.",
    "phe-duyet": "Đã phê duyệt.",
    "tra-lai": "Đã trả hồ sơ lại bộ phận chuyên môn.",
    "ket-qua": "Đã đính kèm kết quả. Kiểm tra tệp rồi bấm Hoàn thành để báo người nộp.",
    "hoan-thanh": "Hồ sơ đã có kết quả. Người nộp được báo tin đến nhận.",
    "tra-ket-qua": "Đã trả kết quả. Người nộp được mời đánh giá mức độ hài lòng.",
    "ky-duyet": "Đã ký duyệt.",
    "tra-loi-y-kien": "Đã trả lời ý kiến.",
    "da-bo-sung": "Đã nhận bổ sung. Người nộp được báo ngày hẹn trả mới.",
    "da-nop-tien": "Đã xác nhận nghĩa vụ tài chính. Thời hạn được tính tiếp.",
    "tinh-tiep": "Thời hạn được tính tiếp. Người nộp được báo ngày hẹn trả mới.",
    "co-tra-loi": "Đã ghi nhận. Nếu thời hạn đang tạm dừng vì việc này thì được tính tiếp.",
    "rut-lai": "Đã rút lại. Hồ sơ trở về bước của ông/bà.",
    "tu-choi": "Đã từ chối tiếp nhận. Người nộp được báo lý do.",
    "bo-sung": "Đã yêu cầu bổ sung. Người nộp được báo tin, thời hạn tạm dừng.",
    "bo-sung-nua": "Đã yêu cầu bổ sung lần nữa. Người nộp được báo tin, thời hạn tạm dừng.",
    "phan-cong": "Đã phân công xử lý.",
    "lay-y-kien": "Đã gửi yêu cầu lấy ý kiến.",
    "nop-tien": "Đã yêu cầu thực hiện nghĩa vụ tài chính. Người nộp được báo tin.",
    "tam-dung": "Đã tạm dừng tính thời hạn.",
    "gia-han": "Đã gia hạn và gửi lời xin lỗi đến người nộp.",
    "dinh-chinh": "Đã đính chính. Giấy tiếp nhận mới thay thế giấy cũ.",
    "dung": "Đã dừng giải quyết. Người nộp được báo tin.",
    "rut": "Đã ghi nhận việc rút hồ sơ.",
    "go-ket-qua": "Đã gỡ tệp kết quả.",
    "gui-lai": "Tin báo được xếp vào hàng gửi lại.",
    "khong-cho-lien-thong": "Hồ sơ sang bước tiếp theo, không chờ kết quả liên thông.",
    "gui-lai-lien-thong": "Đã gửi lại yêu cầu đến hệ thống liên thông.",
    "gui-giay-to": "Giấy tờ bổ sung được xếp vào hàng gửi đến hệ thống đang chờ.",
}
_WORDS = {
    Act.RECEIVE: "Tiếp nhận hồ sơ",
    Act.TAKE_OVER: "Xác nhận đã nhận hồ sơ",
    Act.HAND_OVER: "Chuyển xử lý",
    Act.FINISH: "Hoàn thành, báo người nộp",
    Act.DELIVER: "Trả kết quả",
    Act.SUPPLEMENT: "Đã nhận đủ giấy tờ bổ sung",
    Act.CONFIRM_PAYMENT: "Xác nhận đã nộp",
}
# What is noted down when word has come that the workflow waited for.
_COME = {
    Until.OUTSIDE.value: "Ghi nhận đã có trả lời",
    Until.PUBLICATION.value: "Ghi nhận đã niêm yết xong",
}
_NOTES = {
    Act.PROCESS: "Ý kiến thẩm định",
    Act.APPROVE: "Ý kiến chỉ đạo, hoặc lý do trả lại",
    Act.SIGN_OFF: "Ý kiến chỉ đạo, hoặc lý do trả lại",
    Act.GIVE_OPINION: "Ý kiến của cơ quan",
    Act.SUPPLEMENT: "Ghi chú",
}


class Button(msgspec.Struct, frozen=True):
    """One decision: its words, where it goes, and how it looks."""

    words: str
    path: str
    look: str
    number: int  # of Alt+1…6
    node: str = ""  # the open work it is for


class Decisions(msgspec.Struct, frozen=True, kw_only=True):
    """What the officer may do now and what is asked for it; `sent` is what was typed before."""

    buttons: list[Button]
    note: str  # the label of the box for an opinion, "" without one
    receivers: list[tuple[str, str]]
    ways: list[tuple[str, str]]
    way: str
    working_days: bool
    may_be_on_paper: bool
    attach: bool
    sent: dict[str, str]


def decisions_of(shown: DossierPage, sent: Mapping[str, str]) -> Decisions:
    """The decisions on a dossier for the officer its page was read for."""
    attaching = Act.ATTACH_RESULT in shown.acts
    acts = [act for act in shown.acts if act in PATHS and act is not Act.ATTACH_RESULT]
    if attaching and Act.FINISH not in acts:
        # A result may exist on paper only: the box beside the button says so.
        acts.append(Act.FINISH)
    return Decisions(
        buttons=_buttons(acts, shown),
        note=next((label for act, label in _NOTES.items() if act in acts), ""),
        receivers=[(str(post.id), post.title) for post in shown.receivers],
        ways=_ways(shown) if Act.DELIVER in acts else [],
        way=sent.get("way") or ("counter" if shown.result_on_paper else shown.wanted_way),
        working_days=shown.needs_working_days,
        may_be_on_paper=attaching and not shown.results,
        attach=attaching,
        sent=dict(sent),
    )


def _buttons(acts: Sequence[Act], shown: DossierPage) -> list[Button]:
    """One for each act; where it may be done at several open works, one for each of them."""
    found = [button for act in acts for button in _of(act, shown)]
    return [msgspec.structs.replace(button, number=n) for n, button in enumerate(found, 1)]


def _of(act: Act, shown: DossierPage) -> list[Button]:
    if act is Act.RESUME and shown.awaited:
        return [
            Button(f"{_COME[until]}: {name}", "co-tra-loi", "", 0, node)
            for node, name, until in shown.awaited
        ]
    words = _WORDS.get(act) or shown.act_titles[act.value]
    secondary = act in (Act.SEND_BACK, Act.RECALL) or (act is Act.FINISH and not shown.results)
    nodes = shown.nodes.get(act.value) or [("", "")]
    return [
        Button(
            f"{words}: {name}" if len(nodes) > 1 else words,
            *(PATHS[act], "btn-2" if secondary else "", 0, node),
        )
        for node, name in nodes
    ]


def _ways(shown: DossierPage) -> list[tuple[str, str]]:
    said = {"counter": "Tại Bộ phận Một cửa", "postal": "Qua bưu chính công ích"}
    if not shown.result_on_paper:
        said["electronic"] = "Bản điện tử, người nộp tự tải về"
    return [(way, said[way]) for way in WAY_NAMES if way in said]
