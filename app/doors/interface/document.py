"""The OpenAPI 3.1 document of a site's doors for programs, read from the doors themselves.

Schemas come from the very types that are written as JSON, refusals from their classes, so the
document cannot say what the doors do not. It is the same at every tenant.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from http import HTTPStatus
from inspect import cleandoc
from typing import Any, NamedTuple

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter
from litestar.routes import HTTPRoute

from app.doors.failures import Broken, Problem, Suspended, TooLarge, Unavailable
from app.doors.interface.described import Api, Said
from app.doors.interface.words import PLACES, PROOFS, TAGS, Title
from app.doors.limits import TooFast
from app.doors.sent import TextCut
from app.refusals import NotFound, Refusal

VERSION = "1.0.0"
_PROBLEM = "application/problem+json"
_REFS = "#/components/schemas/{name}"
# What any door may answer, and any that takes a body.
_ALWAYS = (NotFound, TooFast, Broken, Unavailable, Suspended)
_WITH_BODY = (TextCut, TooLarge)
_WAITS = {
    "Retry-After": {
        "description": "Seconds after which to ask again.",
        "schema": {"type": "integer"},
    }
}

Spec = dict[str, Any]


class Operation(NamedTuple):
    """One method of one described route."""

    path: str
    method: str
    handler: HTTPRouteHandler
    api: Api

    @property
    def name(self) -> str:
        """Unlike any other operation's of the site."""
        several = len(self.handler.http_methods) > 1
        return self.api.name + (f"By{self.method.title()}" if several else "")


def operations(site: Litestar) -> Iterator[Operation]:
    """Every operation of a site that describes itself, by path and method."""
    for route in sorted(site.routes, key=lambda each: each.path):
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                if api := handler.opt.get("api"):
                    for method in sorted(handler.http_methods):
                        yield Operation(route.path_format, method.lower(), handler, api)


def document(site: Litestar, title: Title) -> Spec:
    """The document of a site, ready to be written as JSON."""
    found = list(operations(site))
    schemas = _Schemas(found)
    paths: dict[str, Spec] = defaultdict(dict)
    for each in found:
        paths[each.path][each.method] = _operation(each, schemas)
    used = {each.api.of for each in found}
    proofs = {each.api.proof for each in found} - {None}
    return {
        "openapi": "3.1.0",
        "info": {"title": title.name, "version": VERSION, "description": title.about},
        "servers": [{"url": "/", "description": title.server}],
        "tags": [
            {"name": name, "description": said} for name, said in TAGS.items() if name in used
        ],
        "paths": dict(paths),
        "components": {
            "schemas": schemas.components,
            "responses": schemas.responses,
            "securitySchemes": {name: said for name, said in PROOFS.items() if name in proofs},
        },
    }


class _Schemas:
    """The schema of every type that the operations name."""

    def __init__(self, found: Iterable[Operation]) -> None:
        self._types = [Problem, *(kind for each in found for kind in _types_of(each.api))]
        self._schemas, components = msgspec.json.schema_components(self._types, ref_template=_REFS)
        self.components = {name: _clean(components[name]) for name in sorted(components)}
        # What several operations refuse alike, by the refusal's code.
        self.responses: Spec = {}

    def of(self, kind: Any) -> Spec:
        """A type's schema, by reference where it has a name."""
        return next(
            schema
            for known, schema in zip(self._types, self._schemas, strict=True)
            if known is kind
        )


def _types_of(api: Api) -> Iterator[Any]:
    yield from (kind for kind in api.gives.values() if kind is not None)
    yield from (kind for kind in api.takes.values() if kind is not bytes)


def _operation(each: Operation, schemas: _Schemas) -> Spec:
    api, said = each.api, cleandoc(each.handler.fn.__doc__ or "")
    summary, _, rest = said.partition("\n\n")
    made: Spec = {
        "operationId": each.name,
        "tags": [api.of],
        "summary": " ".join(summary.split()).removesuffix("."),
        "security": [{api.proof: []}] if api.proof else [],
        "responses": _responses(each, schemas),
    }
    if rest:
        made["description"] = " ".join(rest.split())
    if parameters := list(_parameters(each)):
        made["parameters"] = parameters
    if api.takes and each.method != "get":
        content = {media: {"schema": _taken(kind, schemas)} for media, kind in api.takes.items()}
        made["requestBody"] = {"required": api.must_bring, "content": content}
    return made


