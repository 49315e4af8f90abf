"""Who follows whom, where a dossier goes, and what no plan may say."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.onestop.reorganisation.checking import faults
from app.onestop.reorganisation.rules import (
    change_of,
    ending,
    followers,
    post_after,
    posts_to_make,
    target_of,
)
from app.onestop.reorganisation.shapes import (
    Facts,
    KnownAgency,
    KnownPost,
    Merge,
    Plan,
    Split,
    Standing,
)
from app.provinces.history import plan_file
from infra.ids import uuid7
from tests.onestop.reorganisation.plans import described, merge, new_agency

KINDS = ("reception", "specialist", "leader")
PLACES = Split(
    agency="huyen", into=["a", "b"],
    areas={"a": ["phường Hoài Thanh", "xã Hoài Sơn"], "b": ["phường Hoài Thanh Tây"]},
    fields={"Hộ tịch": "b"}, place=["dia_chi_dat"],
)  # fmt: skip


def known(key: str, *, ended: bool = False, kinds: tuple[str, ...] = KINDS) -> KnownAgency:
    posts = {kind: KnownPost(uuid7(), kind, kind, kind) for kind in kinds}
    return KnownAgency(
        id=uuid7(), key=key, name=key, kind="commune", code_prefix=f"H00.{key.upper()}",
        ended=ended, posts=posts,
    )  # fmt: skip


STANDING = Standing(
    {key: known(key) for key in ("a", "b", "c", "d", "ubnd-tinh")}
    | {"gone": known("gone", ended=True), "bare": known("bare", kinds=("reception",))},
    frozenset({"lan"}),
)


def plan(*changes: dict[str, Any], **choices: Any) -> Plan:
    return msgspec.convert(described(*changes, **choices), type=Plan)


@pytest.mark.parametrize(
    ("facts", "target"),
    [
        (Facts(address="12 Trần Phú, phường Hoài Thanh, thị xã Hoài Nhơn"), "a"),
        (Facts(address="PHUONG HOAI THANH TAY, tx Hoài Nhơn"), "b"),
        (Facts(address="phường Hoài Thanh 2"), "a"),
        (Facts(address="phường Hoài Thanhx"), None),
        (Facts(address="xã Hoài Sơn, trước ở phường Hoài Thanh Tây"), None),
        (Facts(address="xã Hoài Sơn", answers={"dia_chi_dat": "phường Hoài Thanh Tây"}), "b"),
        (Facts(address="nơi khác", field="Hộ tịch"), "b"),
        (Facts(address="xã Hoài Sơn", field="Hộ tịch"), "a"),
        (Facts(), None),
    ],
)
def test_a_split_asks_place_then_field(facts: Facts, target: str | None) -> None:
    assert target_of(PLACES, facts) == target


def test_a_persons_decision_comes_first_by_whatever_code_and_the_rest_last() -> None:
    split = msgspec.structs.replace(PLACES, dossiers={"OLD-0001": "b"}, otherwise="a")
    facts = Facts(codes=frozenset({"NEW-0001", "OLD-0001"}), address="xã Hoài Sơn")
    assert target_of(split, facts) == "b"
    assert target_of(split, Facts()) == "a"


@given(st.text(max_size=80), st.text(max_size=20), st.text(max_size=20))
def test_whatever_is_known_a_dossier_goes_to_one_of_the_successors_or_to_a_person(
    address: str, code: str, field: str
) -> None:
    facts = Facts(codes=frozenset({code}), address=address, field=field)
    assert target_of(PLACES, facts) in {"a", "b", None}
    assert target_of(Merge(["x"], "y"), facts) == "y"


def test_a_merged_agency_that_goes_on_does_not_end() -> None:
    change = Merge(["a", "b"], "a")
    assert (ending(change), followers(change)) == (["b"], ["a"])
    assert change_of(plan(merge("a", "b", into="a")), "a") is None


def test_work_goes_to_the_post_of_the_same_key_else_to_the_first_of_its_kind() -> None:
    old = KnownPost(uuid7(), "ho-tich", "specialist", "")
    same = KnownPost(uuid7(), "ho-tich", "specialist", "")
    first = KnownPost(uuid7(), "dat-dai", "specialist", "")
    leader = KnownPost(uuid7(), "ho-tich", "leader", "")
    ended = KnownPost(uuid7(), "ho-tich", "specialist", "", True)
    assert post_after(old, [first, leader, ended, same]) == same
    assert post_after(old, [leader, ended, first]) == first
    assert post_after(old, [leader, ended]) is None


def test_a_new_agency_begins_with_the_posts_of_those_it_follows() -> None:
    described_plan = plan(merge("a", "bare"), agencies=[new_agency()])
    made = posts_to_make(described_plan, STANDING, "ubnd-phuong-moi")
    assert [post.key for post in made] == sorted(KINDS)


def test_a_sound_plan_has_no_faults() -> None:
    sound = plan(
        merge("a", "b"),
        {"kind": "rename", "agency": "c", "name": "Ủy ban nhân dân xã C", "sms_name": "UBND X. C"},
        agencies=[new_agency(code_prefix="H00.A")],  # of an agency that ends
        appointments=[{"officer": "lan", "agency": "ubnd-phuong-moi", "post": "leader"}],
    )
    assert faults(sound, STANDING) == []


@pytest.mark.parametrize(
    ("changes", "choices", "said"),
    [
        ([], {}, "chưa có nội dung"),
        ([merge("a", into="b")], {"number": " "}, "số và tên"),
        ([merge("a", into="b")], {"on": "2026-11-01"}, "không được trước ngày ký"),
        ([merge("x", into="b")], {}, "x: không có cơ quan này"),
        ([merge("gone", into="b")], {}, "gone: không có cơ quan này hoặc cơ quan đã kết thúc"),
        ([merge("a", into="x")], {}, "x: không có cơ quan kế thừa"),
        ([merge("a", into="gone")], {}, "gone: không có cơ quan kế thừa"),
        ([merge("a", into="a")], {}, "a: ghi các cơ quan được sáp nhập"),
        ([merge("a", into="b"), merge("b", into="c")], {}, "b: không có cơ quan kế thừa"),
        ([merge("a", into="b"), merge("a", into="c")], {}, "a: xuất hiện trong nhiều"),
        ([merge("a", into="bare")], {}, "bare: chưa có chức danh lãnh đạo, thụ lý"),
        ([{"kind": "split", "agency": "a", "into": ["b", "b"]}], {}, "từ hai cơ quan"),
        ([{"kind": "split", "agency": "a", "into": ["a", "b"]}], {}, "từ hai cơ quan"),
        (
            [{"kind": "split", "agency": "a", "into": ["b", "c"], "fields": {"Đất đai": "d"}}],
            {},
            "d không nằm trong",
        ),
        (
            [{"kind": "split", "agency": "a", "into": ["b", "c"], "areas": {"b": [" "]}}],
            {},
            "địa bàn để trống",
        ),
        (
            [{"kind": "rename", "agency": "gone", "name": "x", "sms_name": "x"}],
            {},
            "để đổi tên",
        ),
        ([{"kind": "rename", "agency": "a", "name": " ", "sms_name": "ă"}], {}, "ghi tên"),
        (
            [{"kind": "move_post", "agency": "a", "post": "thu-quy", "to": "b"}],
            {},
            "không có chức danh thu-quy",
        ),
        (
            [{"kind": "move_post", "agency": "a", "post": "leader", "to": "b"}],
            {},
            "b: đã có chức danh",
        ),
        (
            [{"kind": "move_post", "agency": "a", "post": "leader", "to": "gone"}],
            {},
            "gone: không có cơ quan nhận",
        ),
        ([merge("a")], {"agencies": [new_agency(code_prefix="h08")]}, "Mã định danh"),
        ([merge("a")], {"agencies": [new_agency(code_prefix="H00.B")]}, "đang được cơ quan khác"),
        ([merge("a")], {"agencies": [new_agency(parent="x")]}, "cơ quan cấp trên x"),
        ([merge("a")], {"agencies": [new_agency(sms_name="Ủy ban")]}, "không dấu"),
        ([merge("a", into="c")], {"agencies": [new_agency("b")]}, "b: mã này đã có"),
        ([merge("a")], {"agencies": [new_agency(), new_agency()]}, "trùng mã"),
        (
            [merge("a", into="b")],
            {"appointments": [{"officer": "ai", "agency": "b", "post": "leader"}]},
            "ai: không có cán bộ này",
        ),
        (
            [merge("a", into="b")],
            {"appointments": [{"officer": "lan", "agency": "a", "post": "leader"}]},
            "cơ quan a không có chức danh",
        ),
    ],
)
def test_what_contradicts_itself_or_the_organisation_is_told(
    changes: list[dict[str, Any]], choices: dict[str, Any], said: str
) -> None:
    found = faults(plan(*changes, **choices), STANDING)
    assert any(said in fault for fault in found), found


@pytest.mark.parametrize(
    "wrong",
    [
        {"changes": [{"kind": "swap", "agency": "a"}]},
        {"changes": [{"kind": "merge", "agencies": ["a"]}]},
        {"holders": "stay"},
        {"decided": "2026-11-20"},
        {"on": "23/11/2026"},
    ],
)
def test_an_unknown_word_is_no_plan(wrong: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**described(merge("a", into="b")), **wrong}, type=Plan)


keys = st.sampled_from(["a", "b", "c", "d", "gone", "bare", "x", "ubnd-phuong-moi"])
changes = st.one_of(
    st.builds(lambda some, into: merge(*some, into=into), st.lists(keys, max_size=3), keys),
    st.builds(
        lambda one, into, rest: {"kind": "split", "agency": one, "into": into, "otherwise": rest},
        keys, st.lists(keys, max_size=3), keys,
    ),
    st.builds(lambda one, to: {"kind": "dissolve", "agency": one, "successor": to}, keys, keys),
    st.builds(
        lambda one, to: {"kind": "move_post", "agency": one, "post": "leader", "to": to}, keys, keys
    ),
)  # fmt: skip


@given(st.lists(changes, max_size=4), st.booleans())
def test_in_a_plan_without_faults_whoever_ends_is_followed_by_who_does_not(
    some: list[dict[str, Any]], with_new: bool
) -> None:
    found = plan(*some, agencies=[new_agency()] if with_new else [])
    if faults(found, STANDING):
        return
    ended = [key for change in found.changes for key in ending(change)]
    assert len(ended) == len(set(ended))
    for key in ended:
        change = change_of(found, key)
        assert change is not None and followers(change)
        assert not set(followers(change)) & set(ended)
        target = target_of(change, Facts())
        assert target in followers(change)


def test_the_shipped_plan_of_the_reform_is_readable() -> None:
    read = msgspec.json.decode(plan_file("binh_dinh", "2025_07_01").read_bytes(), type=Plan)
    ended = [key for change in read.changes for key in ending(change)]
    assert (len(ended), len(set(ended)), len(read.agencies)) == (166, 166, 58)
    reached = {key for change in read.changes for key in followers(change)}
    assert reached == {new.key for new in read.agencies}
