"""Keyset pages: where the last line ended, as a short text for an address."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

Key = tuple[datetime, UUID]
PAGE = 50


def written(key: Key) -> str:
    """The key of the last line on the page."""
    micros = round(key[0].timestamp() * 1_000_000)
    return urlsafe_b64encode(micros.to_bytes(8) + key[1].bytes).decode()


def read(text: str | None) -> tuple[datetime | None, UUID | None]:
    """The key in an address; nothing for none, and for one that is not ours: the first page."""
    try:
        raw = urlsafe_b64decode(text or "")
        at = datetime.fromtimestamp(int.from_bytes(raw[:8]) / 1_000_000, UTC)
        return at, UUID(bytes=raw[8:])
    except (ValueError, OverflowError, OSError):
        return None, None


def cut(rows: Sequence[Any], limit: int, column: str) -> tuple[Sequence[Any], str | None]:
    """The page's rows out of `limit` + 1 fetched ones, and the key of the next page if any."""
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    return rows[:limit], written((last[column], last["id"]))
