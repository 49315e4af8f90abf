"""The sealed trails of provinces that joined this one: each still proves itself, seal by seal."""

from collections.abc import Collection, Mapping
from typing import NamedTuple
from uuid import UUID

from app.trail import heads
from app.trail.chain import Finding
from app.trail.checking import Published, Verdict, verify
from tenants import db, registry
from tenants.current import current
from tenants.shapes import Tenant
from tenants.work import aside, work

# Served by the primary key of joined_trail_seal: one step for each trail.
_WHICH = """
with recursive each (id) as (
    (select joined_id from joined_trail_seal order by joined_id limit 1)
    union all
    select (select joined_id from joined_trail_seal s where s.joined_id > e.id
            order by joined_id limit 1) from each e where e.id is not null
)
select id from each where id is not null
"""
_UNDER_OUR_NAMES = """
select set_config('search_path', 'joined, public', true), set_config('motcua.joined', $1, true)
"""


class Joined(NamedTuple):
    """Whose trail it was, by its short name where it is still known, and what was found."""

    slug: str
    verdict: Verdict


async def verify_joined() -> list[Joined]:
    """Every trail that came along with another province's data, against its own seals, keys and
    published heads. Opens units of work of its own."""
    ids = [row["id"] for row in await db.tenant.fetch(_WHICH)]
    # The control plane knows who joined: of a trail that was taken away whole nothing is here.
    ids += [former.id for former in current().former if former.id not in ids]
    known = {tenant.id: tenant for tenant in await registry.every()}
    return [await _one(each, known.get(each)) for each in ids]


async def _one(joined: UUID, tenant: Tenant | None) -> Joined:
    keys = await heads.trusted(tenant) if tenant else []
    published = _elsewhere(await heads.published(tenant)) if tenant else None
    async with work():
        await db.tenant.execute(_UNDER_OUR_NAMES, str(joined))
        verdict = await verify(db.tenant.fetch, keys=keys, published=published)
    if verdict.unsealed and not any(finding.what == "late" for finding in verdict.findings):
        # It came sealed to its end, and nothing was done there since.
        verdict.add([Finding(what="late", more=f"{verdict.unsealed} rows")])
    return Joined(tenant.slug if tenant else str(joined), verdict)


def _elsewhere(published: Published) -> Published:
    """The same, asked outside of the unit of work, which belongs to the tenant's database."""

    async def of(first: int, last: int) -> Mapping[int, Collection[bytes]]:
        with aside():
            return await published.of(first, last)

    return Published(published.newest, of)
