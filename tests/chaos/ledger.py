"""The comparison from outside: what people were told against what the databases, the store and the
gateway hold."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg
import minio

from infra.dsn import Address
from tests.chaos.facts import Deed, Facts
from tests.chaos.town import Town

_ACTS = {
    "chuyen": "dossier.hand_over", "tham-dinh": "dossier.process", "phe-duyet": "dossier.approve",
    "hoan-thanh": "dossier.finish", "tra-ket-qua": "dossier.deliver",
}  # fmt: skip
_DOSSIERS = (
    "select intake_key::text as key, count(*) from dossier where channel = 'counter' group by 1"
)
_FILED = """
select upper(answers->>'ks_ten') as key, count(*) from dossier where channel = 'online' group by 1
"""
_PAPERS = """
select encode(o.sha256, 'hex') as key, count(*)
from paper p join stored_object o on o.id = p.object_id group by 1
"""
_DONE = """
select d.code || '/' || t.act as key, count(*) from trail t
join dossier d on t.subject_kind = 'dossier' and t.subject_id = d.id::text group by 1
"""
_NOTICES = "select id::text as key, state, dossier_id from notice"
_SHOULD_TELL = """
select count(*) from dossier d where received_at is not null and phone is not null
  and not exists (select from notice n where n.dossier_id = d.id)
"""
_UNCOUNTED = """
select d.code from dossier d where received_at is not null and
  (select count(*) from usage_record u where u.id = 'dossier:' || d.id || ':received') <> 1
"""
_WAITING = """
select count(*) from notice where state = 'pending' and claimed_until is null and next_at <= $1
"""
_TOO_EARLY = "is dated long before the rows sealed before it"
_SUMMED_UP = re.compile(r"^\S+: \d+ findings?: ")
_HASTEN = """
update notice set next_at = now() - interval '1 minute',
  claimed_until = case when claimed_until is not null then now() - interval '1 second' end
where state = 'pending'
"""
_ON_THE_WAY = """
select (select count(*) from notice where state = 'pending')
     + (select count(*) from usage_pending)
