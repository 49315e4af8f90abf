"""Which tenant the running code acts for; nothing reaches tenant data without one."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from tenants.shapes import Tenant

_tenant: ContextVar[Tenant | None] = ContextVar("tenant", default=None)


class NoTenant(RuntimeError):
    """Code outside a tenant asked for something that belongs to one."""


def current() -> Tenant:
    """The tenant at hand; raises NoTenant outside of one."""
    tenant = _tenant.get()
    if tenant is None:
        raise NoTenant("this code touches a tenant's data but runs for no tenant")
    return tenant


@contextmanager
def acting_for(tenant: Tenant) -> Iterator[Tenant]:
    """Run the block for `tenant`, and for no other: nesting into another one is refused."""
    outer = _tenant.get()
    if outer is not None and outer.id != tenant.id:
        raise NoTenant(f"code acting for {outer.slug} tried to act for {tenant.slug}")
    token = _tenant.set(tenant)
    try:
        yield tenant
    finally:
        _tenant.reset(token)
