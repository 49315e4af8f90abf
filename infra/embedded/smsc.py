"""The SMS gateway stand-in: takes messages over HTTP and shows them on a phone screen.

    POST /send      {reference, to, text, brand, unicode} -> {provider_id, segments}
    GET  /messages  ?reference=… or ?to=…                 -> {messages: […]}, newest first
    POST /faults    {next, kind}                          -> the next sends fail in that way
    GET  /          the phone screen

Like real gateways it sends one reference once, however often it is asked, and without `unicode`
it turns every letter outside the GSM alphabet into a question mark.
"""

import argparse
import contextlib
import json
import secrets
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import minijinja
import msgspec

from infra.clock import VIETNAM
from infra.embedded.outbox import Message, Outbox, Send
from infra.embedded.server import PythonServer

_HANG_SECONDS = 60
_PAGES = ("phone.html", "phone_messages.html")
_SHOWN = 200


class Smsc(PythonServer):
    """The stand-in as a process of its own."""

    name = "SMS"
    module = "infra.embedded.smsc"

    @property
    def url(self) -> str:
        """The gateway's address; the phone screen is its root page."""
        return f"http://127.0.0.1:{self.port}"


class Fault(msgspec.Struct, forbid_unknown_fields=True):
    """How the next `next` sends go wrong.

    timeout: no answer, nothing sent · error: 500, nothing sent · reject: 422, never to be sent ·
    accept_then_drop: sent, but the line is cut before the answer.
    """

    next: int
    kind: str

    def __post_init__(self) -> None:
        if self.kind not in {"timeout", "error", "reject", "accept_then_drop"}:
            raise ValueError(f"no such fault: {self.kind}")


class _Gateway(ThreadingHTTPServer):
    # A burst of senders must not meet a full backlog (the default is 5).
    request_queue_size = 128
    daemon_threads = True

    def __init__(self, port: int, outbox: Outbox) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.outbox = outbox
        self.fault = Fault(0, "error")
        here = Path(__file__).parent
        self.pages = minijinja.Environment(
            templates={name: (here / name).read_text("utf-8") for name in _PAGES}
        )

    def take_fault(self) -> str | None:
        """The kind of fault due to this send, if any; each is used up once."""
        with self.outbox.lock:
            if self.fault.next <= 0:
                return None
            self.fault.next -= 1
            return self.fault.kind


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    # Head and body in one packet: apart, the second waits for the first to be acknowledged.
    wbufsize = -1
    server: _Gateway

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        if url.path == "/":
            whole = query.get("part") != "messages"
            self._show_phone(_PAGES[0] if whole else _PAGES[1], query.get("to", ""))
        elif url.path == "/messages":
            found = self.server.outbox.find(query.get("reference"), query.get("to"))
            self._answer(200, {"messages": found})
        else:
            self._answer(404, {"error": "no such page"})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            if self.path == "/send":
                self._send(msgspec.json.decode(body, type=Send))
            elif self.path == "/faults":
                self.server.fault = msgspec.json.decode(body, type=Fault)
                self._answer(200, {})
            else:
                self._answer(404, {"error": "no such page"})
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            self._answer(400, {"error": str(error)})

    def _send(self, send: Send) -> None:
        fault = self.server.take_fault()
        if fault == "timeout":
            self._hang()
        elif fault == "error":
            self._answer(500, {"error": "the gateway is out of order"})
        elif fault == "reject":
            self._answer(422, {"error": "the number cannot receive messages"})
        else:
            message = self.server.outbox.add(send)
            if fault == "accept_then_drop":
                self._cut()
            else:
                sent = {"provider_id": message.provider_id, "segments": message.parts}
                self._answer(200, sent)

    def _hang(self) -> None:
        """Say nothing until the caller gives up."""
        self.connection.settimeout(_HANG_SECONDS)
        with contextlib.suppress(OSError):
            self.connection.recv(1, socket.MSG_PEEK)
        self._cut()

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _show_phone(self, page: str, to: str) -> None:
        nonce = secrets.token_urlsafe(12)
        messages = [_shown(message) for message in self.server.outbox.find(None, to)[:_SHOWN]]
        text = self.server.pages.render_template(page, messages=messages, to=to, nonce=nonce)
        policy = (
            f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; "
            "img-src data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'"
        )
        headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
        self._reply(200, "text/html; charset=utf-8", text.encode(), headers)

    def _answer(self, status: int, content: dict[str, Any]) -> None:
        self._reply(status, "application/json", msgspec.json.encode(content), {})

    def _reply(self, status: int, kind: str, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "X-Content-Type-Options": "nosniff",
            **headers,
        }.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Only the method and path are logged, never a number or a text."""
        print(json.dumps({"method": self.command, "path": urlsplit(self.path).path}))


def _shown(message: Message) -> dict[str, Any]:
    local = message.at.astimezone(VIETNAM)
    return {**msgspec.to_builtins(message), "shown_at": f"{local:%H:%M} ngày {local:%d/%m/%Y}"}


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--directory", type=Path, required=True)
    given = parser.parse_args()
    with _Gateway(given.port, Outbox(given.directory / "messages.jsonl")) as gateway:
        gateway.serve_forever()


if __name__ == "__main__":
    main()
