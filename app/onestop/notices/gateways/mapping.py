"""A provider's HTTP interface as data: what to send, and what its answers mean. Pure.

Texts hold places in braces: {reference} {to} {text} {brand} {report_to} {username} {password}
{unicode} (1 or 0) and whatever the provider's `options` name.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import msgspec

from app.onestop.notices.gateways.shapes import REFUSED, NotTaken, Outgoing, Refused, Sent, Unknown
from app.onestop.notices.rules import Report
from infra.outside import UNREADABLE

_PLACE = re.compile(r"\{(\w+)\}")
_ENTITIES = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class Call(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One HTTP call; `json`, `form` and `xml` exclude one another."""

    method: str
    path: str
    query: dict[str, str] = {}
    headers: dict[str, str] = {}
    json: dict[str, Any] | None = None
    form: dict[str, str] | None = None
    xml: str | None = None


class Reading(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where things stand in an answer: names in JSON parted by dots, or the name of an element."""

    format: str  # json | xml
    code: str
    reference: str = ""
    parts: str = ""
    error: str = ""


class Codes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the codes mean; one that is not listed leaves a doubt.

    `known` says that our reference was taken before; `refused` gives the officer a sentence, the
    product's own where it is empty.
    """

    taken: list[str]
    known: list[str] = []
    refused: dict[str, str] = {}
    later: list[str] = []


class Asking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to ask for our reference; without a call the message itself is repeated.

    A repetition is a question only where the provider refuses to send one reference twice.
    """

    hours: int
    call: Call | None = None
    answer: Reading | None = None
    found: list[str] = []
    absent: list[str] = []


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of reading delivery reports: `when` all fields are so, it `means` that.

    A value of `+` stands for any number above zero. The first line that fits counts.
    """

    when: dict[str, str]
    means: Report


class Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A provider's whole interface. `phone` is how it writes numbers: +84…, 84… or 0…"""

    name: str
    source: str  # where this was read
    phone: str
    send: Call
    answer: Reading
    codes: Codes
    ask: Asking | None = None
    reports: list[Told] = []


def values_of(shape: Shape, message: Outgoing, own: Mapping[str, str]) -> dict[str, str]:
    """What the places of a call stand for; `own` are the provider's login and options."""
    digits = message.to.removeprefix("+84")
    phone = {"+84": f"+84{digits}", "84": f"84{digits}", "0": f"0{digits}"}[shape.phone]
    return {
        **own,
        "reference": message.reference,
        "to": phone,
        "text": message.text,
        "brand": message.brand,
        "report_to": message.report_to,
        "unicode": "1" if message.unicode else "0",
    }


def written(call: Call, values: Mapping[str, str]) -> tuple[str, str, bytes, dict[str, str]]:
    """Method, path with query, body and headers; raises KeyError for a place nobody fills."""
    path = _filled(call.path, values, lambda value: quote(value, safe=""))
    if call.query:
        path += "?" + urlencode({name: _filled(text, values) for name, text in call.query.items()})
    headers = {name: _filled(text, values) for name, text in call.headers.items()}
    if call.json is not None:
        kind, body = "application/json", msgspec.json.encode(_deep(call.json, values))
    elif call.form is not None:
        kind = "application/x-www-form-urlencoded"
        body = urlencode({n: _filled(text, values) for n, text in call.form.items()}).encode()
    elif call.xml is not None:
        kind, body = "text/xml; charset=utf-8", _filled(call.xml, values, escape).encode()
    else:
        return call.method, path, b"", headers
    return call.method, path, body, {"Content-Type": kind, **headers}


def read(reading: Reading, body: bytes) -> dict[str, str]:
    """`code`, `reference`, `parts` and `error` out of an answer, empty where it has none.

    Raises Unknown when the answer cannot be read.
    """
    found = _json(body) if reading.format == "json" else _xml(body)
    names = {"code", "reference", "parts", "error"}
    return {name: found(getattr(reading, name)) if getattr(reading, name) else "" for name in names}


def judged(codes: Codes, found: Mapping[str, str]) -> Sent:
    """What an answer to a message means; raises Refused, NotTaken or Unknown."""
    code = found["code"]
    shown = f"{code} {found['error']}".strip()[:200]
    if code in codes.taken or code in codes.known:
        parts = int(found["parts"]) if found["parts"].isdigit() else None
        return Sent(reference=found["reference"] or None, parts=parts, code=shown)
    if code in codes.refused:
        raise Refused(codes.refused[code] or REFUSED, shown)
    raise (NotTaken if code in codes.later else Unknown)(shown or "no code")


def report_of(lines: list[Told], fields: Mapping[str, str]) -> Report | None:
    """What a delivery report means, None when no line fits."""
    for line in lines:
        if all(_fits(fields.get(name, ""), wanted) for name, wanted in line.when.items()):
            return line.means
    return None


def _fits(value: str, wanted: str) -> bool:
    return value.isdigit() and int(value) > 0 if wanted == "+" else value == wanted


def _filled(
    text: str, values: Mapping[str, str], shield: Callable[[str], str] = lambda value: value
) -> str:
    return _PLACE.sub(lambda match: shield(values[match[1]]), text)


def _deep(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _filled(value, values)
    if isinstance(value, dict):
        return {name: _deep(each, values) for name, each in value.items()}
    return [_deep(each, values) for each in value] if isinstance(value, list) else value


def _json(body: bytes) -> Callable[[str], str]:
    try:
        content = msgspec.json.decode(body)
    except UNREADABLE:
        raise Unknown("an answer nobody can read") from None

    def found(path: str) -> str:
        at = content
        for name in path.split("."):
            at = at.get(name) if isinstance(at, dict) else None
        return "" if at is None else str(at)

    return found


def _xml(body: bytes) -> Callable[[str], str]:
    if _ENTITIES.search(body):  # No provider needs them, and they can fill the memory.
        raise Unknown("an answer with entities")
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - see above  # nosec B314
    except ElementTree.ParseError:
        raise Unknown("an answer nobody can read") from None
    texts = {each.tag.rpartition("}")[2]: (each.text or "").strip() for each in root.iter()}
    return lambda name: texts.get(name, "")
