"""Asking: every door by itself, then the ways from one door to the next; faults are collected."""

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.doors.signin.paths import SIGN_IN
from app.doors.signin.refusals import ProviderDown
from tests.openapi.asking import Door, Visitor
from tests.openapi.pool import Pool

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_headers_conformance, response_schema_conformance,
]  # fmt: skip
# Names of things that one province has and no other.
_THEIRS = ("code", "draft", "paper_id", "notice_id", "slip_id", "identity", "kho/token",
           "danh-gia/token", "officer_id", "order_id", "workflow_id", "partner_id")  # fmt: skip
_WEIGHING = {"tham-dinh", "bo-sung", "tam-dung", "gia-han", "hoan-thanh"}
_DECIDING = {"phe-duyet", "tra-lai", "phan-cong", "tu-choi"}
_MODES = {"valid": GenerationMode.POSITIVE, "odd": GenerationMode.NEGATIVE}


@schemathesis.serializer("application/offset+octet-stream")
def _bytes_of_a_file(_: Any, value: Any) -> dict[str, Any]:
    """As clients of uploads send them."""
    return {"data": value if isinstance(value, bytes) else str(value).encode()}


class Run:
    """One run over a site's document: what was asked, what was answered, what was wrong."""

    def __init__(self, document: dict[str, Any], door: Door, pool: Pool, number: int) -> None:
        self.schema = schemathesis.openapi.from_dict(document)
        self.operations = [found.ok() for found in self.schema.get_all_operations()]
        self.faults: dict[str, str] = {}
        self.statuses: Counter[str] = Counter()
        self._door, self._pool, self._seed = door, pool, number
        self._session = door.session()

    def every_door(self, visitors: Sequence[Visitor], examples: int, mode: str = "valid") -> None:
        """Each operation so many times for each visitor."""
        for operation in self.operations:
            for visitor in visitors:
                self.one_door(operation, visitor, examples, mode)

    def in_turn(self, visitors: Sequence[Visitor]) -> None:
        """Each operation once, each as the next visitor in turn."""
        for turn, operation in enumerate(self.operations):
            self.one_door(operation, visitors[turn % len(visitors)], 1)

    def one_door(
        self, operation: Any, visitor: Visitor, examples: int, mode: str = "valid"
    ) -> None:
        """One operation so many times."""
        strategy = operation.as_strategy(generation_mode=_MODES[mode])

        @seed(self._seed)
        @_settings(examples)
        @given(strategy)
        def ask(case: Any) -> None:
            self.ask(visitor, case)

        # There may be nothing about a request without parts that could be wrong.
        with suppress(Unsatisfiable):
            ask()

    def ask(self, visitor: Visitor, case: Any) -> Any:
        """One request; what is wrong with its answer is noted."""
        self._door.visitor = visitor
        response = case.call(base_url=visitor.origin, session=self._session)
        self._judge(visitor, case, response)
        return response

    def stories(self, visitors: Iterable[Visitor], scenarios: int, steps: int) -> None:
        """Ways through the site along its links; each door is asked by whom it is for."""
        people = {visitor.role: visitor for visitor in visitors}
        run = self

        class Story(self.schema.as_state_machine()):  # type: ignore[misc]
            def call(self, case: Any, **_: Any) -> Any:
                run._door.visitor = people[_role_for(case.path)]
                return case.call(base_url=run._door.visitor.origin, session=run._session)

            def validate_response(self, response: Any, case: Any, *_: Any, **__: Any) -> None:
                run._judge(run._door.visitor, case, response)

        seed(self._seed)(Story)
        Story.run(settings=settings(_settings(scenarios), stateful_step_count=steps))

    def opened(self) -> set[str]:
        """The operations that did, or showed, something."""
        return {label for status, label in self._split() if status < "400"}

    def summary(self) -> str:
        """How many requests there were, and how many of each status."""
        by_status = Counter[str]()
        for (status, _), number in zip(self._split(), self.statuses.values(), strict=True):
            by_status[status] += number
        each = ", ".join(f"{number} times {status}" for status, number in sorted(by_status.items()))
        return f"{self._door.asked} requests to {len(self.operations)} operations: {each}"

    def _split(self) -> list[tuple[str, str]]:
        return [(each[:3], each[4:]) for each in self.statuses]

    def _judge(self, visitor: Visitor | None, case: Any, response: Any) -> None:
        assert visitor is not None
        self.statuses[f"{response.status_code} {case.operation.label}"] += 1
        # The issuers of these provinces are no servers: whoever is sent on to one is told so.
        if not _issuer_is_away(response):
            self._check(visitor, case, response)
        if wrong := self._shows(visitor, case, response):
            self._note(visitor, case, response, wrong)

    def _check(self, visitor: Visitor, case: Any, response: Any) -> None:
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as found:
            for fault in found.exceptions:
                self._note(visitor, case, response, f"{fault.title}: {fault.message[:300]}")

    def _shows(self, visitor: Visitor, case: Any, response: Any) -> str:
        """What of the other province was answered, if anything was."""
        stranger = self._pool.own if visitor.mirror else self._pool.theirs
        text = response.content.decode("utf-8", "replace")
        if shown := [each for each in stranger.owner.markers if each in text]:
            return f"shows {shown}"
        path = urlsplit(str(response.request.url)).path
        if not any(stranger.values[name] in path for name in _THEIRS):
            return ""
        if response.status_code < 300 or (case.method == "GET" and _is_told(path, response)):
            return f"answers {response.status_code} to what is a neighbour's"
        return ""

    def _note(self, visitor: Visitor, case: Any, response: Any, what: str) -> None:
        sent = response.request
        body = sent.body.decode("utf-8", "replace") if isinstance(sent.body, bytes) else sent.body
        about = f"{response.status_code} {visitor.name}: {sent.method} {sent.url} {str(body)[:600]}"
        self.faults.setdefault(
            f"{case.operation.label}: {what.splitlines()[0]}", f"{what}\n{about}"
        )


def _issuer_is_away(response: Any) -> bool:
    return response.status_code == ProviderDown.status and ProviderDown.title in response.text


def _is_told(path: str, response: Any) -> bool:
    """Whether more was said than that there is nothing, or not for this visitor.

    What is wrong in itself (400, 422) or asked too often is refused before anything is looked for;
    some addresses lead everybody to the page above them.
    """
    led = urlsplit(response.headers.get("location", [""])[0]).path
    if response.status_code == 303:
        return led not in SIGN_IN.values() and not path.startswith(f"{led}/")
    return response.status_code not in (400, 401, 403, 404, 422, 429)


def _role_for(path: str) -> str:
    """Whom a door is for, as far as its address tells."""
    act = path.rpartition("/")[2]
    if path.startswith("/can-bo"):
        return "specialist" if act in _WEIGHING else "leader" if act in _DECIDING else "reception"
    return "administrator" if path.startswith("/quan-tri") else "owner"


def _settings(examples: int) -> settings:
    return settings(
        max_examples=examples, phases=[Phase.generate], database=None, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
