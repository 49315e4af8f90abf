"""Messages under fire: `python -m tests.worker.chaos [count]`, 6,000 by default.

One worker drains a province's messages through two providers while it, Valkey and PostgreSQL are
killed with -9 again and again and Valkey is emptied. The first provider can be asked, the second
cannot. In the end an officer sends again what stayed in doubt. None may be lost; whatever came
twice must be marked, and must have gone through the provider that cannot be asked.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from app.onestop.notices import service
from app.people.shapes import SYSTEM
from infra import bell
from infra.embedded.server import ROOT, python_environment
from infra.settings import settings
from tenants import db
from tenants.clusters import owner
from tenants.current import acting_for
from tenants.shapes import Tenant
from tenants.work import work
from tests.bench.house import House, crash, house, province, run

_QUEUE = """
insert into notice (id, event, fact, phone, text, encoding, parts, state, next_at, created_at,
                    cleared_at)
select uuidv7(), 'CO_KQ', 'chaos:' || n, '+8490' || lpad(n::text, 7, '0'), 'Tin thu', 'GSM7', 1,
       'pending', now() - interval '1 hour', now(), now()
from generate_series(1, $1::int) n
"""
# Done while no worker lives: what leases and delays would bring in minutes.
_HASTEN = """
update notice set next_at = now() - interval '1 minute',
  claimed_until = least(claimed_until, now() - interval '1 second') where state = 'pending'
"""
_STANDING = "select state, count(*) as count from notice group by state"
_CUT_SHARE = 0.01


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        """A killed worker cuts its lines; that is what this is about."""


class Providers:
    """Both at one address, without mercy: they send whatever they are given, as often as asked.

    Every hundredth answer is lost with the line. POST /send with GET /messages can be asked; POST
    /bulkapi cannot.
    """

    def __init__(self, luck: random.Random) -> None:
        self.asked, self.blind = Counter[str](), Counter[str]()
        played = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1

            def do_GET(self) -> None:
                reference = parse_qs(urlsplit(self.path).query)["reference"][0]
                found = [{"provider_id": "p", "parts": 1}] if played.asked[reference] else []
                self._say(json.dumps({"messages": found}).encode())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path == "/send":
                    played.asked[json.loads(body)["reference"]] += 1
                    said = b'{"provider_id":"p","segments":1}'
                else:
                    text = body.decode()
                    start = text.index("<RequestID>") + 11
                    played.blind[text[start : start + 36]] += 1
                    said = b"<r><message>OK</message><result>1</result></r>"
                if luck.random() < _CUT_SHARE:
                    self.close_connection = True
                else:
                    self._say(said)

            def _say(self, said: bytes) -> None:
                self.send_response(200)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_: object) -> None:
                pass

        self._server = _Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def listed(self) -> str:
        """Their setting: four of five go to the one that can be asked."""
        shared = {"url": self.url, "lines": 8}
        asked = {"name": "hoi-duoc", "driver": "standin", "weight": 4, **shared}
        blind = {"name": "khong-hoi-duoc", "driver": "viettel", "weight": 1, **shared}
        return json.dumps([asked, {**blind, "options": {"cp_code": "x"}}])


def chaos(count: int, seed: int, least: int) -> dict[str, Any]:
    """Run it with at least `least` rounds of killing; the figures, which `faults` judges."""
    luck = random.Random(seed)
    gateways = Providers(luck)
    with house() as servers:
        os.environ.update(MOTCUA_SMS_PROVIDERS=gateways.listed(), MOTCUA_SMS_AT_NIGHT="true")
        settings.cache_clear()
        tenant = run(province("hoanloan"))
        run(_sql(tenant, _QUEUE, count))
        rounds = _kill_until_drained(servers, tenant, luck, least)
        rounds += _officer_decides(servers, tenant)
        return run(_found(tenant, gateways)) | {"messages": count, "rounds": rounds}


def faults(found: dict[str, Any]) -> list[str]:
    """What must not be; empty when all is well."""
    checks = {
        "lost": not found["lost"],
        "doubled through the provider that can be asked": not found["doubled_asked"],
        "doubled without a mark": not found["unmarked"],
        "unsettled": found["states"] == {"sent": found["messages"]},
        "counted otherwise than sent": found["counted"] == found["messages"],
    }
    return [name for name, well in checks.items() if not well]


def _kill_until_drained(servers: House, tenant: Tenant, luck: random.Random, least: int) -> int:
    acts: list[Callable[[], None]] = [
        lambda: None,  # only the worker
        lambda: crash(servers.valkey),
        lambda: crash(servers.postgres),
        lambda: run(_flush()),
    ]
    rounds = 0
    while rounds < least or run(_pending(tenant)):
        waiting = run(_pending(tenant))
        worker = _start()
        run(bell.ring(service.JOB, tenant.slug))
        _wait_for_work(tenant, waiting)
        time.sleep(luck.uniform(0.0, 1.0))
        acts[rounds % len(acts)]()
        time.sleep(luck.uniform(0.0, 0.3))
        worker.kill()
        worker.wait()
        run(_sql(tenant, _HASTEN))
        rounds += 1
    return rounds


def _wait_for_work(tenant: Tenant, waiting: int, patience: float = 60) -> None:
    """Until the worker holds messages: killing it while it is still starting proves nothing."""
    until = time.monotonic() + patience
    while waiting and not run(_begun(tenant, waiting)) and time.monotonic() < until:
        time.sleep(0.1)


def _officer_decides(servers: House, tenant: Tenant) -> int:
    """What stayed in doubt is sent again, knowingly."""
    run(_resend(tenant))
    worker = _start()
    rounds = 0
    while run(_pending(tenant)) or run(_resend(tenant)):
        run(bell.ring(service.JOB, tenant.slug))
        time.sleep(1)
        run(_sql(tenant, _HASTEN_DELAYED))
        rounds += 1
    worker.terminate()
    worker.wait()
    return rounds


# A worker lives meanwhile: what it holds is left alone.
_HASTEN_DELAYED = """
update notice set next_at = now() where state = 'pending' and next_at > now()
  and (claimed_until is null or claimed_until < now())
