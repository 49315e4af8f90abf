"""Filing a dossier: one transaction through the service, sixteen clients at once.

`submit` is the citizen's (dossier, papers, trail, notice); `intake` is the counter's, which also
receives (slip, deadline's ledger, usage). Each client is a task with its own unit of work, as a
web request is; connections are the product's own few for each database. PostgreSQL flushes every
commit to the disk.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from itertools import count
from uuid import UUID

import uvloop

from app.onestop.catalog import queries as catalog
from app.onestop.dossiers import service
from app.people.shapes import Actor
from infra.ids import uuid7
from tenants import db, registry
from tenants.clusters import owner
from tenants.current import acting_for, current
from tenants.work import work
from tests.bench.filling import fill
from tests.bench.house import House, province, run
from tests.bench.machine import SERVER_CORE, on_core
from tests.bench.report import Figures, heading, latency, median, ratio, table
from tests.cast import LAN, citizen, officer
from tests.onestop.dossiers.story import BIRTH, agency, begun, on_paper, with_paper

CLIENTS = 16
SIZES = {"1k": 1_000, "100k": 100_000}

Act = Callable[[], Awaitable[object]]

# One draft with its paper, written once by the product itself, becomes many: each of a citizen of
# its own, spread over sixteen agencies unless all go to one.
_COPY = """
with people as (
  insert into citizen (id, issuer, subject, full_name, phone, first_seen_at, last_seen_at)
  select uuidv7(), 'https://dinhdanh.test', 'copy-' || uuidv7(), full_name, phone, now(), now()
  from citizen, generate_series(1, $2) where id = (select citizen_id from draft where id = $1)
  returning id
), drafts as (
  insert into draft (id, citizen_id, procedure_id, agency_id, case_id, wanted_way, answers,
                     created_at, saved_at)
  select uuidv7(), p.id, d.procedure_id, ($3::uuid[])[1 + (n - 1) % cardinality($3::uuid[])],
         d.case_id, d.wanted_way, d.answers, now(), now()
  from draft d, (select id, row_number() over () as n from people) p where d.id = $1
  returning id, citizen_id
), papers as (
  insert into paper (id, draft_id, kind, slot, name, form, object_id, file_name, added_at, added_by)
  select uuidv7(), d.id, p.kind, p.slot, p.name, p.form, p.object_id, p.file_name, now(), p.added_by
  from drafts d, paper p where p.draft_id = $1
)
select id, citizen_id from drafts
"""


def measure(house: House, *, quick: bool) -> Figures:
    """Both sizes taking turns, for both verbs."""
    heading(f"Filing a dossier: one transaction, {CLIENTS} clients")
    rounds, each = (2, 64) if quick else (6, 480)
    sizes = {name: n // (100 if quick else 1) for name, n in SIZES.items()}
    for name, size in sizes.items():
        run(_prepare(f"nop-{name}", size))
    with on_core(SERVER_CORE):
        text = subprocess.check_output(
            [sys.executable, "-m", "tests.bench.submitting", str(rounds), str(each)], text=True
        )
    taken = json.loads(text)
    found: Figures = {}
    rows: Figures = {}
    for verb in ("submit", "submit, one agency", "intake"):
        for name in SIZES:
            got = taken[f"{verb} {name}"]
            rows[f"{verb}, {name}"] = found[f"{verb} {name}"] = {
                "rate": round(median(got["rates"]), 1),
                **latency(got["latencies"]),
                "failures": got["failures"],
            }
        growth = ratio(taken[f"{verb} 100k"]["rates"], taken[f"{verb} 1k"]["rates"])
        found[f"{verb} growth_1k_to_100k_rate"] = growth
    table(rows)
    print("A hundred times the dossiers, of the rate:", end=" ")
    print({verb: found[f"{verb} growth_1k_to_100k_rate"] for verb in ("submit", "intake")})
    return found


async def _prepare(slug: str, size: int) -> None:
    tenant = await province(slug)
    await fill(tenant, size)


async def _main(rounds: int, each: int) -> None:
    """In a process of its own: every verb and size in every round."""
    taken: dict[str, Figures] = {}
    for number in range(rounds + 1):
        for size in SIZES:
            await registry.reload()
            tenant = await registry.by_slug(f"nop-{size}")
            assert tenant is not None
            with acting_for(tenant):
                for verb, acts in (await _acts(each)).items():
                    ran = await _race(acts)
                    if number:
                        _add(taken.setdefault(f"{verb} {size}", _nothing()), ran)
    await db.close()
    print(json.dumps(taken))


async def _acts(each: int) -> dict[str, list[Act]]:
    lan = await officer(LAN)
    everywhere = await _agencies()
    return {
        "submit": await _submits(each, everywhere),
        "submit, one agency": await _submits(each, everywhere[:1]),
        "intake": [_intake(lan) for _ in range(each)],
    }


async def _submits(each: int, agencies: list[UUID]) -> list[Act]:
    person = await citizen()
    draft = await with_paper(person, await begun(person))
    tenant = current()
    async with owner(tenant.cluster, tenant.database) as connection:
        rows = await connection.fetch(_COPY, draft.id, each, agencies)
        # The pattern goes, so that the citizen may begin the next one.
        await connection.execute("delete from paper where draft_id = $1", draft.id)
        await connection.execute("delete from draft where id = $1", draft.id)
        await connection.execute("analyze draft, paper, citizen")
    return [_submit(person, row["citizen_id"], row["id"]) for row in rows]


def _submit(person: Actor, citizen_id: UUID, draft_id: UUID) -> Act:
    async def act() -> object:
        async with work():
            who = Actor(kind="citizen", name=person.name, id=citizen_id)
            return await service.submit(who, draft_id)

    return act


def _intake(lan: Actor) -> Act:
    async def act() -> object:
        async with work():
            return await service.intake(lan, on_paper(key=uuid7()))

    return act


async def _agencies() -> list[UUID]:
    view = await catalog.procedure(BIRTH)
    assert view is not None
    first = await agency()
    others = [each.id for each in await catalog.agencies_for(view.document) if each.id != first]
    return [first, *others[: CLIENTS - 1]]


async def _race(acts: list[Act]) -> Figures:
    """All acts, by so many clients, each taking the next one when it is done."""
    numbers, latencies, failures = count(), [], 0

    async def client() -> None:
        nonlocal failures
        while (number := next(numbers)) < len(acts):
            began = time.perf_counter()
            try:
                await acts[number]()
            except Exception as error:
                failures += 1
                print(f"{type(error).__name__}: {error}", file=sys.stderr)
            latencies.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    rate = len(acts) / (time.perf_counter() - began)
    return {"rates": [rate], "latencies": latencies, "failures": failures}


def _nothing() -> Figures:
    return {"rates": [], "latencies": [], "failures": 0}


def _add(sum_: Figures, ran: Figures) -> None:
    for name, value in ran.items():
        sum_[name] += value


if __name__ == "__main__":
    uvloop.run(_main(int(sys.argv[1]), int(sys.argv[2])))
