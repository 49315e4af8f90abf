"""What is wrong with a plan, as sentences for whoever drew it up. Pure."""

from collections import Counter
from collections.abc import Iterator

from app.onestop.codes.rules import prefix_faults
from app.onestop.reorganisation.rules import ending, followers, posts_to_make
from app.onestop.reorganisation.shapes import (
    Change,
    Merge,
    MovePost,
    Plan,
    Rename,
    Split,
    Standing,
)

_SMS_LETTERS = 30
_WORK = ("reception", "specialist", "leader")


def faults(plan: Plan, standing: Standing) -> list[str]:
    """Why the plan (phương án sắp xếp) cannot be carried out, in Vietnamese; empty when it can."""
    found = [*_head_faults(plan), *_new_faults(plan, standing), *_source_faults(plan, standing)]
    for change in plan.changes:
        found += _change_faults(plan, standing, change)
    return list(dict.fromkeys([*found, *_appointment_faults(plan, standing)]))


def _head_faults(plan: Plan) -> Iterator[str]:
    if not plan.number.strip() or not plan.title.strip():
        yield "Ghi số và tên của văn bản quyết định việc sắp xếp."
    if not plan.changes:
        yield "Phương án chưa có nội dung sắp xếp nào."
    if plan.decided_on > plan.on:
        yield "Ngày tổ chức mới bắt đầu hoạt động không được trước ngày ký văn bản."


def _new_faults(plan: Plan, standing: Standing) -> Iterator[str]:
    ended = {key for change in plan.changes for key in ending(change)}
    prefixes = {one.code_prefix for key, one in standing.agencies.items()
                if key not in ended and not one.ended}  # fmt: skip
    for new in plan.agencies:
        if new.key in standing.agencies:
            yield f"{new.key}: mã này đã có; đặt mã khác cho cơ quan mới."
        yield from (f"{new.key}: {fault}" for fault in prefix_faults(new.code_prefix))
        if new.code_prefix in prefixes:
            yield f"{new.key}: mã định danh {new.code_prefix} đang được cơ quan khác sử dụng."
        prefixes.add(new.code_prefix)
        yield from _name_faults(new.key, new.name, new.sms_name)
        if new.parent is not None and not _will_be(plan, standing, new.parent):
            yield f"{new.key}: không có cơ quan cấp trên {new.parent}."
        if new.posts is not None and len({post.key for post in new.posts}) < len(new.posts):
            yield f"{new.key}: có hai chức danh trùng mã."
    yield from (f"{key}: hai cơ quan mới trùng mã." for key in _doubles(
        [new.key for new in plan.agencies]))  # fmt: skip


def _source_faults(plan: Plan, standing: Standing) -> Iterator[str]:
    """Each agency ends once, and exists until it does."""
    sources = [key for change in plan.changes for key in ending(change)]
    yield from (f"{key}: xuất hiện trong nhiều nội dung sắp xếp." for key in _doubles(sources))
    for key in dict.fromkeys(sources):
        if not _exists(standing, key):
            yield f"{key}: không có cơ quan này hoặc cơ quan đã kết thúc hoạt động."


def _change_faults(plan: Plan, standing: Standing, change: Change) -> Iterator[str]:
    for key in followers(change):
        if not _will_be(plan, standing, key):
            yield f"{key}: không có cơ quan kế thừa này, hoặc chính cơ quan đó cũng kết thúc."
    match change:
        case Merge(agencies=agencies, into=into):
            if not [key for key in agencies if key != into]:
                yield f"{into}: ghi các cơ quan được sáp nhập."
        case Split():
            yield from _split_faults(change)
        case Rename(agency=agency, name=name, sms_name=sms_name):
            if not _will_be(plan, standing, agency) or not _exists(standing, agency):
                yield f"{agency}: không có cơ quan này để đổi tên."
            yield from _name_faults(agency, name, sms_name)
        case MovePost():
            yield from _post_faults(plan, standing, change)
    for source in ending(change):
        yield from _work_faults(plan, standing, source, followers(change))


def _split_faults(change: Split) -> Iterator[str]:
    into = set(change.into)
    if len(into) < 2 or change.agency in into:
        yield f"{change.agency}: chia, tách phải có từ hai cơ quan kế thừa khác nó trở lên."
    named = {*change.areas, *change.fields.values(), *change.dossiers.values(), change.otherwise}
    for key in sorted(str(key) for key in named - into - {None}):
        yield f"{change.agency}: {key} không nằm trong các cơ quan kế thừa."
    if any(not place.strip() for places in change.areas.values() for place in places):
        yield f"{change.agency}: có địa bàn để trống."


def _post_faults(plan: Plan, standing: Standing, change: MovePost) -> Iterator[str]:
    known = standing.agencies.get(change.agency)
    if known is None or known.ended or change.post not in known.posts:
        yield f"{change.agency}: không có chức danh {change.post} để điều chuyển."
    if change.agency == change.to or not _will_be(plan, standing, change.to):
        yield f"{change.to}: không có cơ quan nhận chức danh này."
    elif change.post in _post_kinds(plan, standing, change.to):
        yield f"{change.to}: đã có chức danh {change.post}."


def _work_faults(plan: Plan, standing: Standing, source: str, into: list[str]) -> Iterator[str]:
    """Whatever kind of post worked in the agency that ends must be there in its successors."""
    known = standing.agencies.get(source)
    needed = {post.kind for post in known.posts.values()} & set(_WORK) if known else set()
    for key in into:
        if missing := needed - set(_post_kinds(plan, standing, key).values()):
            kinds = ", ".join(_KIND_NAMES[kind] for kind in sorted(missing))
            yield f"{key}: chưa có chức danh {kinds} để nhận việc của {source}."


def _appointment_faults(plan: Plan, standing: Standing) -> Iterator[str]:
    for one in plan.appointments:
        if one.officer not in standing.officers:
            yield f"{one.officer}: không có cán bộ này trong danh sách đang làm việc."
        if one.post not in _post_kinds(plan, standing, one.agency):
            yield f"{one.officer}: cơ quan {one.agency} không có chức danh {one.post}."


def _post_kinds(plan: Plan, standing: Standing, key: str) -> dict[str, str]:
    """The agency's posts on the day, by key; empty for one that is not there."""
    if not _will_be(plan, standing, key):
        return {}
    if _is_new(plan, key):
        return {post.key: post.kind.value for post in posts_to_make(plan, standing, key)}
    return {post.key: post.kind for post in standing.agencies[key].posts.values()}


def _exists(standing: Standing, key: str) -> bool:
    known = standing.agencies.get(key)
    return known is not None and not known.ended


def _will_be(plan: Plan, standing: Standing, key: str) -> bool:
    """Whether there is such an agency on the plan's day."""
    ends = any(key in ending(change) for change in plan.changes)
    return _is_new(plan, key) or (_exists(standing, key) and not ends)


def _is_new(plan: Plan, key: str) -> bool:
    return any(new.key == key for new in plan.agencies)


def _name_faults(key: str, name: str, sms_name: str) -> Iterator[str]:
    if not name.strip():
        yield f"{key}: ghi tên cơ quan."
    if not sms_name.strip() or not sms_name.isascii() or len(sms_name) > _SMS_LETTERS:
        yield f"{key}: tên trong tin nhắn không dấu, tối đa {_SMS_LETTERS} ký tự."


def _doubles(values: list[str]) -> list[str]:
    return [value for value, times in Counter(values).items() if times > 1]


_KIND_NAMES = {"reception": "tiếp nhận", "specialist": "thụ lý", "leader": "lãnh đạo"}
