"""Two provinces that have worked, one of which is to join the other."""

import asyncio
from contextvars import Context

import pytest

from app.merging import planning
from app.merging.shapes import Plan
from tenants.current import acting_for
from tenants.shapes import Tenant
from tests.leaving.conftest import lived_in, worked

__all__ = ["worked"]


def decided(plan: Plan) -> Plan:
    """The plan with everything that was proposed."""
    return planning.proposed(plan)


@pytest.fixture
async def joined(neighbour: Tenant) -> Tenant:
    """Lào Cai after some days of work."""
    return neighbour
