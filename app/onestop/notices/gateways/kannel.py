"""Kannel's smsbox (sendsms); it keeps no reference of ours, only reports by callback."""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

from app.onestop.notices.gateways.http import sending
from app.onestop.notices.gateways.shapes import NotTaken, Outgoing, Sent, by_status
from app.onestop.notices.providers import Provider
from app.onestop.notices.rules import Report
from infra.lines import Lines

# Kannel's delivery report types; 4 (buffered at the operator) tells nothing new.
_REPORTS = {
    "1": Report.DELIVERED,
    "2": Report.FAILED,
    "8": Report.ACCEPTED,
    "16": Report.REJECTED,
}


class Kannel:
    """The gateway a province runs itself, which speaks SMPP to the operators."""

    memory: timedelta | None = None

    def __init__(self, provider: Provider, lines: Lines) -> None:
        self._lines = lines
        self._login = {"username": provider.username, "password": provider.password}

    async def send(self, message: Outgoing) -> Sent:
        """Hand a message over; 202 is Kannel's only yes."""
        query = {
            **self._login,
            "from": message.brand,
            "to": message.to.lstrip("+"),
            "text": message.text,
            "charset": "UTF-8",
            # Left to itself Kannel destroys every letter outside the GSM alphabet.
            "coding": "2" if message.unicode else "0",
            "dlr-mask": "31",
            "dlr-url": f"{message.report_to}?type=%d",
        }
        answer = await sending(self._lines, "GET", f"/cgi-bin/sendsms?{urlencode(query)}")
        if answer.status == 202:
            return Sent(code=answer.body.decode(errors="replace").strip()[:80] or "202")
        raise by_status(answer.status)

    async def settle(self, message: Outgoing) -> Sent | None:
        """Never asked, as `memory` says: Kannel knows nothing of our references."""
        raise NotTaken("Kannel cannot be asked")

    def report(self, fields: Mapping[str, str]) -> Report | None:
        """`type` is what Kannel puts for %d."""
        return _REPORTS.get(fields.get("type", ""))
