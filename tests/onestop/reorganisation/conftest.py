"""Bình Định as it was until 30 June 2025: 11 districts, 155 communes, dossiers in all of them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import msgspec
import pytest

from app.provinces import loader
from app.provinces.history import agencies_before
from app.provinces.service import load as load_province
from app.provinces.shapes import AgencyKind, Province
from infra.clock import frozen
from tenants import db
from tenants.current import acting_for
from tenants.shapes import Tenant
from tenants.work import work

JUNE = datetime(2025, 6, 16, 2, 30, tzinfo=UTC)  # a Monday, 09:30 in Vietnam
JULY = datetime(2025, 7, 1, 2, 30, tzinfo=UTC)
HOME = "ubnd-phuong-tran-phu-quy-nhon-truoc-2025-07"
_IN_DISTRICTS = {"tiep-nhan", "chuyen-vien", "lanh-dao-ubnd"}


def province_before() -> Province:
    """The shipped province with the organisation of before the reform."""
    now = loader.load("binhdinh")
    gone = {agency.key for agency in now.agencies if agency.kind is AgencyKind.COMMUNE}
    stay = [a for a in now.agencies if a.key not in gone and a.parent not in gone]
    posts = [
        msgspec.structs.replace(post, held_in=[*post.held_in, AgencyKind.DISTRICT])
        if post.key in _IN_DISTRICTS
        else post
        for post in now.posts
    ]
    officers = [
        msgspec.structs.replace(one, agency=HOME) if one.agency in gone else one
        for one in now.officers
    ]
    return msgspec.structs.replace(
        now, agencies=[*stay, *agencies_before("binh_dinh")], posts=posts, officers=officers,
        home_agency=HOME,
    )  # fmt: skip


@pytest.fixture
async def before(tenant: Tenant) -> AsyncIterator[Tenant]:
    """A tenant on 16 June 2025; the test runs for it, on that day."""
    with frozen(JUNE), acting_for(tenant):
        async with work():
            await load_province(province_before())
            await db.tenant.execute("update post_holding set from_on = '2024-01-01'")
            await db.tenant.execute("update work_calendar set valid_from = '2024-01-01'")
        yield tenant
