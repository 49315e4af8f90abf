"""A document of every door of a site, pages and forms as well, for asking them all.

Doors for programs are described as they are published; of a page its handler tells what it may
answer, and the forms that pages show tell what it takes. Values are what two provinces have.
"""

import re
from typing import Any

from litestar.params import QueryParameter
from litestar.response import Redirect

from app.main import create_site
from tests.onestop.dossiers import story
from tests.openapi.fields import fields_of
from tests.openapi.forms import path_of
from tests.openapi.links import DOORS, links_of
from tests.openapi.pool import NONSENSE, Pool
from tests.openapi.record import SITES, made
from tests.security.routes import Door, doors, upload_metadata

Spec = dict[str, Any]
_HTML, _PLAIN, _PROBLEM = "text/html", "text/plain", "application/problem+json"
_FORM, _FILES, _BYTES = (
    "application/x-www-form-urlencoded", "multipart/form-data", "application/offset+octet-stream",
)  # fmt: skip
_PDF, _JSON = "application/pdf", "application/json"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What is not a page, by the end of its path; the rest of what each gives is a page.
_MEDIA = {
    r"/pdf$|giay-xac-nhan$|^/da-nop/.*/phieu/": (_PDF,),
    r"/csv$": ("text/csv",),
    r"/tep-mau$": (_JSON,),
    r"/tep/\{name\}$": (_PDF, _SHEET, _JSON, "application/xml"),
    r"^/(static|tinh|kho)/": ("*/*",),
}
_UPLOADS = "/tep"
_REFUSED = (
    "400",
    "401",
    "403",
    "404",
    "408",
    "409",
    "410",
    "413",
    "415",
    "416",
    "422",
    "423",
    "429",
)
_TUS = {
    "Upload-Length": ["4", "0", "x", "99999999999"],
    "Upload-Offset": ["0", "4", "-1"],
}


def everything(name: str, pool: Pool, *, of_stories: bool = False) -> Spec:
    """The document of the site whose published one has that name.

    `of_stories` leaves only the doors that stories lead through, and values that may succeed.
    """
    document = made(name)
    pool = pool._replace(hopeful=True) if of_stories else pool
    for door in doors(create_site(SITES[name][0])):
        path, method = path_of(door), door.method.lower()
        known = document["paths"].setdefault(path, {})
        if method not in known:
            known[method] = _page(door, path, pool)
        known[method]["parameters"] = _parameters(door, path, pool)
        known[method].pop("security", None)
        _lead(known[method], links_of(f"{door.method} {path}"))
    if of_stories:
        _keep_stories(document)
    return document


def _keep_stories(document: Spec) -> None:
    for path, methods in list(document["paths"].items()):
        document["paths"][path] = {
            method: said for method, said in methods.items() if f"{method.upper()} {path}" in DOORS
        }


def _page(door: Door, path: str, pool: Pool) -> Spec:
    made: Spec = {"operationId": f"{door.method} {path}", "responses": _responses(door, path)}
    if door.method == "PATCH":
        made["requestBody"] = {"required": True, "content": {_BYTES: {}}}
    elif door.method == "POST" and path != _UPLOADS:
        made["requestBody"] = {"required": True, "content": _content(door, path, pool)}
    return made


def _content(door: Door, path: str, pool: Pool) -> Spec:
    fields = (fields_of(door.handler.fn) if not pool.fields(path) else frozenset()) | pool.fields(
        path
    )
    if path == "/ban-nhap/{draft_id}":
        fields |= story.ANSWERS.keys()
    properties: Spec = {
        field: {"type": "string", "enum": pool.text(path, field)} for field in sorted(fields)
    }
    schema: Spec = {"type": "object", "properties": properties, "additionalProperties": False}
    if story.ANSWERS.keys() <= fields:
        # Answers by chance never make a form that may be sent.
        whole = {**story.ANSWERS, "luu": "1"}
        schema = {"enum": [whole, {**whole, "ks_ngay_sinh": "31/02/2026"}, *_odd(whole)]}
    found = {_FORM: {"schema": schema}}
    if door.handler.request_max_body_size is None:
        files = {"tep": {"type": "string", "format": "binary"}}
        found[_FILES] = {"schema": {**schema, "properties": {**properties, **files}}}
    return found


def _odd(whole: dict[str, str]) -> list[dict[str, str]]:
    """The same form with one kind of nonsense in every field."""
    return [dict.fromkeys(whole, text) for text in NONSENSE]


def _parameters(door: Door, path: str, pool: Pool) -> list[Spec]:
    spelled = dict(re.findall(r"\{(\w+):(\w+)\}", door.path))
    found = [
        _parameter(name, "path", pool.place(name, before, spelled[name]))
        for before, name in door.places
    ]
    for key, each in door.handler.parsed_fn_signature.parameters.items():
        about = each.kwarg_definition
        if isinstance(about, QueryParameter):
            name = about.name or key
            found.append(_parameter(name, "query", pool.text(path, name)))
    if path.startswith(_UPLOADS):
        found += [_parameter(name, "header", values) for name, values in _TUS.items()]
        found.append(_parameter("Upload-Metadata", "header", _metadata(pool)))
    return found


def _metadata(pool: Pool) -> list[str]:
    own, theirs = upload_metadata(pool.own), upload_metadata(pool.theirs)
    return [own, theirs, "filename", "filename !!", ",", "draft eA==,filename eA=="]


def _parameter(name: str, where: str, values: list[str]) -> Spec:
    schema = {"type": "string", "enum": values}
    return {"name": name, "in": where, "required": where == "path", "schema": schema}


def _responses(door: Door, path: str) -> Spec:
    if path.startswith(_UPLOADS):
        statuses = ("200", "201", "204", "303", *_REFUSED)
        found = {status: _said(_PLAIN, _HTML) for status in statuses}
        return found | {"204": {"description": "nothing more to say"}}
    media = next((each for pattern, each in _MEDIA.items() if re.search(pattern, path)), (_HTML,))
    gives = door.handler.fn.__annotations__["return"]
    found = {status: _said(_HTML, _PROBLEM) for status in _REFUSED}
    if gives is not Redirect:
        found["200"] = _said(*media)
        if door.method == "POST":
            found["201"] = found["200"]  # A page that shows what was made, this once.
        if "*/*" in media:
            found["206"] = found["200"]
    # Whoever must sign in first is led there.
    found["303"] = {
        "description": "led on",
        "headers": {"Location": {"required": True, "schema": {"type": "string"}}},
    }
    if path == "/tra-cuu/{code}":
        found["304"] = {"description": "unchanged"}
    return found


def _said(*media: str) -> Spec:
    return {"description": "as its page says", "content": {each: {} for each in media}}


def _lead(operation: Spec, links: dict[str, dict[str, Spec]]) -> None:
    for status, each in links.items():
        operation["responses"].setdefault(status, {"description": ""})["links"] = each
