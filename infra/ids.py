"""Identifiers: UUIDv7 (RFC 9562 section 5.7), ordered by time so that indexes stay compact."""

import os
import time
from datetime import UTC, datetime
from uuid import UUID


def uuid7() -> UUID:
    """A new UUIDv7: 48 bits of Unix milliseconds, then 74 random bits."""
    moment = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    high = (moment & 0xFFFFFFFFFFFF) << 80 | 0x7 << 76 | (random >> 68 & 0xFFF) << 64
    return UUID(int=high | 0b10 << 62 | random & 0x3FFFFFFFFFFFFFFF)


def made_at(identity: UUID) -> datetime:
    """When a UUIDv7 was made."""
    return datetime.fromtimestamp((identity.int >> 80) / 1000, UTC)
