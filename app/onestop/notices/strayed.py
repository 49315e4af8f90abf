"""Reports on messages that lie elsewhere by now: sent while two were one, who have parted since.

The provider reports to whoever sent; the message went with its dossier to the other.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextvars import Context
from typing import Any, TypeVar
from uuid import UUID

from app.onestop.notices import reports
from app.onestop.notices.rules import Report
from tenants import parted, registry
from tenants.current import acting_for
from tenants.parted import Parted
from tenants.shapes import Tenant
from tenants.work import work

T = TypeVar("T")


async def take(
    slug: str, sender: Tenant, notice_id: UUID, number: int, fields: Mapping[str, str]
) -> bool:
    """Note what a provider says of a message the tenant called `slug` has sent, for which `sender`
    answers now; False when nobody it has parted from has such an attempt of before.

    The caller has seen that the address is genuine. Opens units of work of its own.
    """
    async for other, past in _others(slug):
        doing = _provider(other, past, notice_id, number)
        if name := await _elsewhere(doing):
            said = await _elsewhere(_read(sender, name, fields))
            if said is not None:
                await _elsewhere(_note(other, notice_id, number, *said))
            return said is not None
    return False


async def _others(slug: str) -> AsyncIterator[tuple[Tenant, Parted]]:
    """Whoever answers for those a tenant was one with, and for those they were one with in turn."""
    first = await registry.by_slug(slug)
    waiting, seen = [first.id] if first else [], set[UUID]()
    while waiting:
        one = waiting.pop(0)
        seen.add(one)
        for past in await parted.parted(one):
            other = await registry.answering(past.slug)
            if other is not None and past.id not in seen:
                waiting.append(past.id)
                yield other, past


async def _provider(other: Tenant, past: Parted, notice_id: UUID, number: int) -> str | None:
    with acting_for(other):
        attempt = await reports.attempt(notice_id, number)
    return attempt.provider if attempt and attempt.at < past.until else None


async def _read(
    sender: Tenant, provider: str, fields: Mapping[str, str]
) -> tuple[Report | None, str] | None:
    with acting_for(sender):
        return await reports.read(provider, fields)


async def _note(
    other: Tenant, notice_id: UUID, number: int, report: Report | None, said: str
) -> None:
    if report is not None:
        with acting_for(other):
            async with work():
                await reports.take_report(notice_id, report, number, said)


async def _elsewhere(doing: Coroutine[Any, Any, T]) -> T:
    """In a context of its own: a request acts for the tenant of its host."""
    return await asyncio.create_task(doing, context=Context())