"""
_UPLOADS = "select id::text, size from upload where state in ('open', 'checking')"
_OBJECTS = "select key, encode(sha256, 'hex') as digest from stored_object where removed_at is null"
_BOOKS = "select id as key, count(*) from usage where source = '//chaos.test/meter' group by 1"


async def check(town: Town, facts: Facts) -> list[str]:
    """What is not as people were told; empty when all is well."""
    wrong = await kept(town, facts)
    async with tenant(town) as db:
        wrong += _stored(town, await db.fetch(_OBJECTS), await bucket(town))
    return wrong + unsealed(town)


async def kept(town: Town, facts: Facts) -> list[str]:
    """The same of the databases and the gateway alone."""
    wrong = list(facts.wrong)
    async with tenant(town) as db:
        wrong += _compare(facts.of("dossier"), await _counts(db, _DOSSIERS), lambda d: d.content)
        wrong += _compare(facts.of("filed"), await _counts(db, _FILED), lambda d: d.key.upper())
        wrong += _compare(facts.of("paper"), await _counts(db, _PAPERS), lambda d: d.content)
        done = await _counts(db, _DONE)
        wrong += _compare(facts.of("act"), done, lambda d: f"{d.key}/{_ACTS[d.content]}")
        wrong += [f"{row['code']} is not counted once" for row in await db.fetch(_UNCOUNTED)]
        if untold := await db.fetchval(_SHOULD_TELL):
            wrong.append(f"{untold} received dossiers of which nobody was told")
        wrong += _sent(await db.fetch(_NOTICES), await _phone(town))
    async with control(town) as db:
        wrong += _compare(facts.of("usage"), await _counts(db, _BOOKS), lambda d: d.key)
    return wrong


async def waiting(town: Town, since: Any) -> int:
    """How many messages that were due then nobody has taken up yet."""
    async with tenant(town) as db:
        return int(await db.fetchval(_WAITING, since))


def unsealed(town: Town) -> list[str]:
    """What is found of the trail's seals. A clock that was wrong for a while is rightly told of:
    rows are dated before those already sealed."""
    verified = town.motcua("audit", "verify", "binhdinh")
    if verified.returncode == 0:
        return []
    found = [line for line in verified.stdout.splitlines() if not _SUMMED_UP.search(line)]
    faults = [line for line in found if not (town.was_wrong and line.endswith(_TOO_EARLY))]
    return faults if found else [verified.stdout + verified.stderr]


async def hasten(town: Town) -> None:
    """Done while no worker lives: what leases and delays would bring in minutes."""
    async with tenant(town) as db:
        await db.execute(_HASTEN)


async def on_the_way(town: Town) -> int:
    """Messages not sent yet, usage not in the books yet, and papers that came while the store was
    away."""
    here = _staged(town.data / "staging")
    async with tenant(town) as db:
        uploads = await db.fetch(_UPLOADS)
        whole = [each for each in uploads if here.get(each["id"]) == each["size"]]
        return int(await db.fetchval(_ON_THE_WAY)) + len(whole)


def _staged(folder: Path) -> dict[str, int]:
    """How many bytes of which upload have come."""
    found = {}
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            found[path.name] = path.stat().st_size
    return found


def _compare(deeds: list[Deed], found: dict[str, int], name: Any) -> list[str]:
    wrong = []
    for deed in deeds:
        times = found.get(name(deed), 0)
        if times > 1 or (deed.sure and times != 1):
            said = "done" if deed.sure else "in doubt"
            wrong.append(f"{deed.kind} {deed.key} {deed.content} was {said}: found {times} times")
    return wrong


def _sent(notices: list[Any], phone: Counter[str]) -> list[str]:
    wrong = [f"message {key} came {times} times" for key, times in phone.items() if times > 1]
    for notice in notices:
        if notice["state"] not in {"sent", "delivered"}:
            wrong.append(f"message {notice['key']} is {notice['state']}")
        elif not phone[notice["key"]]:
            wrong.append(f"message {notice['key']} never came")
    return wrong


def _stored(town: Town, objects: list[Any], name: str) -> list[str]:
    settings, wrong = town.direct, []
    store = minio.Minio(
        settings["MOTCUA_S3_ENDPOINT"].removeprefix("http://"),
        access_key=settings["MOTCUA_S3_ACCESS_KEY"], secret_key=settings["MOTCUA_S3_SECRET_KEY"],
        secure=False, region="us-east-1",
    )  # fmt: skip
    for row in objects:
        answer = store.get_object(name, row["key"])
        if hashlib.sha256(answer.read()).hexdigest() != row["digest"]:
            wrong.append(f"object {row['key']} is not what was stored")
        answer.close()
        answer.release_conn()
    return wrong


async def _phone(town: Town) -> Counter[str]:
    """How often each reference was sent, from the gateway's own file."""
    path = town.data / "sms" / "messages.jsonl"
    return Counter(
        json.loads(line)["reference"]
        for line in path.read_bytes().split(b"\n")
        if line.endswith(b"}")
    )


async def _counts(db: asyncpg.Connection, sql: str) -> dict[str, int]:
    return {row["key"]: row["count"] for row in await db.fetch(sql)}


async def bucket(town: Town) -> str:
    """The tenant's bucket."""
    async with control(town) as db:
        return str(await db.fetchval("select bucket from tenant where slug = 'binhdinh'"))


@asynccontextmanager
async def control(town: Town) -> AsyncIterator[asyncpg.Connection]:
    """The control database, past all lines."""
    connection = await asyncpg.connect(town.direct["MOTCUA_CONTROL_DSN"])
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def tenant(town: Town, slug: str = "binhdinh") -> AsyncIterator[asyncpg.Connection]:
    """The province's database, past all lines."""
    async with control(town) as db:
        name = await db.fetchval("select database from tenant where slug = $1", slug)
    owner = Address.parse(town.server("postgres").dsn)._replace(database=name)
    connection = await asyncpg.connect(**owner.keywords())
    try:
        yield connection
    finally:
        await connection.close()
