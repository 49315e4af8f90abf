"""A tenant's life from end to end, over all rooms that keep something of it."""

import msgspec

from app.chains import tenant_chain
from app.leaving import removing
from app.onestop.exchange import partners
from app.people import queries as staff
from app.people import service as people
from app.provinces import service as provinces
from app.provinces.shapes import Province
from billing import queries
from billing import service as billing
from infra.settings import settings
from storage.store import store_of
from tenants import issuers, provision, registry
from tenants.current import acting_for
from tenants.provision import ProvisionError
from tenants.shapes import Site, Tenant
from tenants.work import work


async def create(
    slug: str, site: Site, *, cluster: str = "main", hosts: tuple[str, ...] = ()
) -> Tenant:
    """A tenant ready to work: database, role, keys, storage. Safe to run again."""
    tenant = await provision.create(slug, site, tenant_chain(), cluster=cluster, hosts=hosts)
    await store_of(tenant).prepare()
    await provision.activate(tenant)
    return await named(slug)


async def create_province(province: Province) -> Tenant:
    """A tenant with a province's agencies, posts, calendar and procedures. Safe to run again.

    The officers and the contract that ship with the product are invented: in production they stay
    out, for the name of an invented administrator would let in whoever has it at the issuer.
    """
    invented = settings().mode != "production"
    if not invented:
        province = msgspec.structs.replace(province, officers=[])
    tenant = await create(province.slug, provinces.site_of(province))
    with acting_for(tenant):
        async with work():
            await provinces.load(province)
    if invented:
        await billing.load_shipped(province.slug)
    return tenant


async def admit_administrator(
    slug: str, username: str, name: str, *, agency: str = "", issuer: str | None = None
) -> str:
    """Let a province's first administrator in, who then admits everybody else; the agency's name.

    `agency` is a key, else the highest that has an administrator's post. Who was admitted before
    and shut out for long is let in again. Raises ProvisionError when there is no such post.
    """
    with acting_for(await named(slug)):
        async with work():
            post = await staff.administrators_post(agency)
            if post is None:
                raise ProvisionError(f"{slug} has no administrator's post there: province load")
            await people.let_in(username, name, post.id, issuer=issuer)
    return post.agency_name


async def introduce(slug: str, others: list[str]) -> None:
    """Let the tenant exchange dossiers with these others of the same deployment. Safe to run
    again."""
    tenant = await named(slug)
    for other in others:
        with acting_for(await named(other)):
            theirs = partners.own()
        with acting_for(tenant):
            async with work():
                await partners.introduce(other, theirs)


async def drop(slug: str) -> None:
    """Undo `create`: remove a tenant that never had a contract, and all it kept.

    One that rented the service is handed over and erased (`app.leaving.erasing`), with a
    certificate. Safe to run again.
    """
    tenant = await named(slug)
    if await queries.contracts(tenant.id):
        raise ProvisionError(
            f"{slug} has a contract on the books: hand its data over, then motcua tenant erase"
        )
    await removing.remove(tenant)


async def named(slug: str) -> Tenant:
    """The tenant of that short name; ProvisionError when there is none."""
    await registry.reload()
    tenant = await registry.by_slug(slug)
    if tenant is None:
        raise ProvisionError(f"no tenant is called {slug}")
    return tenant


async def trust(
    slug: str | None,
    audience: issuers.Audience,
    issuer: str,
    label: str,
    client: str,
    secret: str,
    *,
    demands: issuers.Demands | None = None,
) -> None:
    """Let people of an issuer sign in at a tenant's doors, or at the vendor's own.

    In production somebody must have decided how staff and operators prove themselves by a second
    factor (TCVN 14423:2026); raises ProvisionError when nobody has.
    """
    demands = demands or issuers.Demands()
    if settings().mode == "production" and audience != "citizen" and not demands.settled:
        raise ProvisionError(
            "say how a second factor is shown (--acr, --amr), or why none has to be (--vouched)"
        )
    tenant = await named(slug) if slug else None
    await issuers.trust(
        tenant.id if tenant else None,
        audience,
        issuer,
        label=label,
        client_id=client,
        client_secret=secret,
        demands=demands,
    )
