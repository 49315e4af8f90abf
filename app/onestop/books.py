"""What a tenant does with the vendor's books: accept a month's statement."""

from datetime import date

from app.people.shapes import Actor
from app.trail import service as trail
from billing import settling
from tenants.current import current
from tenants.work import work


async def accept(who: Actor, month: date, reference: str = "") -> None:
    """Accept a statement that was sent (nghiệm thu); opens its own units of work.

    The books and the trail lie in two databases: the books first, which keep who and when
    themselves. Raises StepRefused.
    """
    async with work():
        await settling.advance(who.name, "tenant", current().id, month, "accepted", reference)
    async with work():
        detail = {"month": f"{month:%Y-%m}", "reference": reference[:200]}
        await trail.record(who, "statement.accept", ("statement", f"{month:%Y-%m}"), detail=detail)
