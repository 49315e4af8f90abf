"""A browser for every door's tests."""

from tests.doors.browsing import browse

__all__ = ["browse"]
