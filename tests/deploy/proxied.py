"""The proxy as the forms have it, in front of two web processes that are replaced one by one."""

import http.client
import os
import re
import shutil
import signal
import ssl
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.deploy.asking import status, wait
from tests.deploy.forms import DEPLOY
from tests.ports import free_ports
from tests.security.deployed import certificate

Program = subprocess.Popen[bytes]
_HTTPS, _HTTP = free_ports(2)
_WEBS = {18080: 18079, 18082: 18078}
_HOST = "cong.thu.test"
_SAID = "Nguyen+Van+Bi+Mat"


def roll(start: Callable[[str, int, int], Program], running: dict[str, Program], at: Path) -> None:
    """Replace both web processes under load, then take both away; leaves one running as `web`."""
    with proxy(at / "proxy"):
        webs = {18080: running["web"], 18082: start("web", 18082, 18078)}
        wait(lambda: _serves(18082), "the second web process")
        with _load() as answers:
            for port, inner in _WEBS.items():
                webs[port].send_signal(signal.SIGTERM)
                webs[port].wait(timeout=90)
                webs[port] = start("web", port, inner)
                wait(lambda port=port: _serves(port), "a web process that was replaced")  # type: ignore[misc]
            time.sleep(1)
        print(f"both web processes replaced under load: {dict(answers)}")
        assert set(answers) == {200} and answers[200] > 100, answers
        _look_at_nobody(webs)
        running["web"] = start("web", 18080, _WEBS[18080])
        wait(lambda: _serves(18080) and ask("/")[0] == 200, "the way back")
    for log in (at / "proxy").glob("*.log"):
        assert _SAID not in log.read_text(), f"{log.name} holds what was searched for"


def _look_at_nobody(webs: dict[int, Program]) -> None:
    for web in webs.values():
        web.send_signal(signal.SIGKILL)
        web.wait()
    code, answer, text = ask(f"/thu-tuc?tim={_SAID}")
    assert code == 503 and answer["retry-after"] == "30" and answer["cache-control"] == "no-store"
    assert "Hệ thống tạm thời chưa phục vụ được" in text
    assert status("/", _HTTP, _HOST) == 301 and status("/api/v1/usage", _HTTP, _HOST) == 403
    print("with no web process the proxy says so, and machines are not led on")


@contextmanager
def proxy(place: Path) -> Iterator[None]:
    """nginx with the shipped configuration, its places and ports ours."""
    place.mkdir()
    place.chmod(0o755)
    certificate(place, _HOST)
    shutil.copy(DEPLOY / "proxy/tam-ngung.html", place)
    upstream = (DEPLOY / "proxy/upstream-host.conf").read_text()
    ports = iter(_WEBS)
    (place / "upstream.conf").write_text(re.sub(r":808\d", lambda _: f":{next(ports)}", upstream))
    text = (DEPLOY / "proxy/nginx.conf").read_text()
    for old, new in (
        ("/etc/motcua/tls/fullchain.pem", f"{place}/cert.pem"),
        ("/etc/motcua/tls/privkey.pem", f"{place}/key.pem"),
        ("/etc/motcua/proxy", str(place)),
        ("/var/log/nginx", str(place)),
        ("listen 80 ", f"listen 127.0.0.1:{_HTTP} "),
        ("listen 443 ", f"listen 127.0.0.1:{_HTTPS} "),
    ):
        text = text.replace(old, new)
    # As distributions have it: a log of their own around ours, which ours has to take the place of.
    theirs = f"access_log {place}/theirs.log;\nerror_log {place}/theirs.log;"
    # Tests' directories are open to nobody else, not even to nginx's own user.
    who = "user root;\n" if os.geteuid() == 0 else ""
    whole = f"{who}daemon off;\npid {place}/pid;\nevents {{}}\nhttp {{\n{theirs}\n{text}\n}}\n"
    (place / "whole.conf").write_text(whole)
    words = ["nginx", "-c", f"{place}/whole.conf", "-p", str(place), "-e", f"{place}/error.log"]
    running = subprocess.Popen(words, stderr=subprocess.DEVNULL)
    try:
        wait(lambda: status("/", _HTTP, _HOST) == 301, "the proxy")
        yield
    finally:
        running.terminate()
        running.wait()


@contextmanager
def _load() -> Iterator[Counter[int]]:
    """Two clients that ask without a pause of more than 20 ms; what they were answered."""
    answers: Counter[int] = Counter()
    stop = threading.Event()

    def keep_asking() -> None:
        while not stop.wait(0.02):
            try:
                answers[ask(f"/thu-tuc?tim={_SAID}")[0]] += 1
            except OSError:
                answers[0] += 1

    clients = [threading.Thread(target=keep_asking) for _ in range(2)]
    for client in clients:
        client.start()
    try:
        yield answers
    finally:
        stop.set()
        for client in clients:
            client.join()


def ask(path: str) -> tuple[int, http.client.HTTPMessage, str]:
    """How a GET by way of the proxy is answered."""
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    line = http.client.HTTPSConnection("127.0.0.1", _HTTPS, timeout=20, context=trusting)
    try:
        line.request("GET", path, headers={"Host": _HOST})
        answer = line.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        line.close()


def _serves(port: int) -> bool:
    return status("/", port, _HOST) == 200
