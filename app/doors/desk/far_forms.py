"""The rarer decisions on work that lies with another system (liên thông)."""

from collections.abc import Sequence

from app.doors.desk.folded import Field, Other
from app.onestop.dossiers.rules import Act
from app.onestop.exchange.queries import FarWork

FAR = (Act.ASK_FAR_AGAIN, Act.GO_ON_WITHOUT)


def far_forms(act: Act, far: Sequence[FarWork]) -> list[Other]:
    """One form for each part the act may be done at; none where there is nothing to offer."""
    there = [work for work in far if work.left_at is None]
    if act is Act.ASK_FAR_AGAIN:
        return [_again(work) for work in there if work.outcome == "ended"]
    return [_go_on(work) for work in there]


def _go_on(work: FarWork) -> Other:
    return Other(
        path="khong-cho-lien-thong",
        words=f"Tiếp tục, không chờ kết quả: {work.title or work.partner}",
        fields=[Field(kind="area", name="note", label="Lý do tiếp tục khi chưa có kết quả")],
        warning=f"Yêu cầu đã gửi {work.partner} được rút; hồ sơ sang bước tiếp theo mà không có "
        "kết quả của phần việc này.",
        node=work.node,
    )


def _again(work: FarWork) -> Other:
    return Other(
        path="gui-lai-lien-thong",
        words=f"Gửi lại yêu cầu: {work.title or work.partner}",
        fields=[Field(kind="area", name="note", label="Ghi chú", required=False)],
        warning=f"{work.partner} nhận yêu cầu mới kèm mọi giấy tờ hiện có của hồ sơ.",
        node=work.node,
    )
