"""The officers' doors on a working day."""

import pytest

from infra import clock
from tests.doors.browsing import MONDAY, Browse, Browser, hoa, lan, minh, thu

__all__ = ["MONDAY", "Browse", "Browser", "hoa", "lan", "minh", "thu"]


@pytest.fixture(autouse=True)
def monday():
    """A working day at half past nine."""
    with clock.frozen(MONDAY):
        yield
