"""Our province and its neighbour, on the network and introduced to each other."""

from collections.abc import AsyncIterator

import pytest

from infra.settings import settings
from tenants.shapes import Tenant
from tests import cast
from tests.onestop.exchange.systems import introduced, on_the_network, settles_there
from tests.ports import free_port


@pytest.fixture
async def network(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """Every tenant's doors, reached by their own names."""
    port = free_port()
    monkeypatch.setenv("MOTCUA_PUBLIC_PORT", str(port))
    settings.cache_clear()
    async with on_the_network(port):
        yield
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
async def theirs(network: None, province: Tenant, neighbour: Tenant) -> Tenant:
    """The other system, which knows ours and is known to it."""
    await introduced(province, neighbour)
    await cast.at(neighbour, settles_there())
    return neighbour
