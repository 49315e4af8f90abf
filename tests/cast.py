"""The cast: who acts in the tests. All names and numbers are constructed."""

import asyncio
from collections.abc import Coroutine
from contextvars import Context
from typing import Any

from app.people import identities, queries
from app.people.shapes import Actor
from tenants import db
from tenants.current import acting_for
from tenants.shapes import Tenant
from tenants.work import work

LAN = "lan.nguyen"  # counter officer at phường Quy Nhơn
HOA = "hoa.pham"  # civil status officer there
THANH = "thanh.vo"  # land and construction officer there
MINH = "minh.le"  # vice chair there
THU = "thu.dang"  # administrator of the province
OUTSIDER = "mai.vang"  # counter officer of another province


async def officer(username: str) -> Actor:
    """The officer of that username, with the posts held today."""
    identity = await db.tenant.fetch_value("select id from officer where username = $1", username)
    actor = await queries.actor_for_officer(identity)
    assert actor is not None, username
    return actor


async def citizen(name: str = "Trần Văn Hùng", subject: str = "hung.tran") -> Actor:
    """A citizen who has signed in before."""
    async with work():
        person = await identities.remember_citizen(
            "https://dinhdanh.test", subject, {"name": name, "phone_number": "+84905000301"}
        )
    return Actor(kind="citizen", name=name, id=person.id)


async def at(tenant: Tenant, doing: Coroutine[Any, Any, Any]) -> Any:
    """What `doing` gives when it runs for another tenant than the test's own."""

    async def there() -> Any:
        with acting_for(tenant):
            return await doing

    return await asyncio.create_task(there(), context=Context())
