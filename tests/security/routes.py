"""Every door of a site and what may be asked there, read from the handlers themselves.

A route added later is walked without a line being written here: its path, its query and the fields
of its forms are filled by name with what a treasure holds.
"""

import ast
import base64
import os
from datetime import datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from tests.house.test_routes import handlers
from tests.security.treasure import SHARED, Treasure

# A sabotage of one door need not walk the others.
ONLY = "MATRIX_ONLY"
DOORS = Path(__file__).parents[2] / "app/doors"
# Reading first; what ends a session or takes a thing away comes last.
_ORDER = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
_LAST = "/dang-xuat"
# What forms are called in the handlers.
_FORMS = {"sent", "form", "about", "typed", "fields", "query_params"}
_PREFIXES = ("chon.", "buoc.", "ly_do.", "tep_")
_FILE = ("bi-mat.pdf", b"%PDF-1.4", "application/pdf")


class Ask(NamedTuple):
    """One request, whoever sends it."""

    method: str
    path: str
    more: dict[str, Any]  # httpx's own words for query, body and headers


class Door(NamedTuple):
    """One method of one route."""

    method: str
    path: str
    handler: HTTPRouteHandler

    @property
    def name(self) -> str:
        """As it stands in the table."""
        return f"{self.method} {self.path}"

    @property
    def places(self) -> list[tuple[str, str]]:
        """The path's parameters, each after what stands before it."""
        parts = [part.partition(":")[0] + "}" * (":" in part) for part in self.path.split("/")]
        found = pairwise(parts)
        return [(before, part[1:-1]) for before, part in found if part.startswith("{")]

    @property
    def of_tenant(self) -> bool:
        """Whether the path names a thing that one tenant has and no other."""
        return any(
            f"{before}/{name}" not in SHARED and name not in SHARED for before, name in self.places
        )

    def ask(self, treasure: Treasure) -> Ask:
        """The door with everything of the treasure in path, query, body and headers."""
        path = self.path
        for before, name in self.places:
            spelled = next(part for part in path.split("/") if part.startswith("{" + name + ":"))
            value = treasure.of(name, before)
            # A name nobody knows yet is filled with a thing of theirs all the same.
            strange = spelled.endswith(":uuid}") and not _is_id(value)
            path = path.replace(spelled, treasure.of("dossier") if strange else value, 1)
        query = {"ma": treasure.of("ma"), "state": treasure.of("state"), **self._query(treasure)}
        more = {"params": query, "headers": _headers(treasure), **self._body(treasure)}
        return Ask(self.method, path, more)

    def _query(self, treasure: Treasure) -> dict[str, str]:
        """The handler's parameters by their names, each as long and of the kind it takes."""
        found = {}
        for key, each in self.handler.parsed_fn_signature.parameters.items():
            about = each.kwarg_definition
            if isinstance(about, QueryParameter):
                name = about.name or key
                found[name] = _fitting(each, treasure.of(name), treasure)[: about.max_length]
        return found

    def _body(self, treasure: Treasure) -> dict[str, Any]:
        if self.method in ("GET", "HEAD", "OPTIONS"):
            return {}
        if self.method == "PATCH":
            return {"content": b"%PDF"}
        form = {name: treasure.of(name) for name in field_names()}
        form |= {f"{prefix}{treasure.of('code')}": "1" for prefix in _PREFIXES}
        if self.handler.request_max_body_size is None:
            files = {"tep": _FILE, "result": _FILE, "tep_giay-chung-sinh": _FILE}
            return {"data": form, "files": files}
        return {"data": form}


def doors(site: Litestar) -> list[Door]:
    """Every door of a site in the order in which they are walked, or those asked for."""
    found = [
        Door(str(getattr(method, "value", method)), path, handler)
        for path, handler in handlers(site)
        for method in handler.http_methods
        if os.environ.get(ONLY, "") in path
    ]
    return sorted(found, key=lambda each: (each.path.startswith(_LAST), _place(each)))


@cache
def field_names() -> frozenset[str]:
    """The fields that any handler looks for in a form."""
    found: set[str] = set()
    for path in DOORS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            found |= set(looked_for(node))
    return frozenset(name for name in found if name and not name.startswith("__"))


def _fitting(parameter: Any, value: str, treasure: Treasure) -> str:
    """The value, or one of the kind that the parameter takes."""
    kinds = {parameter.annotation, *(inner.annotation for inner in parameter.inner_types)}
    if datetime in kinds:
        return "2026-11-23T00:00:00Z"
    return treasure.of("dossier") if UUID in kinds else value


def _is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def looked_for(node: ast.AST) -> list[str]:
    """`sent.get("x")`, `chosen(sent, "x")` and `"x" in sent` each look for the field x."""
    match node:
        case ast.Call(func=ast.Attribute(attr="get" | "text"), args=[ast.Constant(str(name)), *_]):
            return [name]
        case ast.Call(args=[where, ast.Constant(str(name)), *_]):
            return [name] if _is_form(where) else []
        case ast.Compare(left=ast.Constant(str(name)), comparators=[where]):
            return [name] if _is_form(where) else []
        case ast.Assign(value=ast.Tuple(elts=[*names])) if all(map(_is_text, names)):
            return [each.value for each in names if isinstance(each, ast.Constant)]
    return []


def _is_form(node: ast.expr) -> bool:
    return getattr(node, "id", getattr(node, "attr", "")) in _FORMS


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _place(door: Door) -> tuple[int, str]:
    return _ORDER.index(door.method), door.path


def _headers(treasure: Treasure) -> dict[str, str]:
    """What proxies, clients of uploads and other systems say."""
    return {
        "X-Forwarded-Host": f"{treasure.of('slug')}.localhost",
        "X-Tenant": treasure.of("slug"),
        "Upload-Length": "4",
        "Upload-Offset": "0",
        "Upload-Metadata": upload_metadata(treasure),
        "Authorization": f"Bearer {treasure.of('token', 'kho')}",
    }


def upload_metadata(treasure: Treasure) -> str:
    """What a client of uploads says of a file for the treasure's draft."""
    named = f"draft {_coded(treasure.of('draft'))},slot {_coded('giay-chung-sinh')}"
    return f"{named},filename {_coded('a.pdf')}"


def _coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
