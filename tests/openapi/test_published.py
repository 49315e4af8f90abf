"""The published document: what it says is so, and what it said stays so."""

import copy

import pytest

from app.main import create_site
from tests.house.test_routes import handlers
from tests.openapi.breaking import breaks
from tests.openapi.record import SITES, made, recorded

_AGAIN = "python -m tests.openapi.record writes docs/ anew (--on-purpose where programs break)"


@pytest.fixture(scope="module")
def documents(servers):
    return {name: made(name) for name in SITES}


@pytest.mark.parametrize("name", SITES)
def test_what_is_recorded_is_what_is_served_and_nothing_of_it_is_taken_back(name, documents):
    assert breaks(recorded(name), documents[name]) == [], _AGAIN
    assert recorded(name) == documents[name], _AGAIN


@pytest.mark.parametrize("name", SITES)
def test_every_door_for_programs_describes_itself(name, documents):

    for path, handler in handlers(create_site(SITES[name][0])):
        if path.startswith(("/api/", "/tin-")) or handler.opt.get("any_origin"):
            assert handler.opt.get("api"), f"{path} is for programs and does not say what it does"
    for path, methods in documents[name]["paths"].items():
        for method, said in methods.items():
            assert said["summary"] and len(said["responses"]) > 3, f"{method} {path}"


def _without(*keys):
    def change(document):
        for key in keys[:-1]:
            document = document[key]
        del document[keys[-1]]

    return change


def _with(value, *keys):
    def change(document):
        for key in keys[:-1]:
            document = document[key]
        document[keys[-1]] = value

    return change


_DEADLINE = ("paths", "/api/v1/dossiers/{code}/deadline", "get")
_MESSAGE = ("paths", "/api/v1/exchange/{message_id}", "put")
_SCHEMAS = ("components", "schemas")


@pytest.mark.parametrize(
    "change",
    [
        _without("paths", "/api/v1/exchange/{message_id}"),
        _without(*_DEADLINE),
        _without(*_DEADLINE, "responses", "200"),
        _with([], *_MESSAGE, "security"),
        _without(*_SCHEMAS, "DeadlineView", "properties", "standing"),
        _with(["clock"], *_SCHEMAS, "DeadlineView", "required"),
        _with({"type": ["integer", "null"]}, *_SCHEMAS, "DeadlineView", "properties", "due"),
        _with({"type": "integer"}, *_SCHEMAS, "DeadlineRow", "properties", "kind"),
        _with({"type": "string"}, *_SCHEMAS, "Receipt", "properties", "id"),
        _without(*_SCHEMAS, "Problem", "properties", "incident"),
        _without(*_SCHEMAS, "Request", "properties", "summary"),
        _with(["name", "sha256", "size", "colour"], *_SCHEMAS, "File", "required"),
        _with(
            {"type": "string", "maxLength": 100}, *_SCHEMAS, "Withdrawal", "properties", "reason"
        ),
        _with({"enum": ["original"]}, *_SCHEMAS, "Paper", "properties", "form"),
    ],
)
def test_a_change_that_breaks_programs_is_told(change, documents):
    changed = copy.deepcopy(documents["openapi.json"])
    change(changed)
    assert breaks(documents["openapi.json"], changed)


@pytest.mark.parametrize(
    "change",
    [
        _with({"get": {}}, "paths", "/api/v1/new"),
        _with({"type": "string"}, *_SCHEMAS, "DeadlineView", "properties", "colour"),
        _with(["clock", "code", "due"], *_SCHEMAS, "DeadlineView", "required"),
        _with({"type": "string"}, *_SCHEMAS, "File", "properties", "colour"),
        _with(
            {"type": "string", "maxLength": 9000}, *_SCHEMAS, "Withdrawal", "properties", "reason"
        ),
        _with("Otherwise put", *_DEADLINE, "summary"),
    ],
)
def test_what_is_only_added_breaks_nobody(change, documents):
    changed = copy.deepcopy(documents["openapi.json"])
    change(changed)
    assert breaks(documents["openapi.json"], changed) == []


async def test_the_document_is_the_same_at_every_tenant_and_open_to_anybody(
    province, neighbour, browse
):
    here = await (await browse(province)).get("/api/v1/openapi.json")
    there = await (await browse(neighbour)).get("/api/v1/openapi.json")
    assert here.status_code == 200 and here.json() == recorded("openapi.json")
    assert here.content == there.content
    for marker in (province.slug, neighbour.slug, province.site.name, neighbour.site.name):
        assert marker not in here.text
