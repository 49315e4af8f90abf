"""The OpenID Connect issuers a tenant, or the vendor, trusts; rows of the control database."""

from typing import Literal
from uuid import UUID

import asyncpg
import msgspec

from infra.ids import uuid7
from infra.sealed import seal, unseal_by
from infra.settings import settings
from tenants.db import control

Audience = Literal["citizen", "staff", "vendor"]

_COLUMNS = (
    "select id, tenant_id, audience, issuer, label, client_id, sealed_secret, demands,"
    " callback_host from issuer"
)


_COMING = """
select exists (select from merger m join merger_step c on c.merger_id = m.id and c.step = 'closed'
    where m.into_id = $1 and not exists (select from merger_step s where s.merger_id = m.id
                                         and s.step in ('addresses', 'cancelled')))
"""


class Demands(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How an issuer must have made sure of a person (OpenID Connect Core 1.0, section 2).

    A sign-in is strong when its token says one of `acr` or one of `amr`; with neither named, every
    sign-in is. `max_age_seconds` is how long ago the person may have proved it, 0 for any time.
    `administrators_only`: asked of everybody, insisted on for administrators. `vouched` is why no
    claim is needed, such as the clause by which the issuer always asks for two factors.
    """

    acr: tuple[str, ...] = ()
    amr: tuple[str, ...] = ()
    max_age_seconds: int = 0
    administrators_only: bool = False
    vouched: str = ""

    @property
    def settled(self) -> bool:
        """Whether somebody has decided about a second factor at all."""
        return bool(self.acr or self.amr or self.vouched)


class Issuer(msgspec.Struct, frozen=True, kw_only=True):
    """One trusted issuer and what we are called there; a None tenant is the vendor."""

    id: UUID
    tenant_id: UUID | None
    audience: Audience
    issuer: str  # the issuer identifier, exactly as its tokens say `iss`
    label: str  # on the button people press
    client_id: str
    client_secret: str  # empty for a public client
    demands: Demands = Demands()
    callback_host: str | None = None  # the old address it sends people back to, where it has one

    def __repr__(self) -> str:
        # The default would print the secret into a log.
        return f"<Issuer {self.issuer} for {self.audience}>"


async def trust(
    tenant_id: UUID | None,
    audience: Audience,
    issuer: str,
    *,
    label: str,
    client_id: str,
    client_secret: str,
    demands: Demands | None = None,
) -> UUID:
    """Trust an issuer, or change what is known of it; its id.

    The issuer is the exact text of its discovery document, final slash included. One that came
    with a tenant that joined is the tenant's own from then on, called back at its own address.
    """
    bound_to = place(tenant_id, audience, issuer)
    found = await control.fetch_value(
        "insert into issuer"
        " (id, tenant_id, audience, issuer, label, client_id, sealed_secret, demands)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8)"
        " on conflict (tenant_id, audience, issuer) do update set label = excluded.label,"
        " client_id = excluded.client_id, sealed_secret = excluded.sealed_secret,"
        " demands = excluded.demands, takeover_id = null, callback_host = null returning id",
        *(uuid7(), tenant_id, audience, issuer, label, client_id),
        seal(settings().key, client_secret.encode(), bound_to),
        msgspec.json.encode(demands or Demands()).decode(),
    )
    return UUID(str(found))


async def distrust(issuer_id: UUID) -> None:
    """Trust an issuer no longer; sessions it vouched for end when they end."""
    await control.execute("delete from issuer where id = $1", issuer_id)


async def trusted(tenant_id: UUID | None, audience: Audience | None = None) -> list[Issuer]:
    """The issuers of a tenant (None: of the vendor) for one audience, or all, by label."""
    rows = await control.fetch(
        f"{_COLUMNS} where tenant_id is not distinct from $1"
        " and ($2::text is null or audience = $2) order by label",
        *(tenant_id, audience),
    )
    return [_issuer(row) for row in rows]


async def is_sole(issuer: Issuer) -> bool:
    """Whether no other issuer could vouch for the accounts of a tenant that this one vouches for.

    Accounts of a tenant that joins come a moment before its issuers are trusted: in between,
    nobody of ours may be taken for one of theirs by a username alone.
    """
    if len(await trusted(issuer.tenant_id, issuer.audience)) > 1:
        return False
    return not await control.fetch_value(_COMING, issuer.tenant_id)


async def by_id(tenant_id: UUID | None, issuer_id: UUID) -> Issuer | None:
    """One issuer, if it is this tenant's (None: the vendor's)."""
    row = await control.fetch_row(
        f"{_COLUMNS} where id = $2 and tenant_id is not distinct from $1", tenant_id, issuer_id
    )
    return _issuer(row) if row else None


def _issuer(row: asyncpg.Record) -> Issuer:
    bound_to = place(row["tenant_id"], row["audience"], row["issuer"])
    secret = unseal_by(settings().keys, row["sealed_secret"], bound_to)
    demands = msgspec.json.decode(row["demands"], type=Demands)
    own = {"sealed_secret", "demands"}
    known = {name: value for name, value in row.items() if name not in own}
    return Issuer(client_secret=secret.decode(), demands=demands, **known)


def place(tenant_id: UUID | None, audience: str, issuer: str) -> str:
    """What the seal is bound to, so that no secret can be moved to another tenant's row."""
    return f"issuer:{tenant_id}:{audience}:{issuer}"
