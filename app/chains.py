"""The two chains of migrations, gathered from the rooms that own the tables."""

from functools import cache
from pathlib import Path

from infra.migrate import Migration, chain

_HOUSE = Path(__file__).parent.parent


@cache
def control_chain() -> list[Migration]:
    """Migrations of the control database."""
    return chain(_HOUSE / "tenants/schema/control", _HOUSE / "billing/schema/control")


@cache
def tenant_chain() -> list[Migration]:
    """Migrations of each tenant's own database."""
    return chain(
        _HOUSE / "tenants/schema/tenant",
        _HOUSE / "storage/schema",
        _HOUSE / "billing/schema/tenant",
        _HOUSE / "app/schema",
    )
