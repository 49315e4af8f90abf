"""What the logs keep of a failure: where it happened and of what kind, never what was typed."""

import json
import logging
from collections.abc import Callable, Iterator

import pytest
import structlog
from asyncpg.exceptions import PostgresError

from app.refusals import Refusal
from tests.logs import set_up_anew

Told = Callable[[BaseException], str]
NAME = "Trần Văn Kín"


class Printed:
    """The standard error so far."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys, self._text = capsys, ""

    def getvalue(self) -> str:
        """All of it."""
        self._text += self._capsys.readouterr().err
        return self._text


@pytest.fixture
def printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[[], str]]:
    """What is printed by logs set up anew; afterwards everything is as it was."""
    with set_up_anew(monkeypatch):
        yield lambda: capsys.readouterr().err


@pytest.fixture
def told(printed: Printed) -> Told:
    """`told(failure)` is the trace in the line that a failure leaves."""

    def tell(failure: BaseException) -> str:
        structlog.get_logger().error("request_failed", exc_info=failure)
        return str(json.loads(printed())["exception"])

    return tell


def _raised(call: Callable[[], object]) -> BaseException:
    try:
        call()
    except Exception as failure:
        return failure
    raise AssertionError("nothing was raised")


@pytest.mark.asvs("16.2.5")
def test_a_row_the_database_refuses_is_not_quoted(told):
    row = {"C": "23502", "M": "null value", "D": f"Failing row contains ({NAME})", "n": "dossier"}
    trace = told(PostgresError.new(row))
    assert trace == "asyncpg.exceptions.NotNullViolationError 23502 dossier"


@pytest.mark.asvs("16.2.5")
def test_text_that_could_not_be_read_is_not_quoted(told):
    def reads() -> None:
        try:
            int(NAME)
        except ValueError as cause:
            raise KeyError(NAME) from cause

    trace = told(_raised(reads))
    assert trace.index("builtins.ValueError") < trace.index("builtins.KeyError")
    assert "test_log.py" in trace and NAME not in trace


def test_our_own_failures_say_what_we_wrote(told):
    assert told(Refusal()) == "app.refusals.Refusal: refused"


def test_a_chain_of_causes_that_bites_its_tail_ends(told):
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first
    assert told(first).count("ValueError") == 1


@pytest.mark.asvs("16.3.4", "16.4.1")
def test_a_failure_that_comes_by_a_library_keeps_its_trace_and_loses_its_words(printed):
    failure = _raised(lambda: {}[NAME])
    logging.getLogger("uvicorn.error").error("Exception in ASGI\n%s", NAME, exc_info=failure)
    text = printed()
    line = json.loads(text)
    assert line["text"] == "Exception in ASGI"
    assert "builtins.KeyError" in line["exception"]
    assert NAME not in text


def test_what_libraries_chat_about_is_not_printed(printed):
    logging.getLogger("httpx").info("HTTP Request: GET http://gateway/?password=x")
    assert printed() == ""
