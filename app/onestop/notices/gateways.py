"""The SMS gateways: how a message leaves the house, and what can be learned when a line is cut.

A gateway answers in one of four ways: taken (`Sent`), never to be taken (`Refused`), surely not
taken now (`NotTaken`), or nobody knows (`Unknown`). Only the last one is dangerous.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

import httpx
import msgspec

from infra import http
from infra.settings import Settings, settings


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A message to send. `reference` is ours and the same at every attempt; `to` is E.164."""

    reference: str
    to: str
    text: str
    brand: str
    unicode: bool
    report_to: str  # where the gateway tells what became of it


class Sent(msgspec.Struct, frozen=True):
    """The gateway took it; `reference` and `parts` are as it says, None when it does not say."""

    provider: str
    reference: str | None
    parts: int | None


class Refused(Exception):
    """The gateway will never take it; the text is a Vietnamese sentence for the officer."""


class NotTaken(Exception):
    """The gateway surely did not take it; trying again is safe."""


class Unknown(Exception):
    """The message may have been taken: ask before trying again."""


class Gateway(Protocol):
    """What every driver can do."""

    name: str
    can_find: bool

    async def send(self, message: Outgoing) -> Sent:
        """Hand a message over; raises Refused, NotTaken or Unknown."""

    async def find(self, reference: str) -> Sent | None:
        """The message taken under our reference, or None; raises NotTaken when nobody answers."""


class StandIn:
    """The plain HTTP shape: POST /send, and GET /messages to ask for a reference."""

    name = "standin"
    can_find = True

    def __init__(self, chosen: Settings, line: httpx.AsyncClient) -> None:
        self._url = chosen.sms_url.rstrip("/")
        self._line = line

    async def send(self, message: Outgoing) -> Sent:
        """Hand a message over."""
        body = {
            "reference": message.reference,
            "to": message.to,
            "text": message.text,
            "brand": message.brand,
            "unicode": message.unicode,
        }
        answer = await _call(self._line, "POST", f"{self._url}/send", json=body)
        if answer.status_code == 200:
            return _read(answer, "provider_id", "segments", self.name)
        raise _refusal(answer.status_code)

    async def find(self, reference: str) -> Sent | None:
        """Ask for a reference."""
        try:
            answer = await _call(
                self._line, "GET", f"{self._url}/messages", params={"reference": reference}
            )
        except Unknown as error:
            raise NotTaken(str(error)) from None
        if answer.status_code != 200:
            raise NotTaken(f"status {answer.status_code}")
        found = answer.json()["messages"]
        return Sent(self.name, found[0]["provider_id"], found[0]["parts"]) if found else None


class Kannel:
    """Kannel's smsbox (sendsms); it keeps no reference of ours, only reports by callback."""

    name = "kannel"
    can_find = False

    def __init__(self, chosen: Settings, line: httpx.AsyncClient) -> None:
        self._line = line
        self._url = chosen.sms_url.rstrip("/") + "/cgi-bin/sendsms"
        self._login = {"username": chosen.sms_username, "password": chosen.sms_password}

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
        answer = await _call(self._line, "GET", self._url, params=query)
        if answer.status_code == 202:
            return Sent(self.name, None, None)
        raise NotTaken("503") if answer.status_code == 503 else _refusal(answer.status_code)

    async def find(self, reference: str) -> Sent | None:
        """Never asked, as `can_find` says: Kannel knows nothing of our references."""
        raise LookupError(reference)


@asynccontextmanager
async def gateway() -> AsyncIterator[Gateway]:
    """The gateway of this deployment; its connections are kept while the block lasts."""
    async with http.client() as line:
        yield _driver()(settings(), line)


def can_find() -> bool:
    """Whether the gateway of this deployment can be asked for a message by our reference."""
    return _driver().can_find


def _driver() -> type[StandIn] | type[Kannel]:
    return Kannel if settings().sms_driver == "kannel" else StandIn


async def _call(
    line: httpx.AsyncClient, method: str, url: str, **options: object
) -> httpx.Response:
    try:
        return await line.request(method, url, **options)  # type: ignore[arg-type]
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise NotTaken(type(error).__name__) from None
    except httpx.TransportError as error:
        raise Unknown(type(error).__name__) from None


def _read(answer: httpx.Response, reference: str, parts: str, name: str) -> Sent:
    try:
        content = answer.json()
        return Sent(name, str(content[reference]), int(content[parts]))
    except (ValueError, KeyError, TypeError):
        raise Unknown("an answer nobody can read") from None


def _refusal(status: int) -> Exception:
    if status in (401, 403, 404, 408, 425, 429):
        # Our login or the gateway's mood, not the message: worth another try.
        return NotTaken(f"status {status}")
    if 400 <= status < 500:
        return Refused("Nhà mạng từ chối nhận tin gửi đến số điện thoại này.")
    return Unknown(f"status {status}")
