"""eSMS and Viettel as their documents describe them, played on this machine."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit
from xml.etree import ElementTree

_ENVELOPE = (
    '<?xml version="1.0" ?><S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>'
    '<ns2:wsCpMtResponse xmlns:ns2="http://impl.bulkSms.ws/"><return><message>{}</message>'
    "<result>{}</result></return></ns2:wsCpMtResponse></S:Body></S:Envelope>"
)


class Brandnames:
    """Both at one address. `taken` are the messages; `drop` cuts the line after taking so many."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.drop = 0
        self.answer: str | None = None  # the code to give instead of the ordinary one
        played = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                play = played._esms if "json" in urlsplit(self.path).path else played._viettel
                kind, said = play(body)
                if played.drop:
                    played.drop -= 1
                    self.close_connection = True
                    return
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _esms(self, body: bytes) -> tuple[str, bytes]:
        sent = json.loads(body)
        code = self.answer or self._esms_code(sent)
        if code == "100":
            self.taken.append(sent)
        said = {"CodeResult": code, "CountRegenerate": 0}
        said |= {"SMSID": "d533"} if code == "100" else {"ErrorMessage": "refused"}
        return "application/json", json.dumps(said).encode()

    def _esms_code(self, sent: dict[str, Any]) -> str:
        if (sent["ApiKey"], sent["SecretKey"]) != ("app", "app-pass"):
            return "101"
        known = {each.get("RequestId") for each in self.taken}
        return "124" if sent["RequestId"] in known else "100"

    def _viettel(self, body: bytes) -> tuple[str, bytes]:
        call = ElementTree.fromstring(body)[1][0]
        self.taken.append({each.tag: each.text for each in call})
        code = self.answer or "1"
        said = _ENVELOPE.format("Insert MT_QUEUE: OK" if code == "1" else "no", code)
        return "text/xml", said.encode()
