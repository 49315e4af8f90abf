"""Structured logs: one JSON object a line, with the request and the tenant, never a person."""

import logging
import sys
from typing import Any

import structlog

_configured = False


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
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(chosen),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[_Bridge()], force=True)


class _Bridge(logging.Handler):
    """Hands the standard library's log records to structlog."""

    def emit(self, record: logging.LogRecord) -> None:
        logger: Any = structlog.get_logger(record.name)
        # The message may quote a statement with values; the exception's type is enough to start.
        failure = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        logger.log(record.levelno, "library", text=record.getMessage()[:500], failure=failure)
