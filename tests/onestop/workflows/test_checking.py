"""A workflow that does not check is refused, and the place of the fault is named."""

from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.onestop.catalog.shapes import Limit, PostKind, Unit
from app.onestop.catalog.source import shipped
from app.onestop.forms.shapes import Field, Option
from app.onestop.forms.shapes import Kind as FieldKind
from app.onestop.forms.source import form_named
from app.onestop.workflows.agencies import ByKey, Outside, Own
from app.onestop.workflows.checking import DEEPEST, MOST_NODES, faults
from app.onestop.workflows.conditions import (
    All,
    AnswerAtLeast,
    AnswerIn,
    AnswerIs,
    CaseIs,
    Condition,
    Not,
    PaperGiven,
)
from app.onestop.workflows.shapes import Fault, Known, known_to
from app.onestop.workflows.tree import (
    Branch,
    Choice,
    Join,
    Node,
    Nothing,
    Parallel,
    Role,
    Sequence,
    Step,
    Sub,
    Until,
    Wait,
    Workflow,
    from_flow,
)
from tests.onestop.workflows.trees import CASES, SLOTS, workflows

KNOWN = Known(
    fields={
        "loai": Field(
            "loai", FieldKind.CHOICE, "Loại",
            options=[Option("nha-o", "Nhà ở"), Option("cong-trinh", "Công trình")],
        ),
        "dien-tich": Field("dien-tich", FieldKind.DECIMAL, "Diện tích"),
    },
    cases=frozenset(CASES),
    papers=frozenset(SLOTS),
    agencies=frozenset({"so-y-te"}),
    posts={"tu-phap-ho-tich": PostKind.SPECIALIST},
    tenants=frozenset({"laocai"}),
)  # fmt: skip
DESK = Step("tiep-nhan", "Tiếp nhận", PostKind.RECEPTION)
LAST = Step("tra", "Trả kết quả", PostKind.RECEPTION)


def work(name: str = "thu-ly", share: int = 0, held_by: str | None = None) -> Step:
    return Step(name, "Thụ lý", PostKind.SPECIALIST, share, held_by)


def workflow(tree: Node) -> Workflow:
    return Workflow("qt", 1, "Quy trình", tree, date(2026, 1, 1), "Quyết định")


def around(middle: Node) -> list[Fault]:
    """The faults of a workflow whose second part is `middle`."""
    return faults(workflow(Sequence((DESK, middle, LAST))), KNOWN)


def when(condition: Condition) -> Choice:
    return Choice("re", "Rẽ nhánh", (Branch(condition, work()),), Nothing())


def sub(body: Node | None = None, **changes: object) -> Sub:
    made = Sub("lien-thong", "Liên thông", ByKey("so-y-te"), Role.LEAD, 0, body)
    return msgspec.structs.replace(made, **changes)


@given(workflows)
def test_a_sound_workflow_has_no_fault(one: Workflow) -> None:
    assert faults(one, KNOWN) == []


def test_every_published_flow_is_a_sound_workflow() -> None:
    posts = {"tu-phap-ho-tich": PostKind.SPECIALIST, "dia-chinh-xay-dung": PostKind.SPECIALIST}
    for procedure in shipped():
        known = known_to(procedure, form_named(procedure.form), posts=posts)
        assert faults(workflow(from_flow(procedure.flow)), known) == [], procedure.code


