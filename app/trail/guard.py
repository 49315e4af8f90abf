"""Whether the database still keeps the application from editing the trail."""

from collections.abc import Awaitable, Callable
from typing import Any

from app.trail.chain import Finding

# Asked by the owner, who may do anything, it says nothing.
_RIGHTS = """
select c.relname as name, p.right_name from pg_class c
cross join unnest(array['update', 'delete', 'truncate', 'references', 'trigger']) as p(right_name)
where c.relnamespace = 'public'::regnamespace
  and c.relname in ('trail', 'trail_seal', 'trail_leaf', 'trail_drop')
  and c.relowner <> (select oid from pg_roles where rolname = current_user)
  and not (select rolsuper from pg_roles where rolname = current_user)
  and has_table_privilege(c.oid, p.right_name)
"""


async def guard_faults(read: Callable[..., Awaitable[Any]]) -> list[Finding]:
    """Every right on the trail's tables that the connected role should not have."""
    return [
        Finding(what="guard", more=f"{row['right_name']} on {row['name']}")
        for row in await read(_RIGHTS)
    ]
