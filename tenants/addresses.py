"""Old addresses live on: what people hold of a tenant that joined another leads there for ever.

The row of who joined stays as it is; what it had is copied beside it (`takeover`, `issuer`), so
that giving back is taking the copies away. Neither verb touches a tenant's own database.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from infra.clock import now
from infra.ids import uuid7
from infra.sealed import seal, unseal_by
from infra.settings import settings
from tenants import issuers, registry, takeovers
from tenants.db import control
from tenants.shapes import Secrets
from tenants.work import current_work, work

# Two verbs at once wait for each other; a tenant cannot join one that is just joining another.
_ALONE = "select pg_advisory_xact_lock(hashtext('takeover'))"
_KNOWN = "select into_id, id from takeover where joined_id = $1 and given_back_at is null"
_TENANT = """
select t.id, t.slug, t.sealed, t.site, array(select host from tenant_domain where tenant_id = t.id
    order by not is_primary, host) as hosts
from tenant t where t.id = $1 for update
"""
_TAKE = """
insert into takeover (id, joined_id, joined_slug, joined_name, into_id, hosts, at, taken_at, sealed)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
_ISSUERS = """
select i.* from issuer i where i.tenant_id = $1 and not exists (
    select from issuer o
    where o.tenant_id = $2 and o.audience = i.audience and o.issuer = i.issuer)
"""
_TRUST = """
insert into issuer (id, tenant_id, audience, issuer, label, client_id, sealed_secret, demands,
                    takeover_id, callback_host)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
_GIVE_BACK = "update takeover set given_back_at = $2, sealed = null where id = $1"
_LAST = """
select into_id from takeover where joined_id = $1 and given_back_at is not null
order by given_back_at desc limit 1
"""
_LED = "select into_id, at from takeover where joined_id = $1 and given_back_at is null"


class AddressError(Exception):
    """A verb that cannot be carried out; its text tells the operator why."""


class Led(msgspec.Struct, frozen=True):
    """Whom a tenant joined, and from when on."""

    into: UUID
    at: datetime


async def take_over(*, joined: UUID, into: UUID, at: datetime) -> None:
    """From the commit on, addresses, callbacks and keys of `joined` lead to `into`.

    `at` is from when on people are told so. Its issuers are trusted there too, under the callback
    they know; where both trust one, the way of `into` stays. Done again it changes nothing. Joins
    the caller's unit of work on the control plane, or opens one. Raises AddressError.
    """
    await _alone(lambda: _take_over(joined, into, at))


async def give_back(*, joined: UUID, into: UUID, at: datetime) -> None:
    """Undo `take_over` exactly, as of `at`; done again it changes nothing. Raises AddressError."""
    await _alone(lambda: _give_back(joined, into, at))


async def led(tenant_id: UUID) -> list[Led]:
    """Whom a tenant joined, and whom that one joined in turn; empty for one that stands alone."""
    found: list[Led] = []
    row = await control.fetch_row(_LED, tenant_id)
    while row is not None:
        found.append(Led(row["into_id"], row["at"]))
        row = await control.fetch_row(_LED, row["into_id"])
    return found


async def _alone(act: Callable[[], Awaitable[None]]) -> None:
    if current_work() is not None:
        await control.execute(_ALONE)
        await act()
        return
    async with work():
        await control.execute(_ALONE)
        await act()
    await registry.reload()


async def _take_over(joined: UUID, into: UUID, at: datetime) -> None:
    known = await control.fetch_row(_KNOWN, joined)
    if known is not None and known["into_id"] == into:
        return
    if known is not None:
        raise AddressError("it has joined another tenant already")
    if joined == into or await control.fetch_row(_KNOWN, into):
        raise AddressError("a tenant joins another one, which has not joined any itself")
    theirs, ours = await _tenant(joined), await _tenant(into)
    identity = uuid7()
    plain = unseal_by(settings().keys, theirs["sealed"], f"tenant:{theirs['slug']}")
    key = Secrets.opened(plain).key
    await control.execute(
        _TAKE,
        *(identity, joined, theirs["slug"], msgspec.json.decode(theirs["site"])["name"]),
        *(into, theirs["hosts"], at, now()),
        seal(settings().key, key, takeovers.place(identity)),
    )
    await _trust_theirs(identity, theirs, ours["id"])


async def _trust_theirs(identity: UUID, theirs: asyncpg.Record, into: UUID) -> None:
    for row in await control.fetch(_ISSUERS, theirs["id"], into):
        said = (row["audience"], row["issuer"])
        secret = unseal_by(
            settings().keys, row["sealed_secret"], issuers.place(theirs["id"], *said)
        )
        await control.execute(
            _TRUST,
            *(uuid7(), into, *said, row["label"], row["client_id"]),
            seal(settings().key, secret, issuers.place(into, *said)),
            *(row["demands"], identity, row["callback_host"] or theirs["hosts"][0]),
        )


async def _give_back(joined: UUID, into: UUID, at: datetime) -> None:
    known = await control.fetch_row(_KNOWN, joined)
    if known is None and await control.fetch_value(_LAST, joined) == into:
        return
    if known is None or known["into_id"] != into:
        raise AddressError("it has not joined that tenant")
    # The key would be gone with the row, and everything it signed.
    await _tenant(joined)
    await control.execute("delete from issuer where takeover_id = $1", known["id"])
    await control.execute(_GIVE_BACK, known["id"], at)


async def _tenant(tenant_id: UUID) -> asyncpg.Record:
    row = await control.fetch_row(_TENANT, tenant_id)
    if row is None:
        raise AddressError("there is no such tenant")
    return row
