"""What every way out of the house has in common.

A provider answers in one of four ways: taken (`Sent`), never to be taken (`Refused`), surely not
taken now (`NotTaken`), or nobody knows (`Unknown`). Only the last one is dangerous.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol

import msgspec

from app.onestop.notices.rules import Report

REFUSED = "Nhà mạng từ chối nhận tin gửi đến số điện thoại này."


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A message to send. `reference` is ours and the same at every attempt; `to` is E.164 or mail.

    `report_to` is where the provider tells what became of it; `subject` and `host` serve letters.
    """

    reference: str
    to: str
    text: str
    brand: str
    unicode: bool
    report_to: str
    subject: str = ""
    host: str = "localhost"


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """The provider took it; everything is as it says, None when it does not say."""

    reference: str | None = None
    parts: int | None = None
    code: str = ""


class _Ended(Exception):
    """An attempt that ended without the message being taken; `code` is the provider's reply."""

    def __init__(self, words: str, code: str = "") -> None:
        super().__init__(words)
        self.code = code or words


class Refused(_Ended):
    """The provider will never take it; the text is a Vietnamese sentence for the officer."""


class NotTaken(_Ended):
    """The provider surely did not take it; trying again is safe."""


class Unknown(_Ended):
    """The message may have been taken: ask before trying again."""


class Gateway(Protocol):
    """What every driver can do. `memory` is how long it can be asked for a message, if at all."""

    memory: timedelta | None

    async def send(self, message: Outgoing) -> Sent:
        """Hand a message over; raises Refused, NotTaken or Unknown."""

    async def settle(self, message: Outgoing) -> Sent | None:
        """What became of an attempt with an unknown end, asked by our reference.

        None when the provider surely does not have it. Raises as `send` does; NotTaken when nobody
        answers the question, which leaves the doubt.
        """

    def report(self, fields: Mapping[str, str]) -> Report | None:
        """What a delivery report says, or None when it tells nothing new."""


def by_status(status: int) -> Exception:
    """What an HTTP status means where the provider says nothing better."""
    code = f"HTTP {status}"
    if status in (401, 403, 404, 408, 425, 429, 503):
        # Our login or the provider's mood, not the message: worth another try.
        return NotTaken(code)
    return Refused(REFUSED, code) if 400 <= status < 500 else Unknown(code)
