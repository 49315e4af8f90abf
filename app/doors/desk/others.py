"""The rarer decisions on a dossier (việc khác): each a small form of its own, folded away."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta

import msgspec

from app.doors.desk.far_forms import FAR, far_forms
from app.doors.desk.folded import Field, Other
from app.doors.desk.inputs import dated
from app.onestop.deadlines.calendar import local
from app.onestop.deadlines.clocks import apology_by, supplement_by
from app.onestop.deadlines.queries import calendar_in_force
from app.onestop.deadlines.reasons import reasons_on
from app.onestop.dossiers.queries.choices import agencies_to_ask, holders_of
from app.onestop.dossiers.queries.page import DossierPage
from app.onestop.dossiers.rules import Act
from app.onestop.dossiers.service.pausing import OF_AGENCY
from app.onestop.dossiers.shapes import WAY_NAMES
from app.onestop.exchange.queries import FarWork
from app.onestop.slips.reasons import reasons
from app.onestop.slips.rules import phone_text
from infra.clock import now, today

_PROPOSED_DAYS = 3
_AT_STEP = (Act.ASSIGN, Act.ASK_OPINION)
_DRAFTED = "Hồ sơ cần thêm thời gian thẩm định."

Asking = Callable[[DossierPage], Awaitable[Other]]


async def others_of(
    shown: DossierPage, far: Sequence[FarWork], sent: Mapping[str, str], path: str
) -> list[Other]:
    """The rarer decisions open to the officer; the form of `path` keeps what was typed. `far`: what
    lies with other systems."""
    found = [
        other for act, ask in ASKED.items() if act in shown.acts
        for other in await _at_each(act, ask, shown)
    ]  # fmt: skip
    found += [other for act in FAR if act in shown.acts for other in far_forms(act, far)]
    return [
        _kept(other, sent)
        if other.path == path and sent.get("node", other.node) == other.node
        else other
        for other in found
    ]


async def _at_each(act: Act, ask: Asking, shown: DossierPage) -> list[Other]:
    """One form; where it is for one of several open works, one for each of them."""
    nodes = shown.nodes.get(act.value, []) if act in _AT_STEP else []
    found = []
    for node, name in nodes:
        tasks = [task for task in shown.tasks if task.node == node]
        other = await ask(msgspec.structs.replace(shown, tasks=tasks))
        words = f"{other.words}: {name}" if len(nodes) > 1 else other.words
        found.append(msgspec.structs.replace(other, words=words, node=node))
    return found or [await ask(shown)]


def _kept(other: Other, sent: Mapping[str, str]) -> Other:
    fields = [
        msgspec.structs.replace(field, value=sent.get(field.name, field.value))
        for field in other.fields
    ]
    return msgspec.structs.replace(other, fields=fields, open=True)


async def _refuse(shown: DossierPage) -> Other:
    why = [(each.code, each.words) for each in reasons("03", today())]
    return Other(
        path="tu-choi", words="Từ chối tiếp nhận",
        fields=[
            Field(kind="select", name="reason_code", label="Lý do từ chối", options=why),
            Field(kind="area", name="note", label="Nêu cụ thể", required=False),
        ],
    )  # fmt: skip


async def _supplement(shown: DossierPage) -> Other:
    return Other(
        path="bo-sung", words="Yêu cầu bổ sung, hoàn thiện hồ sơ",
        fields=await _wanting(shown),
        warning="Nêu đầy đủ trong một lần. Thời hạn tạm dừng và được tính lại từ đầu sau khi "
        f"người nộp bổ sung đủ.{await _ask_by(shown)}",
    )  # fmt: skip


async def _ask_by(shown: DossierPage) -> str:
    """Until when a received dossier may be found wanting, in a sentence."""
    since = shown.competent_received_at or shown.received_at
    if since is None:
        return ""
    calendar = await calendar_in_force(agency_id=shown.agency_id)
    by = supplement_by(since, calendar).at
    return f" Thông báo cho người nộp chậm nhất hết ngày {dated(local(by).date())}."


async def _again(shown: DossierPage) -> Other:
    confirm = Field(
        kind="box", name="confirmed",
        label="Tôi biết yêu cầu bổ sung từ lần thứ hai bị tính là giải quyết quá hạn",
    )  # fmt: skip
    return Other(
        path="bo-sung-nua", words="Yêu cầu bổ sung lần nữa",
        fields=[*await _wanting(shown), confirm],
        warning="Hồ sơ đã được yêu cầu bổ sung. Theo bộ chỉ số chất lượng phục vụ, yêu cầu từ "
        "lần thứ hai bị tính là quá hạn.",
    )  # fmt: skip


async def _wanting(shown: DossierPage) -> list[Field]:
    why = [(each.code, each.words) for each in reasons("02", today())]
    papers = [
        Field(
            kind="row", name=f"ly_do.{paper.id}", label=paper.short, options=why,
            blank="Không yêu cầu", required=False,
        )
        for paper in shown.checklist
    ]  # fmt: skip
    return [
        *papers,
        Field(
            kind="text", name="other", label="Giấy tờ, nội dung khác cần bổ sung", required=False
        ),
        Field(kind="area", name="note", label="Hướng dẫn cụ thể", required=False),
        await _day("reply_by", "Đề nghị hoàn thành trước ngày", 10),
    ]


async def _assign(shown: DossierPage) -> Other:
    task = next(task for task in shown.tasks if task.state == "open" and task.kind == "step")
    options = await holders_of(task.post_id) if task.post_id else []
    to = Field(
        kind="select", name="to", label=f"Người xử lý bước {task.name}", options=options,
        value=str(task.officer_id or ""), blank="Bất kỳ ai giữ chức danh này", required=False,
    )  # fmt: skip
    return Other(path="phan-cong", words="Phân công xử lý", fields=[to])


async def _opinion(shown: DossierPage) -> Other:
    at = next((task.agency_id for task in shown.tasks if task.state == "open"), shown.agency_id)
    options = await agencies_to_ask(at)
    return Other(
        path="lay-y-kien", words="Lấy ý kiến cơ quan khác",
        fields=[
            Field(kind="select", name="agency_id", label="Cơ quan", options=options),
            Field(kind="area", name="note", label="Nội dung cần lấy ý kiến"),
            await _day("answer_by", "Trả lời trước hết ngày", 3),
        ],
    )  # fmt: skip


async def _payment(shown: DossierPage) -> Other:
    return Other(
        path="nop-tien", words="Yêu cầu thực hiện nghĩa vụ tài chính",
        fields=[
            await _day("pay_by", "Nộp trước hết ngày", 10),
            Field(kind="area", name="note", label="Nội dung nghĩa vụ tài chính"),
        ],
        warning="Thời hạn tạm dừng cho đến khi xác nhận người nộp đã thực hiện.",
    )  # fmt: skip


async def _pause(shown: DossierPage) -> Other:
    why = [(each.code, each.title.capitalize()) for each in reasons_on(today())]
    options = [(code, words) for code, words in why if code in OF_AGENCY]
    return Other(
        path="tam-dung", words="Tạm dừng tính thời hạn",
        fields=[
            Field(kind="select", name="reason", label="Lý do theo quy định", options=options),
            Field(kind="area", name="note", label="Ghi chú", required=False),
        ],
    )  # fmt: skip


async def _extend(shown: DossierPage) -> Other:
    """Drafted before the date is missed: opened by itself from the last day an apology is due."""
    calendar = await calendar_in_force(agency_id=shown.agency_id)
    assert shown.due_at is not None, "only what has a deadline is extended"
    day = shown.due_at.date()
    for _ in range(_PROPOSED_DAYS):
        day = calendar.next_working_day(day)
    by = apology_by(shown.due_at, calendar)
    return Other(
        path="gia-han", words="Xin lỗi và gia hạn",
        fields=[
            Field(kind="day", name="until", label="Hẹn lại hết ngày", value=dated(day)),
            Field(kind="area", name="note", label="Lý do chậm", value=_DRAFTED),
        ],
        warning=f"Chỉ được hẹn lại một lần; văn bản xin lỗi gửi chậm nhất ngày {dated(by.date())}.",
        open=by - now() < timedelta(days=1) and by > now(),
    )  # fmt: skip


async def _correct(shown: DossierPage) -> Other:
    who = shown.applicant
    ways = list(WAY_NAMES.items())
    return Other(
        path="dinh-chinh", words="Đính chính thông tin tiếp nhận",
        fields=[
            Field(kind="text", name="full_name", label="Họ và tên người nộp", value=who.full_name),
            *(
                Field(kind="text", name=name, label=label, value=value or "", required=False)
                for name, label, value in (
                    ("id_number", "Số định danh", who.id_number),
                    ("phone", "Điện thoại", phone_text(who.phone)),
                    ("email", "Thư điện tử", who.email),
                    ("address", "Địa chỉ", who.address), ("summary", "Trích yếu", shown.summary),
                )
            ),
            Field(
                kind="select", name="wanted_way", label="Cách nhận kết quả", options=ways,
                value=shown.wanted_way,
            ),
            Field(kind="area", name="note", label="Lý do đính chính"),
        ],
        warning="Giấy tiếp nhận mới được lập; giấy cũ ghi “Đã được thay thế”.",
    )  # fmt: skip


async def _stop(shown: DossierPage) -> Other:
    why = Field(kind="area", name="note", label="Đề nghị của người nộp và lý do")
    return Other(
        path="dung", words="Dừng giải quyết theo đề nghị", fields=[why],
        warning="Hồ sơ kết thúc, không tiếp tục được. Thông báo dừng (mẫu 05) được lập.",
    )  # fmt: skip


async def _withdraw(shown: DossierPage) -> Other:
    why = Field(kind="area", name="note", label="Lý do rút hồ sơ")
    return Other(
        path="rut", words="Rút hồ sơ theo yêu cầu người nộp", fields=[why],
        warning="Hồ sơ kết thúc, không tiếp tục được.",
    )  # fmt: skip


async def _day(name: str, label: str, ahead: int) -> Field:
    calendar, day = await calendar_in_force(), today()
    for _ in range(ahead):
        day = calendar.next_working_day(day)
    return Field(kind="day", name=name, label=label, value=dated(day))


ASKED: dict[Act, Asking] = {
    Act.REFUSE: _refuse,
    Act.ASK_SUPPLEMENT: _supplement,
    Act.ASK_AGAIN: _again,
    Act.ASSIGN: _assign,
    Act.ASK_OPINION: _opinion,
    Act.ASK_PAYMENT: _payment,
    Act.PAUSE: _pause,
    Act.EXTEND: _extend,
    Act.CORRECT: _correct,
    Act.STOP: _stop,
    Act.WITHDRAW: _withdraw,
}
