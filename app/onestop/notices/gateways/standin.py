"""The plain HTTP shape: POST /send, and GET /messages to ask for a reference."""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import quote

import msgspec

from app.onestop.notices.gateways.http import asking, sending
from app.onestop.notices.gateways.shapes import NotTaken, Outgoing, Sent, Unknown, by_status
from app.onestop.notices.providers import Provider
from app.onestop.notices.rules import Report
from infra.lines import Lines
from infra.outside import UNREADABLE

_JSON = {"Content-Type": "application/json"}


class _Body(msgspec.Struct, frozen=True):
    reference: str
    to: str
    text: str
    brand: str
    unicode: bool


class _Taken(msgspec.Struct, frozen=True):
    provider_id: str
    segments: int


class _Found(msgspec.Struct, frozen=True):
    provider_id: str
    parts: int


class _Answer(msgspec.Struct, frozen=True):
    messages: list[_Found]


class StandIn:
    """The shape of our own stand-in, and of gateways that provinces build themselves."""

    memory: timedelta | None = timedelta(days=3650)

    def __init__(self, provider: Provider, lines: Lines) -> None:
        self._lines = lines

    async def send(self, message: Outgoing) -> Sent:
        """Hand a message over."""
        body = msgspec.json.encode(
            _Body(message.reference, message.to, message.text, message.brand, message.unicode)
        )
        answer = await sending(self._lines, "POST", "/send", body, _JSON)
        if answer.status != 200:
            raise by_status(answer.status)
        try:
            taken = msgspec.json.decode(answer.body, type=_Taken)
        except UNREADABLE:
            raise Unknown("an answer nobody can read") from None
        return Sent(reference=taken.provider_id, parts=taken.segments, code="200")

    async def settle(self, message: Outgoing) -> Sent | None:
        """Ask for our reference."""
        path = f"/messages?reference={quote(message.reference)}"
        answer = await asking(self._lines, "GET", path)
        try:
            found = msgspec.json.decode(answer.body, type=_Answer).messages
        except UNREADABLE:
            raise NotTaken(f"HTTP {answer.status}") from None
        if not found:
            return None
        return Sent(reference=found[0].provider_id, parts=found[0].parts, code="200")

    def report(self, fields: Mapping[str, str]) -> Report | None:
        """`state` is one of ours."""
        try:
            return Report(fields.get("state", ""))
        except ValueError:
            return None
