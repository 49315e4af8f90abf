"""A workflow in words, as administrators read it. Pure."""

from collections.abc import Sequence

from app.onestop.catalog.shapes import ChannelKind, Limit, PostKind, Unit
from app.onestop.workflows.agencies import AgencyRef, ByKey, ByKind, Outside
from app.onestop.workflows.conditions import (
    All,
    AnswerAtLeast,
    AnswerAtMost,
    AnswerIn,
    AnswerIs,
    AnyOf,
    ApplicantIs,
    ApplicantKind,
    CaseIs,
    ChannelIs,
    Condition,
    Not,
    PaperGiven,
)
from app.onestop.workflows.tree import Choice, Join, Parallel, Role, Step, Sub, Until, Wait
from app.provinces.shapes import AgencyKind

POSTS = {
    PostKind.RECEPTION: "Bộ phận Một cửa",
    PostKind.SPECIALIST: "Chuyên viên",
    PostKind.LEADER: "Lãnh đạo",
}
UNTIL = {
    Until.PAPER: "Chờ người nộp bổ sung giấy tờ, tạm dừng tính thời hạn",
    Until.PAYMENT: "Chờ thực hiện nghĩa vụ tài chính, tạm dừng tính thời hạn",
    Until.TIMER: "Chờ hết thời gian, thời hạn vẫn tính",
    Until.OUTSIDE: "Chờ cơ quan ngoài hệ thống trả lời, tạm dừng tính thời hạn",
    Until.PUBLICATION: "Niêm yết, công khai, tạm dừng tính thời hạn",
}
_UNITS = {
    Unit.WORKING_DAYS: "ngày làm việc",
    Unit.DAYS: "ngày",
    Unit.WORKING_HOURS: "giờ làm việc",
    Unit.HOURS: "giờ",
    Unit.MONTHS: "tháng",
    Unit.SAME_DAY: "ngày, trả trong ngày",
}
_AGENCIES = {
    AgencyKind.PROVINCE: "Ủy ban nhân dân tỉnh",
    AgencyKind.DEPARTMENT: "sở quản lý",
    AgencyKind.COMMUNE: "Ủy ban nhân dân cấp xã",
    AgencyKind.SERVICE_CENTRE: "trung tâm phục vụ hành chính công",
}
_CHANNELS = {
    ChannelKind.ONLINE: "nộp trực tuyến",
    ChannelKind.POSTAL: "nộp qua bưu chính",
    ChannelKind.DIRECT: "nộp trực tiếp",
}
_APPLICANTS = {ApplicantKind.PERSON: "cá nhân", ApplicantKind.ORGANISATION: "tổ chức"}


def step_words(step: Step) -> str:
    """Who does a step, and in how much of the time."""
    return _joined(POSTS[step.post], _share(step.share))


def wait_words(wait: Wait) -> str:
    """What is awaited, and for how long."""
    limit = limit_words(wait.limit) if wait.limit else ""
    return _joined(UNTIL[wait.until], limit)


def sub_words(sub: Sub) -> str:
    """Which agency does the part, and what it answers for."""
    role = "chủ trì" if sub.role is Role.LEAD else "phối hợp"
    return _joined(f"Liên thông, {role}: {agency_words(sub.agency)}", _share(sub.share))


def parallel_words(node: Parallel) -> str:
    """When the branches are over."""
    if node.join is Join.FIRST:
        return "Làm cùng lúc; một nhánh xong thì đi tiếp, các nhánh khác dừng"
    return "Làm cùng lúc; mọi nhánh xong mới đi tiếp"


def choice_words(node: Choice) -> str:
    """How many ways there are."""
    return f"Chọn một trong {len(node.branches) + 1} nhánh theo hồ sơ"


def agency_words(ref: AgencyRef) -> str:
    """The agency meant; one named by its key shows the key."""
    match ref:
        case ByKey(key=key):
            return key
        case ByKind(kind=kind):
            return _AGENCIES.get(kind, kind.value)
        case Outside(name=name):
            return f"{name} (ngoài hệ thống)"
        case _:
            return "cơ quan thụ lý"


def limit_words(limit: Limit) -> str:
    """A time as people say it: "15 ngày làm việc"."""
    return f"{limit.qty} {_UNITS[limit.unit]}"


def condition_words(condition: Condition) -> str:
    """When a branch is taken."""
    match condition:
        case All(of=of):
            return _listed(of, " và ")
        case AnyOf(of=of):
            return _listed(of, " hoặc ")
        case Not(condition=inner):
            return f"không phải ({condition_words(inner)})"
        case AnswerIs(field=field, value=value):
            return f"mục “{field}” là “{value}”"
        case AnswerIn(field=field, values=values):
            return f"mục “{field}” là một trong: {', '.join(values)}"
        case AnswerAtLeast(field=field, bound=bound):
            return f"mục “{field}” từ {bound} trở lên"
        case AnswerAtMost(field=field, bound=bound):
            return f"mục “{field}” không quá {bound}"
        case CaseIs(case=case):
            return f"trường hợp “{case}”"
        case ChannelIs(channel=channel):
            return _CHANNELS[channel]
        case PaperGiven(slot=slot):
            return f"có giấy tờ “{slot}”"
        case ApplicantIs(kind=kind):
            return f"người nộp là {_APPLICANTS[kind]}"


def _listed(parts: Sequence[Condition], word: str) -> str:
    said = [condition_words(part) for part in parts]
    return said[0] if len(said) == 1 else word.join(f"({one})" for one in said)


def _share(share: int) -> str:
    return f"{share}% thời gian" if share else ""


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)
