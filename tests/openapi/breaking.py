"""What would break a program written after the recorded document; pure.

Whoever sends must still be understood, and must still understand what comes back: a request's
schema may only take more, an answer's may only promise more. How a refusal is spelled is judged by
its shape alone, since programs go by the status where they do not know the code.
"""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

Spec = dict[str, Any]
Old = Literal["inner", "outer"]  # which of two schemas was there before
_BOUNDS = {"maxLength": -1, "maximum": -1, "maxItems": -1, "minLength": 1, "minimum": 1,
           "minItems": 1, "exclusiveMinimum": 1, "exclusiveMaximum": -1}  # fmt: skip
_EXACT = ("pattern", "format")


class Within(NamedTuple):
    """A schema, and the document in which its references are looked up."""

    schema: Any
    document: Spec

    def at(self, schema: Any) -> "Within":
        """Another schema of the same document, its references followed."""
        while isinstance(schema, dict) and "$ref" in schema:
            found: Any = self.document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            schema = found
        return Within(schema, self.document)


def breaks(old: Spec, new: Spec) -> list[str]:
    """A line for everything that worked by the old document and does not by the new one."""
    return [line for name in old["paths"] for line in _path(name, old, new)]


def _path(name: str, old: Spec, new: Spec) -> Iterator[str]:
    for method, was in old["paths"][name].items():
        label, now = f"{method.upper()} {name}", new["paths"].get(name, {}).get(method)
        if now is None:
            yield f"{label} is gone"
            continue
        yield from (f"{label}: {fault}" for fault in _operation(was, now, old, new))


def _operation(was: Spec, now: Spec, old: Spec, new: Spec) -> Iterator[str]:
    if was["operationId"] != now["operationId"]:
        yield f"its name was {was['operationId']}"
    if now["security"] != was["security"]:
        yield "it asks for another proof"
    yield from _parameters(was, now, old, new)
    yield from _body(was, now, old, new)
    for status, said in was["responses"].items():
        if status not in now["responses"]:
            yield f"{status} is answered no more"
        else:
            yield from _answer(
                status, Within(None, old).at(said), Within(None, new).at(now["responses"][status])
            )


def _parameters(was: Spec, now: Spec, old: Spec, new: Spec) -> Iterator[str]:
    before = {(each["in"], each["name"]): each for each in was.get("parameters", [])}
    after = {(each["in"], each["name"]): each for each in now.get("parameters", [])}
    for key, each in after.items():
        if each["required"] and not before.get(key, {}).get("required"):
            yield f"{key[1]} must be given now"
    for key, each in before.items():
        if key not in after:
            yield f"{key[1]} is no longer looked at"
        else:
            inner, outer = Within(each["schema"], old), Within(after[key]["schema"], new)
            yield from _unfit(inner, outer, key[1], old="inner")


def _body(was: Spec, now: Spec, old: Spec, new: Spec) -> Iterator[str]:
    before, after = was.get("requestBody", {}), now.get("requestBody", {})
    if after.get("required") and not before.get("required"):
        yield "a body must be sent now"
    for media, said in before.get("content", {}).items():
        if media not in after.get("content", {}):
            yield f"{media} is no longer taken"
        else:
            outer = Within(after["content"][media].get("schema", {}), new)
            inner = Within(said.get("schema", {}), old)
            yield from _unfit(inner, outer, "body", old="inner")


def _answer(status: str, was: Within, now: Within) -> Iterator[str]:
    before, after = was.schema.get("content", {}), now.schema.get("content", {})
    yield from (f"{status} is {media} no more" for media in before if media not in after)
    yield from (f"{status} may be {media} now" for media in after if media not in before)
    for media in before.keys() & after.keys():
        schemas = [_plain(each["schema"], media) for each in (after[media], before[media])]
        inner, outer = now._replace(schema=schemas[0]), was._replace(schema=schemas[1])
        yield from _unfit(inner, outer, status, old="outer")


def _plain(schema: Any, media: str) -> Any:
    """Of a refusal only the shape, not which codes it may have."""
    return schema["allOf"][0] if media == "application/problem+json" else schema


def _unfit(inner: Within, outer: Within, where: str, *, old: Old) -> Iterator[str]:
    """Why a value of the inner schema may not be one of the outer, and which fields are lost."""
    pairs, seen = [(inner, outer, where)], set()
    while pairs:
        one, two, where = pairs.pop()
        key = (str(one.schema)[:200], str(two.schema)[:200])
        if key in seen:
            continue  # Types that hold themselves.
        seen.add(key)
        one, two = one.at(one.schema), two.at(two.schema)
        choices, among = _choices(one), _choices(two)
        if len(among) > 1 or len(choices) > 1:
            for each in choices:
                if not any(_is_fit(each, other, old) for other in among):
                    yield f"{where} may be {_kind(each.schema)}"
            continue
        yield from _differs(one.schema, two.schema, where)
        before, after = (one, two) if old == "inner" else (two, one)
        yield from _lost(before.schema, after.schema, where)
        pairs += _inside(one, two, where)


def _is_fit(inner: Within, outer: Within, old: Old) -> bool:
    return next(_unfit(inner, outer, "", old=old), None) is None


def _choices(one: Within) -> list[Within]:
    found = one.schema.get("anyOf") or one.schema.get("oneOf") or [one.schema]
    return [one.at(each) for each in found]


def _kind(schema: Spec) -> str:
    return str(schema.get("title") or schema.get("type") or schema.get("enum") or schema)


def _types(schema: Spec) -> set[str]:
    said = schema.get("type", [])
    return {said} if isinstance(said, str) else set(said)


def _differs(inner: Spec, outer: Spec, where: str) -> Iterator[str]:
    if outer.get("type") and not _types(inner) <= _types(outer) | (
        {"integer"} if "number" in _types(outer) else set()
    ):
        yield f"{where} may be {inner.get('type')}"
    elif outer.get("type") and not inner.get("type") and "enum" not in inner:
        yield f"{where} may be anything"
    if "enum" in outer and (extra := set(inner.get("enum", ["anything"])) - set(outer["enum"])):
        yield f"{where} may be {', '.join(sorted(map(str, extra)))}"
    for name in _EXACT:
        if name in outer and outer[name] != inner.get(name):
            yield f"{where} may have another {name}"
    for name, sign in _BOUNDS.items():
        if name in outer and (name not in inner or (inner[name] - outer[name]) * sign < 0):
            yield f"{where} may go beyond {name} {outer[name]}"
    for field in sorted(set(outer.get("required", [])) - set(inner.get("required", []))):
        yield f"{where}.{field} may be missing"


def _lost(before: Spec, after: Spec, where: str) -> Iterator[str]:
    known = after.get("properties", {})
    yield from (
        f"{where}.{name} is gone" for name in before.get("properties", {}) if name not in known
    )


def _inside(one: Within, two: Within, where: str) -> Iterator[tuple[Within, Within, str]]:
    mine, theirs = one.schema.get("properties", {}), two.schema.get("properties", {})
    for field in mine.keys() & theirs.keys():
        yield (
            one._replace(schema=mine[field]),
            two._replace(schema=theirs[field]),
            f"{where}.{field}",
        )
    for name in ("items", "additionalProperties"):
        if isinstance(two.schema.get(name), dict):
            inner = one._replace(schema=one.schema.get(name, {}))
            yield inner, two._replace(schema=two.schema[name]), f"{where}[]"
