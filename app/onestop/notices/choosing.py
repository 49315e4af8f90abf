"""The providers of one batch: which message goes where, learning while it goes."""

from collections import deque
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import structlog

from app.onestop.notices import routing
from app.onestop.notices.gateways import fault_of
from app.onestop.notices.providers import Provider, of_tenant
from app.onestop.notices.routing import Candidate, Past
from infra.clock import VIETNAM, now
from tenants import db

log = structlog.get_logger()

# Served by notice_attempt_ended, whose predicate this repeats.
_PAST = """
select p.name, a.ended_at, a.result in ('taken', 'refused') as good
from unnest($1::text[]) as p(name) cross join lateral (
  select ended_at, result from notice_attempt
  where provider = p.name and result in ('taken', 'refused', 'later', 'unknown')
  order by ended_at desc limit $2) a
"""
# So many refusals in a row within a batch, and the rest of it is spared.
_ENOUGH = 3


class Choosing:
    """Providers with their health as last known; `note` keeps it up to date within the batch."""

    def __init__(self, providers: dict[str, Provider], past: dict[str, deque[Past]]) -> None:
        self.providers = providers
        self._past = past
        self._failing: dict[str, int] = {}
        self._probed = False

    def pick(
        self, notice_id: UUID, tried: int, channel: str, *, urgent: bool, but: Collection[str] = ()
    ) -> str | None:
        """The provider for a message, none of `but`; what is urgent never serves as a probe."""
        moment = now()
        found = [
            each
            for each in self.candidates(channel)
            if each.name not in but and not self.stopped(each.name)
        ]
        probing = len(found) > 1 and not self._probed and not urgent
        if probing and (probe := routing.to_probe(found, moment)):
            self._probed = True
            return probe
        return routing.choose(found, routing.lot_of(notice_id, tried), moment)

    def candidates(self, channel: str | None = None) -> list[Candidate]:
        """The providers of a channel, or all, with their past."""
        return [
            Candidate(name=n, priority=p.priority, weight=p.weight, past=tuple(self._past[n]))
            for n, p in self.providers.items()
            if channel in (None, p.channel)
        ]

    def prices(self, moment: datetime) -> dict[str, int | None]:
        """What a part costs at each provider on the day of a moment (Vietnam), in đồng."""
        day = moment.astimezone(VIETNAM).date()
        return {name: each.price_on(day) for name, each in self.providers.items()}

    def note(self, name: str, *, good: bool) -> None:
        """An attempt of this batch ended."""
        self._failing[name] = 0 if good else self._failing.get(name, 0) + 1
        self._past[name].appendleft(Past(now(), good))

    def stopped(self, name: str) -> bool:
        """Whether the provider failed so often in a row that the batch goes on without it."""
        return self._failing.get(name, 0) >= _ENOUGH


async def read() -> Choosing:
    """The current tenant's providers and how they did lately; one that cannot work is left out."""
    providers = await of_tenant()
    for fault in filter(None, map(fault_of, list(providers.values()))):
        log.error("notice_provider_unusable", fault=fault)
    providers = {name: each for name, each in providers.items() if fault_of(each) is None}
    past: dict[str, deque[Past]] = {n: deque(maxlen=routing.LAST) for n in providers}
    for row in await db.tenant.fetch(_PAST, list(providers), routing.LAST):
        past[row["name"]].append(Past(row["ended_at"], row["good"]))
    return Choosing(providers, past)
