"""One page of a form as the template shows it, and what was typed as the rules read it."""

from collections.abc import Mapping

import msgspec

from app.onestop.forms.rules import fields_of
from app.onestop.forms.shapes import Checked, Field, Form, Kind, Only, Page

_INPUTS = {Kind.PHONE: "tel", Kind.EMAIL: "email"}
_DIGITS = {Kind.WHOLE, Kind.MONEY, Kind.IDNO, Kind.PHONE}
_WIDTHS = {Kind.PHONE: "w-20", Kind.IDNO: "w-20", Kind.WHOLE: "w-4", Kind.DECIMAL: "w-10"}
_DAYS = {Kind.DAY, Kind.PARTIAL_DAY}
_PARTS = ("ngay", "thang", "nam")
_AUTOCOMPLETE = {"name": "name", "phone": "tel", "email": "email", "address": "street-address"}
# A short list is read at a glance; a longer one is chosen from.
_RADIOS_AT_MOST = 4


class FieldView(msgspec.Struct, frozen=True, kw_only=True):
    """One question, ready to be drawn: `draw` names the macro."""

    draw: str  # field | textarea | radios | select | day | checkbox
    id: str
    label: str
    value: str
    parts: tuple[str, str, str]
    hint: str
    error: str
    warning: str
    required: bool
    type: str
    inputmode: str
    width: str
    autocomplete: str
    options: list[tuple[str, str]]
    controls: bool  # other questions are asked or not by this answer


class PageView(msgspec.Struct, frozen=True, kw_only=True):
    """One page of the form and where it stands among the others."""

    id: str
    title: str
    intro: str
    number: int
    total: int
    fields: list[FieldView]
    previous: str | None
    next: str | None


def asked_pages(form: Form, answers: Mapping[str, str]) -> list[Page]:
    """The pages asked of this person, given what was answered so far."""
    return [page for page in form.pages if _asked(page.only_if, answers)]


def most_pages(form: Form, answers: Mapping[str, str]) -> int:
    """How many pages there will be at most: what is not answered yet counts as the answer that
    asks for the most, so that the number people read never grows."""
    asked_by: dict[str, list[Only]] = {}
    for only in (page.only_if for page in form.pages if page.only_if is not None):
        asked_by.setdefault(only.field, []).append(only)
    always = sum(page.only_if is None for page in form.pages)
    return always + sum(_most(onlys, answers.get(field, "")) for field, onlys in asked_by.items())


def _most(onlys: list[Only], answer: str) -> int:
    keys = {answer} if answer else {key for only in onlys for key in only.keys}
    return max(sum(key in only.keys for only in onlys) for key in keys)


def page_view(form: Form, page_id: str, answers: Mapping[str, str], judged: Checked) -> PageView:
    """A page with its fields; an unknown page is the first."""
    pages = asked_pages(form, answers)
    at = next((n for n, page in enumerate(pages) if page.id == page_id), 0)
    page = pages[at]
    return PageView(
        id=page.id,
        title=page.title,
        intro=page.intro,
        number=at + 1,
        total=most_pages(form, answers),
        fields=[
            _view(field, answers, judged, field.id in _controlling(page))
            for field in page.fields
            if _asked(field.only_if, answers)
        ],
        previous=pages[at - 1].id if at else None,
        next=pages[at + 1].id if at + 1 < len(pages) else None,
    )


def typed_answers(form: Form, page_id: str, sent: Mapping[str, str]) -> dict[str, str]:
    """What the page's form sent, by field id: three boxes of a day become one text.

    An unticked box sends nothing, so its answer becomes empty.
    """
    answers = {}
    for name, field in fields_of(form).items():
        if field.kind in _DAYS and f"{name}_nam" in sent:
            answers[name] = _joined(sent, name)
        elif name in sent:
            answers[name] = sent[name]
        elif field.kind is Kind.AGREE and _on_page(form, page_id, name):
            answers[name] = ""
    return answers


def _view(field: Field, answers: Mapping[str, str], judged: Checked, controls: bool) -> FieldView:
    value = answers.get(field.id, "")
    return FieldView(
        draw=_macro(field),
        id=field.id,
        label=field.label + (f" ({field.unit})" if field.unit else ""),
        value=value,
        parts=_parted(value),
        hint=field.hint,
        error=judged.errors.get(field.id, ""),
        warning=judged.warnings.get(field.id, ""),
        required=field.required,
        type=_INPUTS.get(field.kind, "text"),
        inputmode="numeric" if field.kind in _DIGITS else "",
        width=_WIDTHS.get(field.kind, ""),
        autocomplete=_AUTOCOMPLETE.get(field.prefill, ""),
        options=[(option.key, option.label) for option in field.options],
        controls=controls,
    )


def _macro(field: Field) -> str:
    match field.kind:
        case Kind.LONGTEXT:
            return "textarea"
        case Kind.AGREE:
            return "checkbox"
        case Kind.CHOICE:
            return "radios" if len(field.options) <= _RADIOS_AT_MOST else "select"
        case Kind.DAY | Kind.PARTIAL_DAY:
            return "day"
        case _:
            return "field"


def _asked(only: Only | None, answers: Mapping[str, str]) -> bool:
    return only is None or answers.get(only.field, "") in only.keys


def _controlling(page: Page) -> set[str]:
    """The answers of this page that decide what else this page asks."""
    return {field.only_if.field for field in page.fields if field.only_if is not None}


def _on_page(form: Form, page_id: str, name: str) -> bool:
    return any(page.id == page_id and any(f.id == name for f in page.fields) for page in form.pages)


def _joined(sent: Mapping[str, str], name: str) -> str:
    """Day, month and year with what is missing left out: a year alone is a partial day."""
    parts = [sent.get(f"{name}_{part}", "").strip() for part in _PARTS]
    return "/".join(part for part in parts if part)


def _parted(value: str) -> tuple[str, str, str]:
    parts = value.split("/")
    padded = [*[""] * (3 - len(parts)), *parts][-3:]
    return padded[0], padded[1], padded[2]
