"""A workflow as somebody wrote it: read whole, or refused with every place that is wrong."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.onestop.workflows.reading import MOST_BYTES, decoded, read
from app.onestop.workflows.source import known_everywhere, shipped
from app.onestop.workflows.tree import Workflow
from tests.onestop.workflows.test_checking import KNOWN
from tests.onestop.workflows.trees import workflows

STEP = {"node": "step", "id": "a", "name": "A", "post": "specialist"}
WHEN = {"test": "case_is", "case": "th-1"}


def document(middle: object) -> dict[str, Any]:
    parts = [
        {"node": "step", "id": "dau", "name": "Đầu", "post": "reception"},
        middle,
        {"node": "step", "id": "cuoi", "name": "Cuối", "post": "reception"},
    ]
    return {
        "code": "qt", "version": 1, "name": "QT", "valid_from": "2026-01-01", "basis": "",
        "tree": {"node": "sequence", "parts": parts},
    }  # fmt: skip


def told(raw: object) -> list[tuple[str, str]]:
    found = decoded(msgspec.json.encode(raw))
    assert isinstance(found, list)
    return [(fault.place, fault.reason) for fault in found]


@given(workflows)
def test_a_workflow_survives_being_written_down(one: Workflow) -> None:
    assert read(msgspec.json.encode(one), KNOWN) == one


@pytest.mark.parametrize("code", list(shipped()))
def test_a_shipped_workflow_survives_being_written_down(code: str) -> None:
    assert read(msgspec.json.encode(shipped()[code]), known_everywhere()) == shipped()[code]


def choice(when: object = WHEN, then: object = STEP) -> dict[str, Any]:
    return {
        "node": "choice", "id": "r", "name": "R",
        "branches": [{"when": when, "then": then}], "otherwise": {"node": "nothing"},
    }  # fmt: skip


SECOND = "Quy trình › Bước 2"
WRONG: dict[str, tuple[object, str, str]] = {
    "unknown node": ({**STEP, "node": "vong-lap"}, SECOND, "Không có từ “vong-lap”."),
    "unknown word": ({**STEP, "sla": 3}, SECOND, "Có mục lạ “sla”. Hãy bỏ hoặc sửa tên."),
    "missing word": ({"node": "step", "id": "a", "name": "A"}, SECOND, "Thiếu mục “post”."),
    "unknown post": ({**STEP, "post": "vua"}, SECOND, "Không có từ “vua”."),
    "wrong type": ({**STEP, "share": "ba"}, SECOND, "Giá trị của mục “share” không đúng kiểu."),
    "no node": ([], SECOND, "Phần này phải là một đối tượng JSON."),
    "no type": ({"id": "a"}, SECOND, "Thiếu mục “node”."),
    "parts that are none": (
        {"node": "sequence", "parts": 3}, SECOND, "Giá trị của mục “parts” không đúng kiểu.",
    ),
    "no otherwise": (
        {k: v for k, v in choice().items() if k != "otherwise"}, SECOND, "Thiếu mục “otherwise”.",
    ),
    "unknown test": (
        choice({"test": "eval", "code": "1"}), f"{SECOND} › Nhánh 1 › Điều kiện",
        "Không có từ “eval”.",
    ),
    "deep test": (
        choice({"test": "not", "condition": {"test": "all", "of": [WHEN, {"test": "case_is"}]}}),
        f"{SECOND} › Nhánh 1 › Điều kiện › Vế 2", "Thiếu mục “case”.",
    ),
    "then missing": (
        {**choice(), "branches": [{"when": WHEN}]}, f"{SECOND} › Nhánh 1", "Thiếu mục “then”.",
    ),
    "deep node": (
        choice(then={"node": "sequence", "parts": [STEP, {**STEP, "x": 1}]}),
        f"{SECOND} › Nhánh 1 › Bước 2", "Có mục lạ “x”. Hãy bỏ hoặc sửa tên.",
    ),
    "unknown agency": (
        {"node": "sub", "id": "s", "name": "S", "agency": {"by": "phep"}, "role": "lead"},
        SECOND, "Không có từ “phep”.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_each_unreadable_part_is_told_with_its_place(name: str) -> None:
    middle, place, reason = WRONG[name]
    assert told(document(middle)) == [(place, reason)]


def test_all_that_is_wrong_is_told_at_once() -> None:
    both = {"node": "parallel", "id": "s", "name": "S", "branches": [{**STEP, "x": 1}, {}]}
    raw = {**document(both), "version": "một"}
    assert [place for place, _ in told(raw)] == [
        "Quy trình", f"{SECOND} › Nhánh 1", f"{SECOND} › Nhánh 2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "JSON"),
        (b"{", "JSON"),
        (b"\xff", "JSON"),
        (b"[]", "đối tượng"),
        (b"{}", "Thiếu mục"),
        (b"[" * 100_000, "tầng"),
        (b'{"tree":' * 300 + b"1" + b"}" * 300, "tầng"),
        (b" " * (MOST_BYTES + 1), "KB"),
    ],
)
def test_what_is_no_workflow_is_refused_in_words(data: bytes, words: str) -> None:
    found = read(data, KNOWN)
    assert isinstance(found, list) and words in found[0].reason


def test_an_unsound_workflow_is_refused_as_a_whole() -> None:
    found = read(msgspec.json.encode(document({**STEP, "id": "dau"})), KNOWN)
    assert isinstance(found, list) and found[0].place == SECOND


@given(workflows, st.data())
def test_no_damage_goes_unseen_or_unsaid(one: Workflow, draw: st.DataObject) -> None:
    raw = msgspec.to_builtins(one)
    places = list(_objects(raw["tree"]))
    spoil: Callable[[dict[str, Any]], object] = draw.draw(
        st.sampled_from([_add_a_word, _take_its_type])
    )
    spoil(draw.draw(st.sampled_from(places)))
    assert all(place.startswith("Quy trình") and reason for place, reason in told(raw))


def _add_a_word(raw: dict[str, Any]) -> None:
    raw["la"] = 1


def _take_its_type(raw: dict[str, Any]) -> None:
    raw.pop("node", None) or raw.pop("test", None) or raw.update(la=1)


def _objects(raw: object) -> list[dict[str, Any]]:
    if isinstance(raw, dict):
        return [raw, *(one for part in raw.values() for one in _objects(part))]
    if isinstance(raw, list | tuple):
        return [one for part in raw for one in _objects(part)]
    return []