"""


def _start() -> subprocess.Popen[bytes]:
    environment = {**python_environment(), **os.environ, "MOTCUA_LOG_LEVEL": "critical"}
    command = [sys.executable, "-m", "app.worker"]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)


async def _flush() -> None:
    await bell._connection().flushall()
    await bell.close()


async def _resend(tenant: Tenant) -> int:
    with acting_for(tenant):
        rows = await db.tenant.fetch("select id from notice where state = 'in_doubt'")
        for row in rows:
            async with work():
                await service.resend(SYSTEM, row["id"])
    await bell.close()
    return len(rows)


async def _sql(tenant: Tenant, sql: str, *values: object) -> None:
    async with owner(tenant.cluster, tenant.database) as connection:
        await connection.execute(sql, *values)


async def _pending(tenant: Tenant) -> int:
    with acting_for(tenant):
        return int(
            await db.tenant.fetch_value("select count(*) from notice where state = 'pending'")
        )


async def _begun(tenant: Tenant, waiting: int) -> bool:
    with acting_for(tenant):
        return bool(
            await db.tenant.fetch_value(
                "select count(*) < $1 or bool_or(claimed_until > now()) from notice"
                " where state = 'pending'",
                waiting,
            )
        )


async def _found(tenant: Tenant, gateways: Providers) -> dict[str, Any]:
    with acting_for(tenant):
        rows = await db.tenant.fetch("select id, state, doubled from notice")
        counted = await db.tenant.fetch_value("select count(*) from usage_record")
    came = gateways.asked + gateways.blind
    marked = {str(row["id"]) for row in rows if row["doubled"]}
    twice = {reference for reference, times in came.items() if times > 1}
    return {
        "states": dict(Counter(row["state"] for row in rows)),
        "lost": sum(1 for row in rows if not came[str(row["id"])]),
        "doubled_asked": sum(1 for times in gateways.asked.values() if times > 1),
        "doubled": len(twice),
        "marked": len(marked),
        "unmarked": len(twice - marked),
        "counted": counted,
    }


def main() -> None:
    """Print the figures; exit status 1 when something was lost or hidden."""
    parser = argparse.ArgumentParser("python -m tests.worker.chaos", description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=6000)
    parser.add_argument("--rounds", type=int, default=12, help="kill at least this often")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    found = chaos(asked.count, asked.seed, asked.rounds)
    wrong = faults(found)
    print(json.dumps({**found, "wrong": wrong}))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
