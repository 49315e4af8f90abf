"""A first draft of a mapping, out of the sheets themselves; a person goes over it. Pure."""

from collections.abc import Iterator, Mapping

from app.coming_in.fields import FIELDS
from app.coming_in.mapping import CHANNELS, Columns, Meanings, Standing, fold
from app.coming_in.places import agency_of
from app.coming_in.shapes import Sheet, SheetName
from app.coming_in.world import World
from app.onestop.catalog.rules import normalise
from app.onestop.dossiers.shapes import CHANNEL_NAMES, PAPER_FORM_NAMES, WAY_NAMES

# Told by words within the old status, the more particular first.
_STATUSES = (
    ("cho tiep nhan|moi dang ky|moi nop|cho duyet tiep nhan", Standing(1)),
    ("tu choi|khong tiep nhan|khong duoc tiep nhan|tra lai", Standing(3)),
    ("rut", Standing(7)),
    ("dung|huy", Standing(8)),
    ("da tra|tra ket qua thanh cong|ket thuc", Standing(10)),
    ("cho tra|da co ket qua|da xu ly xong|da giai quyet|hoan thanh", Standing(9)),
    ("trinh ky|cho ky|lanh dao|phe duyet", Standing(4, "leader")),
    ("xu ly|thu ly|tham dinh|bo sung|tai chinh|nop tien", Standing(4, "specialist")),
    ("tiep nhan", Standing(2, "reception")),
)
_WAYS = (
    ("buu", "postal"), ("truc tuyen|dien tu|email", "electronic"), ("truc tiep|mot cua", "counter"),
)  # fmt: skip
_CHANNELS = (
    ("buu", "postal"), ("truc tuyen|cong|online", "online"), ("truc tiep|mot cua", "counter"),
)  # fmt: skip
_KINDS = (("ket qua", "result"), ("thanh phan|nop|dinh kem|giay to", "submitted"))
_FORMS = (("sao|photo", "copy"), ("dien tu|scan|tep", "electronic"), ("chinh|goc", "original"))
_POSTS = (
    ("tiep nhan|mot cua", "tiep-nhan"), ("ho tich|tu phap", "tu-phap-ho-tich"),
    ("dia chinh|xay dung", "dia-chinh-xay-dung"), ("chuyen vien|thu ly|can bo", "chuyen-vien"),
    ("chu tich|lanh dao", "lanh-dao-ubnd"), ("giam doc|truong phong", "lanh-dao"),
    ("quan tri", "quan-tri"),
)  # fmt: skip
_FIXED = {"channels": _CHANNELS, "ways": _WAYS, "kinds": _KINDS, "forms": _FORMS, "posts": _POSTS}
_OURS = {"channels": CHANNEL_NAMES, "ways": WAY_NAMES, "forms": PAPER_FORM_NAMES}


def draft(sheets: Mapping[SheetName, Sheet], world: World) -> Meanings:
    """What the headings and words seem to mean; null stands where nobody could tell."""
    columns = {name: _columns(name, sheet) for name, sheet in sheets.items()}
    words = {name: _words(name, sheets, columns) for name in ("procedures", "agencies", *_FIXED)}
    procedures = _procedures_by_name(world)
    return Meanings(
        source="he-thong-cu",
        source_name="hệ thống một cửa cũ",
        sheets={name.value: Columns(each) for name, each in columns.items()},
        procedures={
            word: word if word in world.procedures else procedures.get(normalise(word))
            for word in words["procedures"]
        },
        agencies={word: _agency(word, world) for word in words["agencies"]},
        statuses={word: _status(word) for word in _words("statuses", sheets, columns)},
        channels=_fixed("channels", words),
        ways=_fixed("ways", words),
        posts=_fixed("posts", words),
        kinds=_fixed("kinds", words),
        forms=_fixed("forms", words),
    )


def undecided(found: Meanings) -> int:
    """How many words a person still has to give a meaning."""
    lists: list[Mapping[str, object]] = [found.procedures, found.agencies, found.statuses]
    lists += [found.channels, found.ways, found.posts, found.kinds, found.forms]
    return sum(meant is None for each in lists for meant in each.values())


def _columns(name: SheetName, sheet: Sheet) -> dict[str, str]:
    """Which heading is which field: by our own names, then by the headings known of old."""
    headings = {normalise(heading): heading for heading in sheet.columns}
    found: dict[str, str] = {}
    for field in FIELDS[name]:
        for known in (field.name, *field.heads):
            heading = headings.get(normalise(known))
            if heading is not None and heading not in found.values():
                found[field.name] = heading
                break
    return found


def _words(
    listed: str, sheets: Mapping[SheetName, Sheet], columns: Mapping[SheetName, dict[str, str]]
) -> list[str]:
    """The different words of the columns that are looked up in that list, as first written."""
    found: dict[str, str] = {}
    for name, sheet in sheets.items():
        fields = (field.name for field in FIELDS[name] if field.listed == listed)
        for heading in [columns[name][field] for field in fields if field in columns[name]]:
            for word in _cells(sheet, heading):
                found.setdefault(fold(word), word)
    return sorted(found.values())


def _cells(sheet: Sheet, heading: str) -> Iterator[str]:
    return (row.cells[heading] for row in sheet.rows if row.cells.get(heading))


def _procedures_by_name(world: World) -> dict[str, str | None]:
    """Codes by name; a name two procedures share stands for none."""
    found: dict[str, str | None] = {}
    for code, known in world.procedures.items():
        for name in {normalise(known.document.name), normalise(known.document.short_name)}:
            found[name] = None if name in found else code
    return found


def _agency(word: str, world: World) -> str | None:
    if word in world.agencies:
        return word
    same = [a.key for a in world.agencies.values() if normalise(a.name) == normalise(word)]
    return same[0] if len(same) == 1 else agency_of(word, world.places)


def _status(word: str) -> Standing | None:
    plain = normalise(word)
    return next((to for said, to in _STATUSES if any(s in plain for s in said.split("|"))), None)


def _fixed(name: str, words: Mapping[str, list[str]]) -> dict[str, str | None]:
    return {word: _meaning(name, word) for word in words[name]}


def _meaning(name: str, word: str) -> str | None:
    plain = normalise(word)
    for ours, called in _OURS.get(name, {}).items():
        if normalise(called) == plain and (name != "channels" or ours in CHANNELS):
            return ours
    told = ((said.split("|"), meant) for said, meant in _FIXED[name])
    return next((meant for said, meant in told if any(s in plain for s in said)), None)
