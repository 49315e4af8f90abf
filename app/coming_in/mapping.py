"""The mapping (tệp ánh xạ): whose columns and words mean what here; read and judged. Pure."""

import re
from collections.abc import Collection, Iterator, Mapping

import msgspec
from msgspec import Struct

from app.coming_in.days import form_fault
from app.coming_in.fields import FIELDS
from app.coming_in.shapes import Sheet, SheetName
from app.onestop.dossiers.shapes import PAPER_FORM_NAMES, WAY_NAMES
from app.onestop.reorganisation.reading import reason_of
from infra.outside import UNREADABLE

# Waiting for papers or money is carried over as work at a step: what was asked for is not told in
# a form we could answer for; the officer asks anew.
STATUSES = frozenset({1, 2, 3, 4, 7, 8, 9, 10})
WORKED_ON = frozenset({2, 4})
KINDS = frozenset({"submitted", "result"})
CHANNELS = frozenset({"online", "counter", "postal"})
_SOURCE = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
_PREFIX = re.compile(r"([A-Z][A-Z0-9]{0,9})?")


class Columns(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One sheet: `columns` from our field to their heading; `name` of their file or sheet."""

    columns: dict[str, str]
    name: str = ""


class Standing(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What an old status becomes: one of the ten statuses; for work going on also `at`, a step's id
    or the kind of post whose turn it is (reception, specialist, leader)."""

    status: int
    at: str = ""


class Meanings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A mapping file. Words are looked up without regard to case and spaces; null: undecided."""

    source: str
    source_name: str
    code_prefix: str = ""
    dates: list[str] = []
    sheets: dict[str, Columns]
    procedures: dict[str, str | None] = {}
    agencies: dict[str, str | None] = {}
    statuses: dict[str, Standing | None] = {}
    channels: dict[str, str | None] = {}
    ways: dict[str, str | None] = {}
    posts: dict[str, str | None] = {}
    kinds: dict[str, str | None] = {}
    forms: dict[str, str | None] = {}


class Known(Struct, frozen=True):
    """The names the mapping may use: codes of procedures, keys of agencies and of posts."""

    procedures: Collection[str]
    agencies: Collection[str]
    posts: Collection[str]


def read(content: bytes) -> Meanings | str:
    """The mapping a file describes, or a sentence why it cannot be read."""
    try:
        return msgspec.json.decode(content, type=Meanings)
    except UNREADABLE as error:
        return f"Tệp ánh xạ: {reason_of(error)}"


def fold(word: str) -> str:
    """A word of theirs as it is looked up."""
    return " ".join(word.split()).casefold()


def faults(mapping: Meanings, sheets: Mapping[SheetName, Sheet], known: Known) -> list[str]:
    """What has to be mended in the mapping, as sentences; empty when it can be used."""
    return [
        *_head_faults(mapping),
        *(each for name, columns in mapping.sheets.items() for each in _sheet(name, columns)),
        *(
            each
            for name, sheet in sheets.items()
            for each in _heading_faults(name, mapping.sheets.get(name), sheet)
        ),
        *_word_faults(mapping, known),
    ]


def _head_faults(mapping: Meanings) -> Iterator[str]:
    if not _SOURCE.fullmatch(mapping.source):
        yield "source: đặt tên ngắn gồm chữ thường, chữ số và dấu gạch, ví dụ mcdt-an-lao."
    if not mapping.source_name.strip():
        yield "source_name: ghi tên hệ thống cũ như sẽ hiện cho người dân."
    if not _PREFIX.fullmatch(mapping.code_prefix):
        yield "code_prefix: dùng 1 đến 10 chữ in hoa hoặc chữ số, bắt đầu bằng chữ, ví dụ CU."
    for form in mapping.dates:
        if form_fault(form):
            yield f"dates: “{form}” phải có %d, %m và %Y (năm đủ bốn chữ số)."


def _sheet(name: str, columns: Columns) -> Iterator[str]:
    if name not in set(SheetName):
        yield f"sheets: không có bảng “{name}”; các bảng là {', '.join(SheetName)}."
        return
    fields = {field.name: field for field in FIELDS[SheetName(name)]}
    for said in columns.columns:
        if said not in fields:
            yield f"{name}: không có trường “{said}”; các trường là {', '.join(fields)}."
    for field in fields.values():
        if field.needed and not columns.columns.get(field.name):
            yield f"{name}: chưa chỉ ra cột cho trường bắt buộc “{field.name}”."


def _heading_faults(name: SheetName, columns: Columns | None, sheet: Sheet) -> Iterator[str]:
    if columns is None:
        yield f"{name}: có bảng này trong dữ liệu nhưng tệp ánh xạ chưa nói đến; thêm vào sheets."
        return
    for field, heading in columns.columns.items():
        if heading and heading not in sheet.columns:
            yield f"{name}: không thấy cột “{heading}” (cho trường {field}) trong dữ liệu."


def _word_faults(mapping: Meanings, known: Known) -> Iterator[str]:
    allowed = {
        "procedures": (mapping.procedures, known.procedures, "mã thủ tục"),
        "agencies": (mapping.agencies, known.agencies, "mã cơ quan"),
        "posts": (mapping.posts, known.posts, "mã chức danh"),
        "channels": (mapping.channels, CHANNELS, "hình thức nộp"),
        "ways": (mapping.ways, WAY_NAMES, "cách nhận kết quả"),
        "forms": (mapping.forms, PAPER_FORM_NAMES, "hình thức giấy tờ"),
        "kinds": (mapping.kinds, KINDS, "loại giấy tờ"),
    }
    for name, (words, names, called) in allowed.items():
        for word, meant in words.items():
            if meant is not None and meant not in names:
                yield f"{name}: “{word}” chỉ đến {called} “{meant}” không có ở đây."
    for word, standing in mapping.statuses.items():
        if standing is not None:
            yield from _status_faults(word, standing)


def _status_faults(word: str, standing: Standing) -> Iterator[str]:
    if standing.status not in STATUSES:
        yield (
            f"statuses: “{word}” chọn một trong các số 1, 2, 3, 4, 7, 8, 9, 10; hồ sơ đang chờ bổ "
            "sung hoặc chờ nộp tiền ghi 4 kèm bước xử lý."
        )
    elif standing.status in WORKED_ON and not standing.at:
        yield f"statuses: “{word}” đang xử lý, cần ghi at là reception, specialist hoặc leader."
    elif standing.status not in WORKED_ON and standing.at:
        yield f"statuses: “{word}” không ở bước nào, bỏ at."
