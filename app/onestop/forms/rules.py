"""Checking the answers to a form (tờ khai) and laying them out for review. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date

from app.onestop.forms import days, identity
from app.onestop.forms.reading import is_late, noun, read
from app.onestop.forms.shapes import Checked, Field, Form, Kind, Line, Only, Page, Sheet


def check(
    form: Form, answers: Mapping[str, str], *, today: date | None = None, page: str | None = None
) -> Checked:
    """Judges `answers` (field id to what was typed) against `form`; unknown ids are ignored.

    With `page` only that page's fields are judged, the others' answers deciding what is asked.
    `today` is the local date; without it days are not compared with now.
    """
    values: dict[str, str] = {}
    errors: dict[str, str] = {}
    for on_page, field in _fields(form):
        if not (_asked(on_page.only_if, values) and _asked(field.only_if, values)):
            continue
        answer = read(field, answers.get(field.id, ""), today)
        values[field.id] = answer.value
        error = answer.error or _missing(field, answer.value)
        if error and page in (None, on_page.id):
            errors[field.id] = error
    return Checked(values, errors, _warnings(form, values, errors, today))


def lines(form: Form, values: Mapping[str, str]) -> list[Sheet]:
    """The answers as read by people, page by page; blank and unasked questions left out.

    `values` as `check` gave them.
    """
    sheets = []
    for page in form.pages:
        rows = [
            Line(field.id, field.label, shown(field, values[field.id]))
            for field in page.fields
            if values.get(field.id)
        ]
        if rows:
            sheets.append(Sheet(page.id, page.title, rows))
    return sheets


def shown(field: Field, value: str) -> str:
    """A stored value as people read it: option's label, spaced telephone, dotted money."""
    if field.kind is Kind.CHOICE:
        return next((o.label for o in field.options if o.key == value), value)
    if field.kind is Kind.PHONE and value.startswith("+84"):
        return identity.phone_words(value)
    if field.kind is Kind.MONEY and value.isdigit():
        return f"{int(value):,} đồng".replace(",", ".")
    if field.kind is Kind.AGREE:
        return "Đã cam đoan" if value else ""
    return f"{value} {field.unit}".strip() if value else ""


def about(form: Form, values: Mapping[str, str]) -> str:
    """What the dossier is about, in the answers' own words: "NGUYỄN AN NHIÊN"; "" if unsaid."""
    return " ".join(values[name] for name in form.about if values.get(name))


def fields_of(form: Form) -> dict[str, Field]:
    """Every field of the form by its id, in the order asked."""
    return {field.id: field for _, field in _fields(form)}


def faults(form: Form) -> list[str]:
    """What makes the form unusable, as English sentences; empty when it is sound."""
    found: list[str] = []
    seen: dict[str, Field] = {}
    for page in form.pages:
        found += _condition_faults(page.id, page.only_if, seen)
        for field in page.fields:
            found += _condition_faults(field.id, field.only_if, seen)
            if field.id in seen:
                found.append(f"two fields have the id {field.id}")
            if (field.kind is Kind.CHOICE) != bool(field.options):
                found.append(f"{field.id} and its options do not agree")
            seen[field.id] = field
    who = form.applicant
    named = [who.name, who.phone, who.id_number, who.email, who.address, *form.about]
    found += [
        f"the form names the unknown field {name}" for name in named if name not in ("", *seen)
    ]
    return found


def _fields(form: Form) -> Iterator[tuple[Page, Field]]:
    return ((page, field) for page in form.pages for field in page.fields)


def _asked(only: Only | None, values: Mapping[str, str]) -> bool:
    return only is None or values.get(only.field, "") in only.keys


def _missing(field: Field, value: str) -> str:
    if value or not field.required:
        return ""
    if field.kind is Kind.CHOICE:
        return f"Chọn {noun(field)}."
    if field.kind is Kind.AGREE:
        return "Đánh dấu vào ô cam đoan trước khi nộp hồ sơ."
    return f"Nhập {noun(field)}."


def _warnings(
    form: Form, values: Mapping[str, str], errors: Mapping[str, str], today: date | None
) -> dict[str, str]:
    found = {}
    for _, field in _fields(form):
        value = values.get(field.id, "")
        if not value or field.id in errors:
            continue
        if field.kind is Kind.IDNO:
            born = days.year_of(values.get(field.birth, ""))
            if doubt := identity.id_doubts(value, born, values.get(field.gender, "")):
                found[field.id] = doubt
        if field.late and today is not None and is_late(field, value, today):
            found[field.id] = field.late.text
    return found


def _condition_faults(name: str, only: Only | None, seen: Mapping[str, Field]) -> list[str]:
    if only is None:
        return []
    if only.field not in seen:
        return [f"{name} depends on {only.field}, which is not asked before it"]
    known = {option.key for option in seen[only.field].options}
    return [f"{name} depends on the unknown option {key}" for key in only.keys if key not in known]
