"""Two provinces with one of everything, and who asks there."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.people import queries
from app.people.shapes import Actor
from billing import service as billing
from billing import sources
from infra.settings import settings
from tenants import db
from tenants.shapes import Tenant
from tests import cast
from tests.billing.contracts import contract
from tests.onestop.dossiers import story
from tests.openapi.asking import Visitor
from tests.openapi.forms import Forms, Places, merge, path_of
from tests.openapi.pool import Pool
from tests.security.people import operator, session
from tests.security.routes import doors
from tests.security.treasure import HERE, KIN, SYSTEM_KEY, THAM, THERE, Treasure, at_home, bury

_ADMINISTRATOR = """
select h.officer_id from post_holding h join post p on p.id = h.post_id
where p.kind = 'administrator' limit 1
"""
_PROVIDERS = ("//may-do.thu/dem", ["api.call"])


class Everybody(NamedTuple):
    """Who asks at both provinces and at the vendor's site, and what they know."""

    here: list[Visitor]
    there: list[Visitor]
    vendor: list[Visitor]
    desk: list[Visitor]  # who else acts on a dossier of the first province
    pool: Pool

    @property
    def visitors(self) -> list[Visitor]:
        """Everybody of both provinces, one of each in turn."""
        return [each for pair in zip(self.here, self.there, strict=True) for each in pair]


async def everybody(province: Tenant, neighbour: Tenant, browse: Any) -> Everybody:
    """Both provinces made ready; the vendor's contract is with the first."""
    own = at_home(await bury(THAM, HERE))
    theirs = at_home(await cast.at(neighbour, bury(KIN, THERE)))
    pool = Pool(own, theirs, {})
    here = await _visitors(province, own, cast.LAN, browse, {})
    acting = {"specialist": cast.HOA, "leader": cast.MINH}
    desk = [
        _visitor(role, province, await cast.officer(name), browse, {})
        for role, name in acting.items()
    ]
    there = await cast.at(
        neighbour, _visitors(neighbour, theirs, cast.OUTSIDER, browse, pool.mirrored())
    )
    await billing.load(contract(tenant_slug=province.slug))
    meter = await sources.issue("thử", province.id, *_PROVIDERS)
    account = await operator()

    async def sign_in() -> str:
        return await session("vendor", account, None)

    vendor = Visitor("operator", f"http://{settings().ops_host}", sign_in, {}, SYSTEM_KEY, meter)
    return Everybody(here, there, [vendor], desk, pool)


async def seen_forms(site: Any, visitors: Sequence[Visitor], pool: Pool, browser: Any) -> Forms:
    """The forms of every page these visitors may read."""
    found: Forms = {}
    every = doors(site)
    places = Places(every)
    for visitor in visitors:
        browser.base_url = visitor.origin
        browser.cookies.set("motcua", await visitor.sign_in())
        for door in every:
            if door.method == "GET" and "tep" not in door.path and "pdf" not in door.path:
                asked = door.ask(pool.own)
                answer = await browser.get(asked.path)
                if "text/html" in answer.headers.get("content-type", ""):
                    merge(found, places, path_of(door), answer.text)
    return found


async def _visitors(
    tenant: Tenant, treasure: Treasure, officer: str, browse: Any, mirror: Mapping[str, str]
) -> list[Visitor]:
    administrator = await queries.actor_for_officer(await db.tenant.fetch_value(_ADMINISTRATOR))
    assert administrator is not None
    people: dict[str, Actor] = {
        "owner": treasure.citizen,
        "reception": await cast.officer(officer),
        "administrator": administrator,
    }
    return [_visitor(role, tenant, each, browse, mirror) for role, each in people.items()]


def _visitor(
    role: str, tenant: Tenant, who: Actor, browse: Any, mirror: Mapping[str, str]
) -> Visitor:
    async def sign_in() -> str:
        return str((await browse(tenant, who)).cookies["motcua"])

    return Visitor(role, settings().origin(tenant.host), sign_in, mirror, SYSTEM_KEY)


async def drafts_to_file(citizen: Actor, number: int) -> tuple[str, ...]:
    """So many drafts with every answer and the paper, which only need to be sent."""
    found = [await story.with_paper(citizen, await story.begun(citizen)) for _ in range(number)]
    return tuple(str(draft.id) for draft in found)
