"""A citizen before the portal, on a Monday morning."""

import pytest

from infra import clock
from tests import cast
from tests.doors.browsing import MONDAY


@pytest.fixture
def monday():
    """A working day at half past nine."""
    with clock.frozen(MONDAY):
        yield


@pytest.fixture
async def hung(province):
    """Who has an account."""
    return await cast.citizen()


@pytest.fixture
async def browser(province, browse, hung):
    """The citizen's browser, signed in."""
    return await browse(province, hung)
