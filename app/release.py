"""Which release this is, and which tenants it can work with."""

from functools import cache
from pathlib import Path

from app.chains import control_chain, tenant_chain
from infra.phases import needed
from infra.settings import settings
from tenants.running import Release
from tenants.shapes import Tenant

_HOUSE = Path(__file__).parent.parent


@cache
def own() -> Release:
    """This release; people know it by its name, else by the directory it was installed in."""
    return Release(settings().release or _HOUSE.name, len(tenant_chain()), len(control_chain()))


@cache
def _lowest() -> int:
    return needed(tenant_chain())


def serves(tenant: Tenant) -> bool:
    """Whether the tenant's database has all this release needs, and still all it knows."""
    return tenant.schema_version >= _lowest() and tenant.schema_floor <= own().schema
