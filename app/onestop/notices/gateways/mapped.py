"""Providers whose interface is data: one driver, a file for each."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path

import msgspec

from app.onestop.notices.gateways import mapping
from app.onestop.notices.gateways.http import asking, sending
from app.onestop.notices.gateways.shapes import NotTaken, Outgoing, Sent, Unknown, by_status
from app.onestop.notices.providers import Provider
from app.onestop.notices.rules import Report
from infra.lines import Lines

_SHIPPED = Path(__file__).parent / "mappings"


class Mapped:
    """A brandname API spoken by its mapping."""

    def __init__(self, provider: Provider, lines: Lines) -> None:
        self._shape = shape_of(provider)
        self._lines = lines
        login = {"username": provider.username, "password": provider.password}
        self._own = {**login, **provider.options}
        asked = self._shape.ask
        self.memory = timedelta(hours=asked.hours) if asked else None

    async def send(self, message: Outgoing) -> Sent:
        """Hand a message over."""
        call = mapping.written(self._shape.send, self._values(message))
        answer = await sending(self._lines, *call)
        try:
            found = mapping.read(self._shape.answer, answer.body)
        except Unknown:
            raise by_status(answer.status) from None
        if answer.status != 200 and not found["code"]:
            raise by_status(answer.status)
        return mapping.judged(self._shape.codes, found)

    async def settle(self, message: Outgoing) -> Sent | None:
        """Ask for our reference, or repeat it where the provider knows it again."""
        asked = self._shape.ask
        if asked is None:
            raise NotTaken("this provider cannot be asked")
        if asked.call is None or asked.answer is None:
            return await self.send(message)
        answer = await asking(self._lines, *mapping.written(asked.call, self._values(message)))
        try:
            found = mapping.read(asked.answer, answer.body)
        except Unknown:
            raise NotTaken(f"HTTP {answer.status}") from None
        if found["code"] in asked.absent:
            return None
        if found["code"] not in asked.found:
            raise NotTaken(found["code"])
        return mapping.judged(mapping.Codes(taken=asked.found), found)

    def report(self, fields: Mapping[str, str]) -> Report | None:
        """As the mapping reads it."""
        return mapping.report_of(self._shape.reports, fields)

    def _values(self, message: Outgoing) -> dict[str, str]:
        return mapping.values_of(self._shape, message, self._own)


def shape_of(provider: Provider) -> mapping.Shape:
    """The provider's own mapping, or the shipped one its driver names; raises KeyError."""
    if provider.mapping is not None:
        return msgspec.convert(provider.mapping, mapping.Shape)
    return shipped()[provider.driver]


@cache
def shipped() -> dict[str, mapping.Shape]:
    """The mappings that come with the product, by name."""
    read = [msgspec.json.decode(f.read_bytes(), type=mapping.Shape) for f in _SHIPPED.iterdir()]
    return {shape.name: shape for shape in read}
