"""Every job of the house, one line each, and when rows are looked for whose bell was lost."""

from collections.abc import Awaitable, Callable
from typing import Literal, NamedTuple

from app.onestop.bulk.jobs import settle_bulk_orders
from app.onestop.bulk.queries import any_waiting
from app.onestop.bulk.service import JOB as SETTLE_BULK
from app.onestop.dossiers.freeing import any_to_free, free_tasks
from app.onestop.dossiers.jobs import end_waits
from app.onestop.dossiers.service.passing import any_over
from app.onestop.exchange import sending as exchange
from app.onestop.exchange.outbox import JOB as SEND_EXCHANGE
from app.onestop.notices import clearance, health
from app.onestop.notices import jobs as notices
from app.onestop.notices.queries import any_due
from app.onestop.notices.service import JOB as SEND_NOTICES
from app.onestop.papers import jobs as papers
from app.onestop.recounting import jobs as recounting
from app.onestop.recounting.queries import recount_waits
from app.onestop.recounting.service import JOB as RECOUNT
from app.onestop.reorganisation.jobs import reorganise
from app.onestop.reorganisation.queries import any_due as any_reorganisation_due
from app.trail import jobs as trail
from app.trail.sealing import any_to_seal
from app.usage.jobs import check_books, count_officers, warn_of_limits
from billing import collect
from billing.jobs import collect_usage, sample_storage


class Job(NamedTuple):
    """Work for one tenant. `run` does one bounded batch and says whether more may be waiting.

    `every` is how often each tenant's rows are looked for; `waiting` saves the ring when none is.
    A `heavy` one goes through many rows, and few such run beside the others.
    """

    name: str
    run: Callable[[], Awaitable[bool]]
    every: Literal["minute", "hour", "night"]
    waiting: Callable[[], Awaitable[bool]] | None = None
    heavy: bool = False


async def usage_waits() -> bool:
    """Whether the books lack a record of the current tenant."""
    return bool(await collect.pending(1))


async def settle_uploads() -> bool:
    """Go on with uploads that wait for the scanner, the store or a lost sender."""
    await papers.settle_uploads()
    return False


async def sweep_papers() -> bool:
    """Clear what ended uploads left, and objects nobody attached."""
    await papers.sweep_papers()
    return False


JOBS = (
    Job(SEND_NOTICES, notices.send_notices, "minute", any_due),
    Job("release_notices", clearance.release_held, "minute", clearance.any_to_release),
    Job(RECOUNT, recounting.recount_dossiers, "minute", recount_waits, heavy=True),
    Job(SETTLE_BULK, settle_bulk_orders, "minute", any_waiting, heavy=True),
    Job(SEND_EXCHANGE, exchange.send_exchange, "minute", exchange.any_due),
    Job("end_waits", end_waits, "minute", any_over),
    Job("free_tasks", free_tasks, "minute", any_to_free),
    Job("reorganise", reorganise, "minute", any_reorganisation_due, heavy=True),
    Job("seal_trail", trail.seal_trail, "minute", any_to_seal),
    Job("collect_usage", collect_usage, "minute", usage_waits),
    Job("settle_uploads", settle_uploads, "minute"),
    Job("sweep_papers", sweep_papers, "hour", heavy=True),
    Job("tell_providers", health.tell_today, "minute", health.just_sent),
    Job("warn_of_limits", warn_of_limits, "hour"),
    Job("tell_providers_again", health.tell_week, "night"),
    Job("sample_storage", sample_storage, "night", heavy=True),
    Job("count_officers", count_officers, "night", heavy=True),
    Job("check_books", check_books, "night", heavy=True),
    Job("check_trail", trail.check_trail, "night", heavy=True),
    Job("drop_old_trail", trail.drop_old_trail, "night"),
)
BY_NAME = {job.name: job for job in JOBS}
