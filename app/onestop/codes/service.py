"""Taking the next code of an agency's day, in the transaction that uses it."""

from app.onestop.codes.rules import compose
from infra.clock import VIETNAM, now
from tenants import db

# The row stays locked until the transaction ends: a code rolled back is given to the next one, so
# the day's numbers have no gap and no double.
_NEXT = """
insert into code_counter as counter (prefix, on_day, last) values ($1, $2, 1)
on conflict (prefix, on_day) do update set last = counter.last + 1
returning last
"""


async def take(prefix: str) -> str:
    """The next dossier code (mã hồ sơ) of `prefix` for today's date in Vietnam."""
    day = now().astimezone(VIETNAM).date()
    return compose(prefix, day, await db.tenant.fetch_value(_NEXT, prefix, day))
