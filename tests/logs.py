"""The product's logs in a test."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import structlog

from infra import log


@contextmanager
def set_up_anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As at a program's start; afterwards as before.

    No logger is kept meanwhile: it would go on as it was set up here, unseen by later tests.
    """
    before, handlers = structlog.get_config(), logging.root.handlers[:]
    monkeypatch.setattr(log, "_configured", False)
    log.configure()
    structlog.configure(cache_logger_on_first_use=False)
    yield
    structlog.configure(**before)
    logging.root.handlers[:] = handlers
