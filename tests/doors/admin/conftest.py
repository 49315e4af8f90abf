"""The administrators' doors in a province on its first day."""

from tests.doors.browsing import Browse, Browser, hoa, lan, minh, thu

__all__ = ["Browse", "Browser", "hoa", "lan", "minh", "thu"]
