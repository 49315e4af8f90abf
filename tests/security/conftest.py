"""A working day, and browsers for everybody."""

import pytest

from infra import clock
from infra.settings import settings
from tests.doors.browsing import MONDAY, browse

__all__ = ["browse"]


@pytest.fixture
def monday():
    """A working day at half past nine."""
    with clock.frozen(MONDAY):
        yield


@pytest.fixture
def unhurried(servers, monkeypatch):
    """Whoever walks every door at once asks for more than one person ever does."""
    monkeypatch.setenv("MOTCUA_LIMITS_FACTOR", "100")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()