SECOND = "Quy trình › Bước 2"
WHEN = f"{SECOND} › Nhánh 1 › Điều kiện"
SABOTAGES: dict[str, tuple[Node, str, str]] = {
    "double id": (work("tiep-nhan"), SECOND, "đã dùng ở chỗ khác"),
    "marked id": (work("Thụ lý"), SECOND, "không dấu"),
    "blank name": (Step("x", " ", PostKind.LEADER), SECOND, "Ghi tên"),
    "empty sequence": (Sequence(()), SECOND, "đang trống"),
    "empty parallel": (Parallel("s", "Song song", ()), SECOND, "hai nhánh"),
    "empty choice": (Choice("r", "Rẽ", (), work()), SECOND, "ít nhất một nhánh"),
    "empty first-join branch": (
        Parallel("s", "Song song", (work("a"), when(CaseIs("th-1"))), Join.FIRST),
        f"{SECOND} › Nhánh 2", "không có việc nào",
    ),
    "share too small": (work(share=40), "Quy trình", "40%"),
    "share too large": (work(share=120), SECOND, "từ 0 đến 100"),
    "unknown post": (work(held_by="phap-che"), SECOND, "phap-che"),
    "post of another kind": (
        Step("x", "Ký", PostKind.LEADER, 0, "tu-phap-ho-tich"), SECOND, "không thuộc loại",
    ),
    "timer without time": (Wait("c", "Chờ", Until.TIMER), SECOND, "thời gian phải chờ"),
    "notice without time": (Wait("c", "Chờ", Until.PUBLICATION), SECOND, "thời gian phải chờ"),
    "no time at all": (
        Wait("c", "Chờ", Until.TIMER, Limit(0, Unit.DAYS)), SECOND, "lớn hơn 0",
    ),
    "unknown paper awaited": (
        Wait("c", "Chờ", Until.PAPER, None, ("gt-9",)), SECOND, "gt-9",
    ),
    "paper of a payment": (
        Wait("c", "Chờ", Until.PAYMENT, None, ("gt-1",)), SECOND, "Chỉ ghi giấy tờ",
    ),
    "no body": (sub(), SECOND, "cơ quan liên thông"),
    "agency abroad": (
        sub(agency=Own(), tenant="laocai"), SECOND, "mã của cơ quan nhận việc",
    ),
    "procedure at home": (sub(work(), procedure="1.001193"), SECOND, "Chỉ ghi mã thủ tục"),
    "body abroad": (sub(work(), tenant="laocai"), SECOND, "không có bước bên trong"),
    "unknown tenant": (sub(tenant="hanoi"), SECOND, "hanoi"),
    "unknown agency": (sub(work(), agency=ByKey("phong-y-te")), SECOND, "phong-y-te"),
    "work outside": (sub(work(), agency=Outside("Thuế")), SECOND, "ngoài hệ thống"),
    "shares inside": (sub(work(share=20), share=0), SECOND, "20%"),
    "unknown case": (when(CaseIs("th-9")), WHEN, "th-9"),
    "unknown field": (when(AnswerIs("so-tang", "3")), WHEN, "so-tang"),
    "unknown option": (when(AnswerIs("loai", "chua")), WHEN, "chua"),
    "no value": (when(AnswerIn("dien-tich", ())), WHEN, "cần so sánh"),
    "unknown paper": (when(PaperGiven("gt-9")), WHEN, "gt-9"),
    "no number": (when(AnswerAtLeast("loai", Decimal(3))), WHEN, "không phải là số"),
    "endless number": (when(AnswerAtLeast("dien-tich", Decimal("NaN"))), WHEN, "con số"),
    "unknown number": (when(Not(AnswerAtLeast("so-tang", Decimal(3)))), WHEN, "so-tang"),
    "empty condition": (when(All(())), WHEN, "đang trống"),
    "deep condition": (
        when(All((CaseIs("th-1"), Not(CaseIs("th-9"))))), f"{WHEN} › Vế 2", "th-9",
    ),
    "deep place": (
        Parallel("s", "Song song", (sub(Sequence((work("a"), work("a")))), work("b"))),
        f"{SECOND} › Nhánh 1 › Phần việc liên thông › Bước 2", "“a”",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SABOTAGES)
def test_each_fault_is_found_at_its_place(name: str) -> None:
    middle, place, words = SABOTAGES[name]
    found = around(middle)
    assert any(fault.place == place and words in fault.reason for fault in found), found


@pytest.mark.parametrize("name", [name for name in SABOTAGES if name != "share too large"])
def test_one_fault_is_told_once(name: str) -> None:
    assert len(around(SABOTAGES[name][0])) == 1


@given(workflows, st.data())
def test_any_double_id_is_found(one: Workflow, draw: st.DataObject) -> None:
    assert isinstance(one.tree, Sequence)
    copied = draw.draw(st.sampled_from(one.tree.parts[:-1]))
    twice = Sequence((*one.tree.parts[:-1], copied, one.tree.parts[-1]))
    found = faults(workflow(twice), KNOWN)
    place = f"Quy trình › Bước {len(one.tree.parts)}"
    assert any(f.place.startswith(place) and "đã dùng" in f.reason for f in found)


def test_a_workflow_begins_at_the_desk() -> None:
    (fault,) = faults(workflow(Sequence((work(), LAST))), KNOWN)
    assert fault.place == "Quy trình › Bước 1"
    assert "Bộ phận Một cửa" in fault.reason


@pytest.mark.parametrize(
    "end",
    [
        Wait("c", "Chờ", Until.PAYMENT),
        sub(tenant="laocai"),
        sub(work(), role=Role.SUPPORT),
        Parallel("s", "Song song", (work("a"), Wait("c", "Chờ", Until.OUTSIDE))),
        when(CaseIs("th-1")),
    ],
)
def test_a_workflow_ends_with_a_step_that_gives_the_result(end: Node) -> None:
    (fault,) = faults(workflow(Sequence((DESK, end))), KNOWN)
    assert fault.place.startswith(SECOND)
    assert "kết thúc" in fault.reason


def test_an_agency_that_leads_may_end_it() -> None:
    assert faults(workflow(Sequence((DESK, sub(work(), agency=Own())))), KNOWN) == []


def test_the_longest_branch_counts() -> None:
    def both(one: int, other: int) -> list[Fault]:
        return around(Parallel("s", "Song song", (work("a", one), work("b", other))))

    assert both(100, 30) == [] and both(20, 100) == []
    assert "70%" in both(70, 30)[0].reason


def test_what_is_too_deep_or_too_large_is_refused_without_being_walked() -> None:
    deep: Node = work()
    for _ in range(5000):
        deep = Sequence((deep,))
    (fault,) = around(deep)
    assert f"{DEEPEST} tầng" in fault.reason
    (fault,) = around(Sequence(tuple(work(f"b{at}") for at in range(MOST_NODES))))
    assert f"quá {MOST_NODES} phần" in fault.reason
    endless: Condition = CaseIs("th-1")
    for _ in range(5000):
        endless = Not(endless)
    assert len(around(when(endless))) == 1


def test_the_head_is_checked_too() -> None:
    nameless = Workflow("Quy trình", 0, "", Sequence((DESK, LAST)), date(2026, 1, 1), "")
    assert [fault.place for fault in faults(nameless, KNOWN)] == ["Quy trình"] * 3
