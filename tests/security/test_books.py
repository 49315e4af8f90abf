"""The control database holds every tenant's figures: no tenant's statement may count another's."""

from datetime import UTC, date, datetime

import msgspec

from billing import collect, meter, queries, service
from tenants.work import work
from tests import cast
from tests.billing.contracts import contract

_MONTH = date(2026, 11, 1)


async def _use(slug: str, times: int) -> None:
    await service.load(contract(tenant_slug=slug))
    async with work():
        for n in range(times):
            await meter.count(
                f"dossier:{slug}:{n}:received", "dossier.received", subject=f"{slug}-{n}",
                occurred_at=datetime(2026, 11, 22, 2, n, tzinfo=UTC),
            )  # fmt: skip
    await collect.collect()


async def test_a_tenants_figures_count_its_own_facts_alone(tenant, make_tenant):
    neighbour = await make_tenant()
    await _use(tenant.slug, 2)
    await cast.at(neighbour, _use(neighbour.slug, 3))
    for who, times in ((tenant, 2), (neighbour, 3)):
        view = await queries.statement(who.id, _MONTH)
        line = view.statement.line("dossier-received")
        assert line is not None and line.quantity == times
        facts = await queries.facts(who.id, _MONTH, "dossier.received")
        assert len(facts.facts) == times
        other = neighbour if who is tenant else tenant
        assert other.slug not in msgspec.json.encode((view, facts)).decode()
