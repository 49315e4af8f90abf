"""Slips made by hand, without a database: what every form is drawn from in tests."""

from datetime import UTC, date, datetime
from uuid import uuid4

from app.onestop.slips.shapes import (
    CONTENTS,
    Apology,
    Receipt,
    RefusalSlip,
    Slip,
    SlipContent,
    SlipPaper,
    SlipPerson,
    StopNotice,
    SupplementLine,
    SupplementRequest,
)

EVENING = datetime(2026, 11, 20, 12, 5, tzinfo=UTC)  # 19:05 in Vietnam
LATER = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
VERSION = "TT03-2025.1"
CODE = "H08.21583-261120-0007"
_COMMON = {
    "agency": "Ủy ban nhân dân phường Quy Nhơn", "desk": "Bộ phận Tiếp nhận và Trả kết quả",
    "place": "Bình Định", "code": CODE, "number": "0784047105783542611200000709",
    "tracking_url": f"http://binhdinh.localhost:8080/tra-cuu?ma={CODE}",
    "officer": "Nguyễn Thị Lan",
    "applicant": SlipPerson(
        name="Trần Văn Hùng", address="25 Nguyễn Huệ, phường Quy Nhơn", phone="0905 000 301",
        email="hung.tran@thu.vn", id_number="052090000301",
    ),
    "request": "Đăng ký khai sinh: Trần Bảo An", "hotline": "0256 1022 000",
}  # fmt: skip
_OWN: dict[str, dict[str, object]] = {
    "01": {
        "sets": 1, "limit": "05 ngày làm việc", "received_at": EVENING, "due_at": LATER,
        "return_at": "quầy số 3", "fees": ["lệ phí 8.000 đồng"], "explanation": [],
        "register_number": 12, "register_year": 2026,
        "papers": [SlipPaper(name="Giấy chứng sinh", form="Bản chính", quantity=1)],
    },
    "02": {
        "items": [
            SupplementLine(
                name="Giấy chứng sinh", form="Bản chính", article="Điều 17",
                reason="Thiếu giấy tờ theo thành phần hồ sơ đã công bố",
                note="Bản do cơ sở y tế cấp",
            )
        ],
        "reply_by": date(2026, 12, 5), "note": "Có thể nộp bổ sung trực tuyến",
    },
    "03": {
        "reason": "Thủ tục không thuộc thẩm quyền giải quyết của cơ quan",
        "article": "Điều 17 Nghị định số 118/2025/NĐ-CP", "detail": "Nộp tại Sở Xây dựng",
    },
    "04": {
        "field": "Hộ tịch", "received_at": EVENING, "old_due_at": EVENING, "new_due_at": LATER,
        "reason": "Phải xác minh tại nơi cư trú trước đây", "signer": "Lê Quang Minh",
    },
    "05": {
        "received_at": EVENING, "requested_by": "Trần Văn Hùng", "stage": "Đang thẩm định",
        "reason": "Người nộp đổi nhu cầu", "fees": "Chưa nộp", "signer": "Lê Quang Minh",
    },
}  # fmt: skip
KINDS = Receipt | SupplementRequest | RefusalSlip | Apology | StopNotice


def content(form: str = "01", **changes: object) -> SlipContent:
    """The content of a slip of that form with everything said, but for `changes`."""
    return CONTENTS[form](**{**_COMMON, **_OWN[form], **changes})


def slip(form: str = "01", *, replaced: bool = False, **changes: object) -> Slip:
    """A slip as it was issued on a Friday evening."""
    return Slip(
        id=uuid4(), dossier_id=uuid4(), form=form, form_version=VERSION, issued_at=EVENING,
        number=None if form == "01" else 7, replaced_at=LATER if replaced else None,
        replaced_why="Ghi sai tên" if replaced else None,
        content=content(form, **changes),
    )  # fmt: skip


def papers(count: int) -> list[SlipPaper]:
    """So many papers, told apart by their number."""
    return [
        SlipPaper(name=f"Giấy tờ thứ {number} trong hồ sơ", form="Bản sao", quantity=1)
        for number in range(1, count + 1)
    ]
