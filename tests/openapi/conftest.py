"""Browsers for everybody, and a working day."""

from tests.doors.browsing import browse
from tests.security.conftest import monday, unhurried

__all__ = ["browse", "monday", "unhurried"]
