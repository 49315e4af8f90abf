"""What the SMS gateway stand-in has sent, one JSON object a line."""

import errno
from datetime import datetime
from pathlib import Path
from threading import Lock

import msgspec

from infra import clock
from infra.embedded.process import private
from infra.ids import uuid7
from infra.sms import is_gsm, normal, segments


class Send(msgspec.Struct, forbid_unknown_fields=True):
    """A wish to send `text` to `to`; `reference` is the caller's own name for it."""

    reference: str
    to: str
    text: str
    brand: str
    unicode: bool


class Message(msgspec.Struct):
    """A message as the phone received it."""

    provider_id: str
    reference: str
    to: str
    text: str
    brand: str
    encoding: str
    units: int
    parts: int
    at: datetime


class Outbox:
    """Messages in memory and in a file; safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Open `path`, reading what an earlier process wrote there."""
        self.lock = Lock()
        self._by_reference: dict[str, Message] = {}
        for line in path.read_bytes().splitlines() if path.exists() else ():
            self._remember(line)
        self._file = open(path, "ab", buffering=0, opener=private)  # noqa: SIM115 - lives as long

    def add(self, send: Send) -> Message:
        """Send once: a reference seen before returns the message sent then."""
        with self.lock:
            if known := self._by_reference.get(send.reference):
                return known
            message = _deliver(send)
            # The newline comes first, so that a line cut short by a crash spoils only itself.
            line = b"\n" + msgspec.json.encode(message)
            if self._file.write(line) < len(line):
                # A disk that has become full takes a part without a word.
                raise OSError(errno.ENOSPC, "a message was written in part")
            self._by_reference[send.reference] = message
            return message

    def find(self, reference: str | None, to: str | None) -> list[Message]:
        """Messages with this reference, or whose number holds `to`; all without either."""
        with self.lock:
            if reference is not None:
                return [known] if (known := self._by_reference.get(reference)) else []
            found = [m for m in self._by_reference.values() if not to or to in m.to]
        return found[::-1]

    def _remember(self, line: bytes) -> None:
        try:
            message = msgspec.json.decode(line, type=Message)
        except msgspec.DecodeError:
            return
        self._by_reference[message.reference] = message


def _deliver(send: Send) -> Message:
    text = normal(send.text)
    if not send.unicode:
        text = "".join(letter if is_gsm(letter) else "?" for letter in text)
    cost = segments(text)
    return Message(
        provider_id=f"SM{uuid7().hex}",
        reference=send.reference,
        to=send.to,
        text=text,
        brand=send.brand,
        encoding=cost.encoding,
        units=cost.units,
        parts=cost.parts,
        at=clock.now(),
    )
