"""A working day, and browsers for everybody."""

import pytest

from infra import clock
from tests.doors.browsing import MONDAY, browse

__all__ = ["browse"]


@pytest.fixture
def monday():
    """A working day at half past nine."""
    with clock.frozen(MONDAY):
        yield
