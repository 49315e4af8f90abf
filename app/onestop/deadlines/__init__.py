"""Deadlines (thời hạn giải quyết): the calendar of an office and the law of counting on it."""