def _taken(kind: Any, schemas: _Schemas) -> Spec:
    # Bytes of any kind have no schema in OpenAPI 3.1.
    return {} if kind is bytes else schemas.of(kind)


def _parameters(each: Operation) -> Iterator[Spec]:
    for key, parameter in each.handler.parsed_fn_signature.parameters.items():
        about = parameter.kwarg_definition
        if f"{{{key}}}" in each.path:
            yield _parameter(key, "path", parameter.annotation)
        elif isinstance(about, QueryParameter):
            yield _parameter(about.name or key, "query", parameter.annotation)


def _parameter(name: str, where: str, kind: Any) -> Spec:
    place = PLACES[name]
    schema = msgspec.json.schema(kind) | place.get("schema", {})
    said = {"description": place["description"], "schema": schema}
    return {"name": name, "in": where, "required": where == "path", **said}


def _responses(each: Operation, schemas: _Schemas) -> Spec:
    links = {
        name: {"operationId": link.to, "parameters": dict(link.using)}
        for name, link in each.api.leads.items()
    }
    made = {}
    for status, kind in each.api.gives.items():
        response: Spec = {"description": HTTPStatus(status).phrase}
        if kind is not None:
            response["content"] = {"application/json": {"schema": schemas.of(kind)}}
        if links and status < 300:
            response["links"] = links
        made[str(status)] = response
    for status, refusals in _refusals(each).items():
        refused = _refused(status, refusals, schemas)
        if known := made.get(str(status)):
            # Where a refusal and an answer share a status, the media type tells them apart.
            known["content"] = {**known.get("content", {}), **refused["content"]}
        elif len(refusals) == 1:
            schemas.responses[refusals[0].code] = refused
            made[str(status)] = {"$ref": f"#/components/responses/{refusals[0].code}"}
        else:
            made[str(status)] = refused
    return {status: made[status] for status in sorted(made)}


def _refusals(each: Operation) -> dict[int, list[Said]]:
    """What the operation may refuse, by status."""
    takes_body = each.api.takes and each.method != "get"
    every = dict.fromkeys((*each.api.refuses, *_ALWAYS, *(_WITH_BODY if takes_body else ())))
    by_status: dict[int, list[Said]] = defaultdict(list)
    for refusal in every:
        by_status[refusal.status].append(_said(refusal))
    return by_status


def _said(refusal: type[Refusal] | Said) -> Said:
    if isinstance(refusal, Said):
        return refusal
    return Said(refusal.status, refusal.code, " ".join((refusal.__doc__ or "").split()))


def _refused(status: int, refusals: Sequence[Said], schemas: _Schemas) -> Spec:
    said: dict[str, list[str]] = defaultdict(list)
    for each in refusals:
        said[each.meaning].append(f"`{each.code}`")
    codes = {"properties": {"code": {"enum": sorted({each.code for each in refusals})}}}
    schema = {"allOf": [schemas.of(Problem), codes]}
    words = [f"{', '.join(named)}: {sentence}" for sentence, named in said.items()]
    made: Spec = {"description": "\n\n".join(words), "content": {_PROBLEM: {"schema": schema}}}
    return made | ({"headers": _WAITS} if status in (429, 503) else {})


def _clean(schema: Any) -> Any:
    """Docstrings as plain text: one line."""
    if isinstance(schema, dict):
        return {
            key: " ".join(each.split()) if _is_text(key, each) else _clean(each)
            for key, each in schema.items()
        }
    return [_clean(each) for each in schema] if isinstance(schema, list) else schema


def _is_text(key: str, each: object) -> bool:
    return key == "description" and isinstance(each, str)
