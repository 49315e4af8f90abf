"""What a verified issuer and subject stand for."""

import asyncio
from uuid import UUID

import pytest

from app.people import queries, refusals, service
from app.people.shapes import SYSTEM
from infra.clock import now
from tenants import db
from tenants.shapes import Tenant
from tenants.work import work

STAFF, OTHER = "http://staff.localhost", "http://other.localhost"


async def admitted(**choices: str) -> UUID:
    async with work():
        return await service.admit(SYSTEM, "lan.nguyen", "Nguyễn Thị Lan", **choices)


async def signs_in(issuer: str, subject: str, username: str = "lan.nguyen") -> UUID:
    async with work():
        actor = await service.officer_by_subject(issuer, subject, username)
    assert actor.id is not None
    return actor.id


async def test_the_first_sign_in_binds_the_username_to_issuer_and_subject(tenant: Tenant) -> None:
    lan = await admitted()
    assert await signs_in(STAFF, "s-1", "Lan.Nguyen") == lan
    row = await db.tenant.fetch_row("select issuer, subject from officer where id = $1", lan)
    assert row is not None and tuple(row) == (STAFF, "s-1")


@pytest.mark.asvs("10.5.2")
async def test_later_only_issuer_and_subject_count(tenant: Tenant) -> None:
    lan = await admitted()
    await signs_in(STAFF, "s-1")
    assert await signs_in(STAFF, "s-1", "renamed") == lan


@pytest.mark.asvs("10.5.2", "6.8.1")
@pytest.mark.parametrize(("issuer", "subject"), [(OTHER, "s-1"), (STAFF, "s-2"), (OTHER, "s-2")])
async def test_the_same_username_of_somebody_else_is_refused(
    tenant: Tenant, issuer: str, subject: str
) -> None:
    await admitted()
    await signs_in(STAFF, "s-1")
    with pytest.raises(refusals.IdentityTaken):
        await signs_in(issuer, subject)


@pytest.mark.asvs("6.8.1")
async def test_an_admission_for_one_issuer_does_not_serve_another(tenant: Tenant) -> None:
    lan = await admitted(issuer=STAFF)
    with pytest.raises(refusals.IdentityTaken):
        await signs_in(OTHER, "s-1")
    assert await signs_in(STAFF, "s-1") == lan


async def test_an_identity_nobody_admitted_is_refused(tenant: Tenant) -> None:
    with pytest.raises(refusals.NotAdmitted):
        await signs_in(STAFF, "s-9", "khach.ngo")


async def test_a_dismissed_officer_is_refused_before_and_after_binding(tenant: Tenant) -> None:
    lan = await admitted()
    await signs_in(STAFF, "s-1")
    async with work():
        await service.dismiss(SYSTEM, lan)
        never_bound = await service.admit(SYSTEM, "binh", "Trần Văn Bình")
        await service.dismiss(SYSTEM, never_bound)
    with pytest.raises(refusals.Dismissed):
        await signs_in(STAFF, "s-1")
    with pytest.raises(refusals.Dismissed):
        await signs_in(STAFF, "s-2", "binh")


async def test_two_first_sign_ins_at_once_bind_once(tenant: Tenant) -> None:
    lan = await admitted()
    assert await asyncio.gather(*(signs_in(STAFF, "s-1") for _ in range(4))) == [lan] * 4


async def test_two_people_at_once_with_one_username_leave_one_bound(tenant: Tenant) -> None:
    lan = await admitted()
    tries = (signs_in(STAFF, f"s-{number}") for number in range(4))
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert outcomes.count(lan) == 1
    assert sum(isinstance(outcome, refusals.IdentityTaken) for outcome in outcomes) == 3


async def test_a_citizen_is_remembered_and_refreshed(tenant: Tenant) -> None:
    async with work():
        first = await service.remember_citizen(
            STAFF, "c-1", {"name": "Trần Văn Hùng", "phone_number": "0905000301"}
        )
    async with work():
        again = await service.remember_citizen(STAFF, "c-1", {"name": "Trần Văn Hùng (sửa)"})
    assert again.id == first.id
    assert again.full_name == "Trần Văn Hùng (sửa)"
    assert again.phone == "+84905000301"
    assert await queries.citizen(first.id) == again


@pytest.mark.asvs("6.8.1")
async def test_one_subject_of_two_issuers_is_two_citizens(tenant: Tenant) -> None:
    async with work():
        one = await service.remember_citizen(STAFF, "c-1", {"name": "Một"})
        other = await service.remember_citizen(OTHER, "c-1", {"name": "Hai"})
    assert one.id != other.id


async def test_an_operator_obeys_the_same_law(house: object) -> None:
    name = f"van-{now().timestamp()}"
    async with work():
        admitted_id = await service.admit_operator(name, "Nguyễn Hải Vân")
    async with work():
        assert (await service.operator_by_subject(STAFF, name, name)).id == admitted_id
    with pytest.raises(refusals.IdentityTaken):
        async with work():
            await service.operator_by_subject(STAFF, "another", name)
    await db.control.execute("update operator set active = false where id = $1", admitted_id)
    with pytest.raises(refusals.Dismissed):
        async with work():
            await service.operator_by_subject(STAFF, name, name)
    assert await queries.operator(admitted_id) is None
