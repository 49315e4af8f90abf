"""Structured logs: one JSON object a line, with the request and the tenant, never a person.

What other people's exceptions say is left out: a database quotes the row it refuses, Python the
text it could not read. Their types and the places in our code are enough to find the fault.
"""

import contextlib
import logging
import sys
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import structlog
from structlog.typing import EventDict

# Our own exceptions say what we wrote; those of the template engine name the template and line.
_OWN = {"app", "billing", "storage", "tenants", "infra", "minijinja"}
_configured = False
# Lines of level error since they were last taken, by event.
_errors: Counter[str] = Counter()


def configure(level: str = "info") -> None:
    """Send our own and the libraries' logs to standard error in one form; call once at start."""
    global _configured
    if _configured:
        return
    _configured = True
    chosen = getattr(logging, level.upper(), logging.INFO)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            _counted,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _trace,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(chosen),
        logger_factory=_StandardError,
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[_Bridge()], force=True)


def taken_errors() -> dict[str, int]:
    """How many lines of level `error` were written since the last call, by event."""
    taken = dict(_errors)
    _errors.clear()
    return taken


def put_back(taken: Mapping[str, int]) -> None:
    """Count once more what was taken and could not be told to anybody."""
    _errors.update(taken)


def _counted(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Structlog processor: an error counts even when its line finds no room on the disk."""
    if event["level"] in {"error", "critical"}:
        _errors[event["event"]] += 1
    return event


def _trace(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Structlog processor: an exception as the places it passed, without strangers' words."""
    given = event.pop("exc_info", None)
    failure = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    if failure is not None:
        event["exception"] = "\nwhich led to\n".join(reversed([*_told(failure)]))
    return event


def _told(failure: BaseException | None) -> Iterator[str]:
    """The exception and what caused it, the last one first; a chain may bite its own tail."""
    seen: set[int] = set()
    while failure is not None and id(failure) not in seen:
        seen.add(id(failure))
        yield "".join([*traceback.format_tb(failure.__traceback__), _name(failure)])
        hidden = failure.__suppress_context__
        failure = failure.__cause__ or (None if hidden else failure.__context__)


def _name(failure: BaseException) -> str:
    kind = type(failure)
    name = f"{kind.__module__}.{kind.__qualname__}"
    if kind.__module__.partition(".")[0] in _OWN:
        return f"{name}: {failure}"
    marks = (getattr(failure, mark, None) for mark in ("sqlstate", "constraint_name"))
    return " ".join([name, *(mark for mark in marks if isinstance(mark, str))])


class _StandardError:
    """Writes each line to whatever standard error is at that moment."""

    def __init__(self, *_: object) -> None:
        """Keep nothing: a file held here could be closed by whoever lent it."""

    def msg(self, line: str) -> None:
        """One line, at once. On a full disk it is lost, and nothing else with it."""
        with contextlib.suppress(OSError):
            sys.stderr.write(line + "\n")
            sys.stderr.flush()

    log = debug = info = warning = error = critical = exception = msg


class _Bridge(logging.Handler):
    """Hands the standard library's log records to structlog."""

    def emit(self, record: logging.LogRecord) -> None:
        logger: Any = structlog.get_logger(record.name)
        failure = record.exc_info[1] if record.exc_info else None
        # Further lines of a message quote what was at hand.
        text = record.getMessage().strip().partition("\n")[0][:500]
        logger.log(record.levelno, "library", text=text, exc_info=failure)
